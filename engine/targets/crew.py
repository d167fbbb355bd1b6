"""The people of a plan: what each takes of the region's months in which they are members."""

from collections.abc import Collection, Sequence
from fractions import Fraction

import msgspec

from engine.org import Org
from engine.targets.cells import Row
from engine.targets.faults import Place
from engine.targets.months import History, a_year_before, past
from engine.targets.nodes import Child, child_of, spread, unknown
from engine.targets.sharing import Presence
from engine.targets.split import Share, split
from engine.targets.unit import Unit
from schema_defs.issue import Issue
from schema_defs.plan import PersonShare, Plan


class Crew(msgspec.Struct, frozen=True):
    """Who shares in which region, with what the plan says about them. Who is not named weighs 1."""

    plan: Plan
    place: Place
    org: Org
    months: tuple[str, ...]
    unit: Unit
    history: History | None
    present: dict[str, Presence]

    def shares(self, region: str, columns: Sequence[int]) -> dict[str, dict[int, int]]:
        """Units per person and month position; a month without anybody stays with the region."""
        present = self.present.get(region, {})
        open_ = [index for index in range(len(columns)) if any(parts[index] for parts in present.values())]
        if not open_:
            return {}
        parts = {key: tuple(row[index] for index in open_) for key, row in present.items()}
        children = [self._child(key, open_, row) for key, row in parts.items()]
        months, targets = [self.months[index] for index in open_], [columns[index] for index in open_]
        here = self.place.of(region)
        rows = _rows(children, list(parts.values()), targets, months, here, self.unit)
        cells = spread(children, rows, targets, months, here, self.unit)
        return {
            key: {index: units for index, units, part in zip(open_, row, parts[key], strict=True) if part}
            for key, row in zip(parts, cells, strict=True)
        }

    def check(self) -> None:
        """Refuses what is said about somebody whom nobody knows, or of whom it cannot be told where it belongs."""
        for key, written in self._written().items():
            place = self.place.at(key)
            if self.org.person(key) is None and self.org.people():
                raise unknown(key, (person.key for person in self.org.people()), place, "人员", "person")
            regions = [region for region in self._regions() if key in self.present[region]]
            if len(regions) > 1 and any(value is not None for value in (written.pin, written.floor, written.cap)):
                raise place.refuse(
                    "pin-of-a-mover",
                    f"{key} 在这一年属于多个区域（{'、'.join(regions)}），不能固定或限制全年；请用 pins 固定单个月份",
                    f"{key} belongs to several regions in the year ({', '.join(regions)}), so the year cannot be pinned or bounded;"
                    " pin single months",
                )
            for month in written.pins:
                self._check_month(key, month, regions)

    def check_given(self, given: Collection[str], warnings: list[Issue]) -> None:
        """Afterwards: whoever is named got a share, or nothing was promised; nothing is known where no people are."""
        for key, written in self._written().items():
            if key in given:
                continue
            place = self.place.at(key)
            zh, en = f"{key} 没有参与任何有目标的区域", f"{key} shares in no region that has a target"
            if self.org.people() and (written.pin is not None or written.pins or written.floor):
                raise place.refuse("person-without-share", zh, en)
            warnings.append(place.warning("person-without-share", zh, en))

    def _written(self) -> dict[str, PersonShare]:
        return {} if isinstance(self.plan.people, str) else self.plan.people

    def _regions(self) -> list[str]:
        """Where people share: in regions without children."""
        return [region for region in self.present if not self.org.children(region)]

    def _check_month(self, key: str, month: str, regions: Sequence[str]) -> None:
        if month not in self.months or not regions:
            return
        index = self.months.index(month)
        there = [region for region in regions if self.present[region][key][index]]
        if len(there) != 1:
            where = "、".join(there) or "无"
            raise self.place.at(key, "pins", month).refuse(
                "pin-without-region",
                f"{key} 在 {month} 所属的区域：{where}；固定一个月需要恰好一个区域",
                f"in {month}, {key} is a member of {', '.join(there) or 'no region'}; a pinned month needs exactly one",
            )

    def _child(self, key: str, open_: Sequence[int], parts: Sequence[Fraction]) -> Child:
        """The person as written, with pins by position among the open months; those of months spent elsewhere belong there."""
        written = self._written().get(key, PersonShare())
        here = {index: position for position, (index, part) in enumerate(zip(open_, parts, strict=True)) if part}
        child = child_of(key, written, self._weight(key), self.months, tuple(here), self.place.at(key), self.unit)
        return Child(child.share, {here[index]: units for index, units in child.pins.items()})

    def _weight(self, key: str) -> Fraction:
        if self.plan.people != "history":
            return Fraction(1)
        return past(self.history, "person", key, [a_year_before(month) for month in self.months], self.place)


def _rows(
    children: Sequence[Child],
    parts: Sequence[tuple[Fraction, ...]],
    columns: Sequence[int],
    months: Sequence[str],
    place: Place,
    unit: Unit,
) -> list[Row]:
    """With everybody there all the time, years are split and months follow; else months are shared by weight x part."""
    if all(part == 1 for row in parts for part in row):
        whole = split(sum(columns), [child.share for child in children], place, unit)
        return [Row(row, year, child.pins) for child, row, year in zip(children, parts, whole.units, strict=True)]
    weights = [[child.share.weight * part for part in row] for child, row in zip(children, parts, strict=True)]
    _check_weights(children, weights, columns, months, place, unit)
    shares = _over_the_year(children, weights, columns)
    years = split(sum(columns), shares, place, unit)
    return [
        Row(row, year, child.pins)
        if is_fixed or child.pins
        else Row(tuple(weight), None, {}, child.share.floor, child.share.cap)
        for child, row, weight, year, is_fixed in zip(children, parts, weights, years.units, years.fixed, strict=True)
    ]


def _over_the_year(
    children: Sequence[Child], weights: Sequence[Sequence[Fraction]], columns: Sequence[int]
) -> list[Share]:
    """Somebody who is there for a part of the time weighs what their months bring them."""
    whole = [sum(column) for column in zip(*weights, strict=True)]
    factors = [abs(units) / every if every else Fraction() for units, every in zip(columns, whole, strict=True)]
    years = [sum((factor * weight for factor, weight in zip(factors, row, strict=True)), Fraction()) for row in weights]
    return [msgspec.structs.replace(child.share, weight=year) for child, year in zip(children, years, strict=True)]


def _check_weights(
    children: Sequence[Child],
    weights: Sequence[Sequence[Fraction]],
    columns: Sequence[int],
    months: Sequence[str],
    place: Place,
    unit: Unit,
) -> None:
    """Where nothing is pinned, a month's target needs somebody with a weight in that month."""
    if any(child.pins or child.share.pin is not None for child in children):
        return
    for month, units, column in zip(months, columns, zip(*weights, strict=True), strict=True):
        if units and not any(column):
            raise place.refuse(
                "no-weight-left",
                f"{month} 的 {unit.text(units)} 没有权重可以承接",
                f"no weight is left to take the {unit.text(units)} of {month}",
            )
