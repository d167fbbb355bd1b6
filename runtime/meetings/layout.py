"""How the metrics of a table are laid out on A4: which parts each has, upright or lying, and in how many tables."""

from collections.abc import Sequence
from typing import Literal, assert_never

import msgspec

from runtime.board.view import Column

PartKind = Literal["number", "bar", "spark", "pace", "gap", "projection", "run_rate"]
WIDTHS: dict[PartKind, float] = {
    "number": 26, "bar": 34, "spark": 18, "pace": 14, "gap": 16, "projection": 18, "run_rate": 18,
}  # fmt: skip
"""Millimetres, the gaps included."""
NARROW = 19
"""A share with its target, or any number alone."""
ROOM = {False: 136, True: 217}
"""What A4 upright and lying leave beside the names."""


class Laid(msgspec.Struct, frozen=True):
    """A metric in a table: its place among the section's columns, and the parts that are printed of it."""

    place: int
    column: Column
    parts: tuple[PartKind, ...]

    @property
    def width(self) -> float:
        narrow = "target" not in self.column.shown or self.column.format == "percent"
        return sum(NARROW if part == "number" and narrow else WIDTHS[part] for part in self.parts)


def needs_lying(columns: Sequence[Column]) -> bool:
    """Whether the metrics fit side by side only on a page that lies."""
    return sum(each.width for each in _laid(columns, sparks=False)) > ROOM[False]


def tables_of(columns: Sequence[Column], *, lying: bool) -> list[list[Laid]]:
    """The metrics in as few tables as the page's width allows, of about the same width."""
    rich = _laid(columns, sparks=True)
    if sum(each.width for each in rich) <= ROOM[lying]:
        return [rich]
    plain = _laid(columns, sparks=False)
    count = 1
    while (packed := _packed(plain, count)) and max(_width(table) for table in packed) > ROOM[lying]:
        if count == len(plain):
            break
        count += 1
    return packed


def _packed(laid: Sequence[Laid], count: int) -> list[list[Laid]]:
    """The metrics in their order, in `count` tables of nearly equal width."""
    share = _width(laid) / count
    tables: list[list[Laid]] = [[] for _ in range(count)]
    before = 0.0
    for each in laid:
        middle = before + each.width / 2
        tables[min(int(middle / share), count - 1)].append(each)
        before += each.width
    return [table for table in tables if table]


def _width(laid: Sequence[Laid]) -> float:
    return sum(each.width for each in laid)


def _laid(columns: Sequence[Column], *, sparks: bool) -> list[Laid]:
    return [Laid(place, column, _parts(column, sparks)) for place, column in enumerate(columns)]


def _parts(column: Column, sparks: bool) -> tuple[PartKind, ...]:
    """What the author shows. A rate has no bar, since its pace is always all of it; a trend beside a bar needs room."""
    parts: list[PartKind] = []
    bar = "attainment" in column.shown and not column.is_rate
    for shown in column.shown:
        match shown:
            case "actual" | "target":
                parts += [] if "number" in parts else ["number"]
            case "attainment":
                parts += ["bar"] if bar else []
            case "trend":
                parts += ["spark"] if sparks or not bar else []
            case "score":
                pass  # A board's cells hold no score.
            case "pace" | "gap" | "projection" | "run_rate":
                parts.append(shown)
            case _:
                assert_never(shown)
    return tuple(parts)
