"""Splitting a year's total: over the months, down the regions, to the people."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from engine.calendar import WorkCalendar
from engine.org import COMPANY, Org
from engine.targets.cells import Row
from engine.targets.crew import Crew
from engine.targets.faults import Place
from engine.targets.months import History, month_weights
from engine.targets.nodes import child_of, spread, unknown
from engine.targets.sharing import sharing
from engine.targets.split import Share, split
from engine.targets.targets import Cells
from engine.targets.unit import Unit
from schema_defs.issue import Issue
from schema_defs.plan import Plan, RegionShare
from schema_defs.rule import ScopeKind


class Ground(msgspec.Struct, frozen=True):
    """What a plan is split over; `units` collects what every scope gets per month, by the month's position."""

    org: Org
    unit: Unit
    months: tuple[str, ...]
    crew: Crew
    units: dict[tuple[ScopeKind, str], dict[int, int]] = {}
    warnings: list[Issue] = []

    def children(self, region: str | None, written: Mapping[str, RegionShare]) -> tuple[str, ...]:
        """The regions that share below one; without an organisation they are those that the plan names."""
        return self.org.children(region) if self.org.regions() else tuple(written)


def split_total(
    plan: Plan,
    place: Place,
    org: Org,
    calendar: WorkCalendar,
    unit: Unit,
    months: tuple[str, ...],
    history: History | None,
) -> tuple[Cells, tuple[Issue, ...]]:
    """Every scope's target per month, exact at every node, and what the author should know."""
    assert plan.total is not None
    crew = Crew(plan, place.at("people"), org, months, unit, history, sharing(org, calendar, months))
    crew.check()
    ground = Ground(org, unit, months, crew)
    columns = _months_of_company(plan, place, months, calendar, unit, history)
    _give(ground, "company", COMPANY, dict(enumerate(columns)))
    _split_regions(ground, None, columns, plan.regions, place.at("regions"))
    crew.check_given({key for scope, key in ground.units if scope == "person"}, ground.warnings)
    cells: Cells = {
        scope: {months[index]: unit.value(count) for index, count in sorted(found.items())}
        for scope, found in ground.units.items()
    }
    return cells, tuple(ground.warnings)


def _months_of_company(
    plan: Plan, place: Place, months: tuple[str, ...], calendar: WorkCalendar, unit: Unit, history: History | None
) -> tuple[int, ...]:
    assert plan.total is not None
    weights = month_weights(plan.months, months, calendar, history, place.at("months"))
    shares = [Share(month, place.at("months"), weight) for month, weight in zip(months, weights, strict=True)]
    return split(unit.units(plan.total, place.at("total")), shares, place.at("months"), unit).units


def _give_people(ground: Ground, region: str, columns: Sequence[int]) -> None:
    for key, units in ground.crew.shares(region, columns).items():
        _give(ground, "person", key, units)


def _give(ground: Ground, scope: ScopeKind, key: str, units: Mapping[int, int]) -> None:
    """A person who moved has shares of several regions; they add up."""
    held = ground.units.setdefault((scope, key), {})
    for index, count in units.items():
        held[index] = held.get(index, 0) + count


def _split_regions(
    ground: Ground, parent: str | None, columns: Sequence[int], written: Mapping[str, RegionShare], place: Place
) -> None:
    """A region gives all to its children, else to its people; regions that nobody names share evenly, if none is named."""
    every = ground.children(parent, written)
    _check_regions(ground, every, written, place)
    keys = [key for key in every if key in written] or list(every)
    if len(keys) < len(every):
        left_out = ", ".join(key for key in every if key not in keys)
        ground.warnings.append(
            place.warning("region-without-share", f"{left_out} 没有分到目标", f"no share is given to {left_out}")
        )
    if not keys:
        if parent is not None:
            _give_people(ground, parent, columns)
        return
    children = [
        child_of(
            key, written.get(key, RegionShare()), Fraction(1), ground.months, range(12), place.at(key), ground.unit
        )
        for key in keys
    ]
    years = split(sum(columns), [child.share for child in children], place, ground.unit).units
    rows = [Row((Fraction(1),) * len(columns), year, child.pins) for child, year in zip(children, years, strict=True)]
    for key, cells in zip(keys, spread(children, rows, columns, ground.months, place, ground.unit), strict=True):
        _give(ground, "region", key, dict(enumerate(cells)))
        below = written[key].regions if key in written else {}
        _split_regions(ground, key, cells, below, place.at(key, "regions"))


def _check_regions(ground: Ground, every: Sequence[str], written: Mapping[str, RegionShare], place: Place) -> None:
    for key in written:
        if key in every:
            continue
        if not ground.org.has_region(key):
            raise unknown(key, every, place.at(key), "区域", "region")
        above = ground.org.parent(key)
        raise place.at(key).refuse(
            "region-misplaced",
            f"区域 '{key}' 不在这一层；它的上级是 {above or '公司'}",
            f"the region '{key}' does not stand here; it is below {above or 'the company'}",
        )
