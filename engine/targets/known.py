"""Targets known from elsewhere, such as quotas per quarter: split over their months, summed upwards."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from engine.calendar import WorkCalendar
from engine.org import COMPANY, Org
from engine.targets.faults import Place
from engine.targets.known_rows import KnownRow, read_rows
from engine.targets.months import History, month_weights
from engine.targets.sharing import parts_of_month
from engine.targets.split import Share, split
from engine.targets.targets import Cells
from engine.targets.unit import Unit, exact, shortest
from schema_defs.issue import Issue
from schema_defs.plan import Plan, TargetsFrom
from schema_defs.rule import ScopeKind

Scope = tuple[ScopeKind, str]
Units = dict[Scope, dict[str, int]]


class Known(msgspec.Struct, frozen=True):
    """A plan's `targets_from`, and what its rows are read with."""

    plan: Plan
    source: TargetsFrom
    place: Place
    org: Org
    calendar: WorkCalendar
    unit: Unit
    history: History | None

    def targets(self, raw: Sequence[Mapping[str, object]]) -> tuple[Cells, tuple[Issue, ...]]:
        """Every scope's target per month, the levels above as sums, and warnings about keys that nobody knows."""
        rows = self._rows(raw)
        own: Units = {}
        for row in rows:
            own.setdefault((row.scope, row.key), {}).update(self._over_months(row))
        every = {scope: dict(months) for scope, months in own.items()}
        for scope, month, units in self._upwards(own):
            if month in own.get(scope, {}):
                raise self._both(scope, month)
            held = every.setdefault(scope, {})
            held[month] = held.get(month, 0) + units
        cells = {
            scope: {month: self.unit.value(units) for month, units in sorted(months.items())}
            for scope, months in every.items()
        }
        return cells, self._unknown(own)

    def rates(self, raw: Sequence[Mapping[str, object]]) -> tuple[Cells, tuple[Issue, ...]]:
        """A rate's targets hold in each of their months as they are, and have no sum."""
        cells: Cells = {}
        for row in self._rows(raw):
            exact(row.value, self._at(row))
            cells.setdefault((row.scope, row.key), {}).update(dict.fromkeys(row.months, shortest(row.value)))
        return cells, self._unknown(cells)

    def _rows(self, raw: Sequence[Mapping[str, object]]) -> list[KnownRow]:
        """Refuses two rows that claim one month of one scope."""
        rows = read_rows(self.plan, self.source, self.place, self.calendar, raw)
        first: dict[tuple[ScopeKind, str, str], KnownRow] = {}
        for row in rows:
            for month in row.months:
                other = first.setdefault((row.scope, row.key, month), row)
                if other is not row:
                    raise self.place.refuse(
                        "target-twice",
                        f"第 {other.line} 行（{other.place}）和第 {row.line} 行（{row.place}）是同一个目标",
                        f"line {other.line} ({other.place}) and line {row.line} ({row.place}) are the same target",
                    )
        return rows

    def _over_months(self, row: KnownRow) -> dict[str, int]:
        place = self._at(row)
        units = self.unit.units(row.value, place)
        weights = month_weights(self.source.months, row.months, self.calendar, self.history, self.place.at("months"))
        shares = [Share(month, place, weight) for month, weight in zip(row.months, weights, strict=True)]
        return dict(zip(row.months, split(units, shares, place, self.unit).units, strict=True))

    def _upwards(self, own: Units) -> Iterator[tuple[Scope, str, int]]:
        """Each target once more for every scope above its own."""
        for (kind, key), months in own.items():
            for month, units in months.items():
                for region in self._regions_above(kind, key, month):
                    yield ("region", region), month, units
                if kind != "company":
                    yield ("company", COMPANY), month, units

    def _regions_above(self, kind: ScopeKind, key: str, month: str) -> tuple[str, ...]:
        """A person's regions are those of the last working day of membership in the month; without one, only the company counts."""
        if kind == "region":
            return self.org.ancestors(key)[1:]
        stays = list(parts_of_month(self.org, self.calendar, key, month)) if kind == "person" else []
        return self.org.ancestors(stays[-1]) if stays and stays[-1] else ()

    def _unknown(self, own: Mapping[Scope, object]) -> tuple[Issue, ...]:
        people = {person.key for person in self.org.people()}
        known = {"person": people, "region": set(self.org.regions()), "company": {COMPANY}}
        strange = [key for scope, key in own if known[scope] and key not in known[scope]]
        return tuple(
            self.place.warning(
                "unknown-key",
                f"组织里没有 '{key}'，其目标只计入公司",
                f"the organisation does not know '{key}': its targets count for the company only",
            )
            for key in dict.fromkeys(strange)
        )

    def _at(self, row: KnownRow) -> Place:
        return self.place.at(f"line {row.line}").of(row.place)

    def _both(self, scope: Scope, month: str) -> Exception:
        name = f"{scope[0]} {scope[1]}"
        return self.place.refuse(
            "target-and-sum",
            f"{name} 在 {month} 既有自己的目标，又有下级的目标；上级是下级之和，请只保留一种",
            f"{name} has a target of its own in {month}, and so has somebody below it; levels above are sums, so keep one of them",
        )
