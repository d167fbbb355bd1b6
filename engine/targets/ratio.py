"""Targets of a ratio: declared, never split or summed; who is not named inherits from above."""

from collections.abc import Mapping
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.org import COMPANY, Org
from engine.targets.faults import Place
from engine.targets.nodes import unknown
from engine.targets.sharing import SELLER, parts_of_month
from engine.targets.targets import Cells
from engine.targets.unit import exact, shortest
from schema_defs.plan import PersonShare, Plan, RegionShare


def declared(plan: Plan, place: Place, org: Org, calendar: WorkCalendar, months: tuple[str, ...]) -> Cells:
    """The declared value of every scope and month: the company, every region, every seller in the months of membership."""
    assert plan.value is not None
    top = _value(plan.value, place.at("value"))
    regions = _regions(plan, place, org, top)
    cells: Cells = {("company", COMPANY): dict.fromkeys(months, top)}
    for key, value in regions.items():
        cells["region", key] = dict.fromkeys(months, value)
    for key, own in _people(plan, place, org).items():
        there = {month: list(parts_of_month(org, calendar, key, month)) for month in months}
        found = {
            month: regions.get(stays[-1] or "", top) if own is None else own for month, stays in there.items() if stays
        }
        if found:
            cells["person", key] = found
    return cells


def _regions(plan: Plan, place: Place, org: Org, top: Decimal) -> dict[str, Decimal]:
    written = _inherited(plan.regions, place.at("regions"), top)
    if not org.regions():
        return written
    for key in written:
        if not org.has_region(key):
            raise unknown(key, org.regions(), place.at("regions", key), "区域", "region")
    return {
        key: next((written[above] for above in org.ancestors(key) if above in written), top) for key in org.regions()
    }


def _inherited(regions: Mapping[str, RegionShare], place: Place, above: Decimal) -> dict[str, Decimal]:
    """The values of the regions that the plan names; one without a value has that of the region above in the plan."""
    found: dict[str, Decimal] = {}
    for key, region in regions.items():
        at = place.at(key)
        _check_declared(region, at)
        found[key] = above if region.value is None else _value(region.value, at.at("value"))
        found |= _inherited(region.regions, at.at("regions"), found[key])
    return found


def _people(plan: Plan, place: Place, org: Org) -> dict[str, Decimal | None]:
    """Who has a target of their own, or inherits one (None)."""
    found: dict[str, Decimal | None] = {person.key: None for person in org.with_role(SELLER)}
    for key, written in {} if isinstance(plan.people, str) else plan.people.items():
        at = place.at("people", key)
        _check_declared(written, at)
        if org.person(key) is None:
            raise unknown(key, (person.key for person in org.people()), at, "人员", "person")
        found[key] = None if written.value is None else _value(written.value, at.at("value"))
    return found


def _value(value: Decimal, place: Place) -> Decimal:
    exact(value, place)
    return shortest(value)


def _check_declared(written: RegionShare | PersonShare, place: Place) -> None:
    split_keys = [key for key in ("weight", "floor", "cap", "pin") if getattr(written, key) is not None]
    if split_keys or written.pins:
        key = (split_keys or ["pins"])[0]
        raise place.at(key).refuse(
            "split-in-ratio",
            f"比率的目标是声明的，不能分解；请用 value 代替 {key}",
            f"the target of a ratio is declared and never split; write value instead of {key}",
        )
