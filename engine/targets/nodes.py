"""One node's children as the splitting reads them: shares of the year, and pins of months."""

import difflib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from engine.targets.cells import Months, Row, months_of
from engine.targets.faults import Place, PlanError
from engine.targets.months import weight_of
from engine.targets.split import Share, check_pins
from engine.targets.unit import Unit
from schema_defs.plan import PersonShare, RegionShare
from schema_defs.text import Said


class Child(msgspec.Struct, frozen=True):
    """A child's share of the year, and the units of its pinned months by position."""

    share: Share
    pins: dict[int, int] = {}


def child_of(
    key: str,
    written: RegionShare | PersonShare,
    weight: Fraction,
    months: Sequence[str],
    here: Sequence[int],
    place: Place,
    unit: Unit,
) -> Child:
    """The child as written, in units; `weight` is what it weighs when none is written.

    `here` are the months, by position, in which it shares: pins of others are left out, and when all are pinned, so is the year.
    """
    if written.value is not None:
        raise place.at("value").refuse(
            "value-in-split",
            "value 只用于比率方案；这里请用 weight 或 pin",
            "value is for plans of a ratio; write weight or pin here",
        )
    pins = {index: units for index, units in _pins(written.pins, months, place, unit).items() if index in here}
    pin = _units(written.pin, place.at("pin"), unit)
    if len(pins) == len(here):
        if pin is not None:
            check_pins(pin, sum(pins.values()), True, place.at("pins"), unit)
        pin = sum(pins.values())
    share = Share(
        key=key,
        place=place,
        weight=weight if written.weight is None else weight_of(written.weight, place.at("weight")),
        pin=pin,
        floor=_units(written.floor, place.at("floor"), unit),
        cap=_units(written.cap, place.at("cap"), unit),
    )
    return Child(share, pins)


def spread(
    children: Sequence[Child],
    rows: Sequence[Row],
    columns: Sequence[int],
    months: Sequence[str],
    place: Place,
    unit: Unit,
) -> Months:
    """The rows' cells over the months; refuses pins that exceed or miss a month or a year, or that leave no way."""
    for child, row in zip(children, rows, strict=True):
        if row.pins and row.year is not None:
            every = all(index in row.pins or not weight for index, weight in enumerate(row.weights))
            check_pins(row.year, sum(row.pins.values()), every, child.share.place.at("pins"), unit)
    for index, units in enumerate(columns):
        pinned = [row.pins[index] for row in rows if index in row.pins]
        every = all(index in row.pins or not row.weights[index] for row in rows)
        if pinned:
            check_pins(units, sum(pinned), every, place.at("pins", months[index]), unit)
    found = months_of(rows, columns)
    if found is None:
        raise place.refuse(
            "pins-leave-no-way",
            "固定的月份使各月和各年的合计无法同时成立；请放宽其中一个固定值",
            "with these pins the months and the years cannot both add up; loosen one of them",
        )
    return found


def unknown(key: str, known: Iterable[str], place: Place, zh: str, en: str) -> PlanError:
    """A key that nobody has, with the nearest one that somebody has."""
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = Said(zh=f"是不是 '{near[0]}'？", en=f"did you mean '{near[0]}'?") if near else None
    return place.refuse("unknown-key", f"没有{zh} '{key}'", f"there is no {en} '{key}'", hint)


def _pins(written: dict[str, Decimal], months: Sequence[str], place: Place, unit: Unit) -> dict[int, int]:
    pins: dict[int, int] = {}
    for month, value in written.items():
        at = place.at("pins", month)
        if month not in months:
            raise at.refuse(
                "month-outside-year",
                f"{month} 不在方案的年度内（{months[0]} 至 {months[-1]}）",
                f"{month} is not in the plan's year ({months[0]} to {months[-1]})",
            )
        pins[months.index(month)] = unit.units(value, at)
    return pins


def _units(value: Decimal | None, place: Place, unit: Unit) -> int | None:
    return None if value is None else unit.units(value, place)
