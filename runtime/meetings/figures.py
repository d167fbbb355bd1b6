"""The rows of a frozen table as they are printed: every number a text, every bar and line a list of places."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from runtime import wording as written
from runtime.board.view import Cell, Column, Mark, Row
from runtime.meetings.layout import Laid, PartKind
from runtime.meetings.words import Say
from schema_defs.text import Lang, pick

Printed = dict[str, Any]


def table_of(
    rows: Sequence[Row], every: Sequence[Row], laid: Sequence[Laid], title: str, head: str, lang: Lang, say: Say
) -> Printed:
    """A table: its metrics with their heads, and its rows. The scales are those of `every` row of the section, as on the page."""
    scales = [scale_of(every, each, lang) for each in laid]
    return {
        "title": title,
        "head": head,
        "metrics": [_head(each, scale, lang, say) for each, scale in zip(laid, scales, strict=True)],
        "rows": [_row(row, laid, scales, lang, say) for row in rows],
        "late": any(row.cells[each.place].late for row in rows for each in laid),
    }


def scale_of(rows: Sequence[Row], laid: Laid, lang: Lang) -> written.Scale:
    """One scale for a whole column, as on the board."""
    numbers = [number for row in rows for number in (row.cells[laid.place].actual, row.cells[laid.place].target)]
    return written.scale_of(numbers, laid.column.format, lang, laid.column.currency)


def bar_of(column: Column, cell: Cell) -> Printed:
    """The bar's fill and tick as parts of its width; without an attainment there is none."""
    shown = cell.attainment is not None and not column.is_rate
    return {
        "fill": min(max(cell.attainment or 0.0, 0.0), 1.0) if shown else None,
        "tick": min(max(cell.pace, 0.0), 1.0) if shown and cell.pace is not None else None,
        "tone": tone_of(cell.mark),
        "text": written.percent(cell.attainment) if shown else written.MISSING,
    }


def line_of(values: Sequence[float | None], among: Sequence[float | None] = ()) -> list[list[float]]:
    """The known values as points of a unit square, its top left the origin; `among` shares the scale."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return []
    every = [value for value in (*values, *among) if value is not None]
    low, high, width = min(every), max(every), len(values) - 1
    spread = high - low
    return [
        [round(index / width, 4), round(1 - (value - low) / spread, 4) if spread else 0.5] for index, value in known
    ]


def tone_of(mark: Mark | None) -> str:
    return mark.colour if mark and mark.state != "pending" else "calm"


def mark_of(row: Row, lang: Lang, say: Say) -> Printed | None:
    """The row's most serious mark; a run that has not fired yet is none."""
    mark = row.marks[0] if row.marks else None
    if mark is None or mark.state == "pending":
        return None
    days = say["day" if mark.days == 1 else "days"].format(days=mark.days)
    return {"tone": mark.colour, "text": f"{pick(mark.label, lang, mark.rule)} · {days}"}


def _head(laid: Laid, scale: written.Scale, lang: Lang, say: Say) -> Printed:
    column = laid.column
    unit = pick(column.unit, lang) or scale.unit
    return {
        "label": pick(column.label, lang, column.metric),
        "unit": unit,
        "parts": [{"kind": part, "head": _part_head(part, column, say)} for part in laid.parts],
    }


def _part_head(part: PartKind, column: Column, say: Say) -> str:
    match part:
        case "number" if "target" in column.shown and "actual" in column.shown:
            return f"{say['actual']} / {say['target']}"
        case "number":
            return say["target" if "target" in column.shown else "actual"]
        case "bar":
            return say["attainment"]
        case "spark":
            return say["trend"]
        case _:
            return say[part]


def _row(row: Row, laid: Sequence[Laid], scales: Sequence[written.Scale], lang: Lang, say: Say) -> Printed:
    parts = [
        part
        for each, scale in zip(laid, scales, strict=True)
        for part in _parts(row.cells[each.place], each, scale, lang)
    ]
    name = pick(row.label, lang, row.key)
    return {"label": name, "level": row.level, "mark": mark_of(row, lang, say), "parts": parts}


def _parts(cell: Cell, laid: Laid, scale: written.Scale, lang: Lang) -> Iterator[Printed]:
    for part in laid.parts:
        match part:
            case "number":
                yield _number(cell, laid.column, scale)
            case "bar":
                yield {"kind": part, **bar_of(laid.column, cell)}
            case "spark":
                yield {"kind": part, "points": line_of(cell.trend), "tone": tone_of(cell.mark)}
            case "pace":
                yield {"kind": "text", "text": written.percent(cell.pace)}
            case "gap":
                yield {"kind": "text", "text": written.points(cell.gap, lang)}
            case "projection":
                yield {"kind": "text", "text": written.scaled(cell.projection, scale)}
            case "run_rate":
                yield {"kind": "text", "text": written.scaled(cell.run_rate, scale)}
            case _:
                assert_never(part)


def _number(cell: Cell, column: Column, scale: written.Scale) -> Printed:
    shows_target = "target" in column.shown and cell.target is not None
    return {
        "kind": "number",
        "actual": written.scaled(cell.actual, scale) if "actual" in column.shown else "",
        "target": written.scaled(cell.target, scale) if shows_target else "",
        "late": cell.late,
    }
