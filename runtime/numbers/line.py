"""The cells of one spot over a month: which days change, and how the month to date runs on from there."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce

import msgspec

from engine.metrics.aggregate import Measure
from engine.metrics.day import Spot
from engine.metrics.partial import Partial, from_plain, merge, to_plain, value_of


class Stored(msgspec.Struct, frozen=True):
    """A cell as it is stored; `partial` is JSON, equal for equal partials."""

    id: str
    partial: str
    number: float | None


class Cell(msgspec.Struct, frozen=True):
    """A cell as it is to be stored."""

    spot: Spot
    day: date
    partial: str
    number: float | None


class Rework(msgspec.Struct, frozen=True):
    """What becomes of a spot's month: cells to put, ids of cells whose records are gone, and the month's number before and after.

    `moved` is the first day whose number to date is another one now, or None if only the inner parts changed; `first` is the
    first day whose own part changed, which a window may read where the number to date is the same.
    """

    cells: list[Cell]
    gone: list[str]
    before: float | None
    after: float | None
    moved: date | None
    first: date


def rework(
    spot: Spot, measure: Measure, stored: Mapping[date, Stored], fresh: Mapping[date, Partial], days: Collection[date]
) -> Rework | None:
    """The spot's month when `days` have the `fresh` partials (none: no record counts any more); None if nothing changes."""
    texts = {day: text_of(partial) for day, partial in fresh.items()}
    changed = [day for day in days if texts.get(day) != (stored[day].partial if day in stored else None)]
    if not changed:
        return None
    first = min(changed)
    before = [day for day in sorted(stored) if day < first]
    rest = sorted({*(day for day in stored if day >= first), *(day for day in fresh if day >= first)})
    to_date = reduce(merge, (partial_of(stored[day].partial) for day in before), measure.partial(()))
    number = number_of(to_date)
    was = stored[before[-1]].number if before else number
    cells, gone, moved = list[Cell](), list[str](), None
    for day in rest:
        was = stored[day].number if day in stored else was
        if day in days and day not in fresh:
            gone.append(stored[day].id)
        else:
            partial = fresh[day] if day in days else partial_of(stored[day].partial)
            to_date = merge(to_date, partial)
            number = number_of(to_date)
            text = texts[day] if day in days else stored[day].partial
            cells.append(Cell(spot, day, text, number))
        if moved is None and was != number:
            moved = day
    return Rework(cells, gone, was, number, moved, first)


def number_of(partial: Partial) -> float | None:
    value = value_of(partial)
    return value if isinstance(value, float) else None


def text_of(partial: Partial) -> str:
    return msgspec.json.encode(to_plain(partial)).decode()


def partial_of(text: str) -> Partial:
    return from_plain(msgspec.json.decode(text))
