"""A frozen board as the page of the PDF: every text in the reader's language, every number as it is printed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from runtime import wording as written
from runtime.board.view import (
    AlertsSection,
    BoardView,
    Cell,
    Column,
    Mark,
    OpenAlert,
    Row,
    TableSection,
    TilesSection,
)
from schema_defs.text import Lang, Said, pick

WORDS: dict[str, Said] = {
    "code": Said(zh="校验码", en="Code"),
    "sources": Said(zh="数据源", en="Sources"),
    "frozen": Said(zh="冻结于", en="Frozen"),
    "release": Said(zh="发布版本", en="Release"),
    "complete": Said(zh="数据截至", en="Complete up to"),
    "target": Said(zh="目标", en="Target"),
    "done": Said(zh="完成", en="done"),
    "expected": Said(zh="应达", en="expected"),
    "regions": Said(zh="区域", en="Region"),
    "people": Said(zh="人员", en="Person"),
    "company": Said(zh="公司", en="Company"),
    "alerts": Said(zh="可能需要支持", en="May need support"),
    "no_alerts": Said(zh="没有打开的告警", en="No open alerts"),
    "late": Said(zh="延迟", en="late"),
    "month_to_date": Said(zh="本月至今", en="Month to date"),
    "told": Said(zh="已告知", en="Told:"),
    "days": Said(zh="{days} 天", en="{days} days"),
}


def page_of(board: BoardView, lang: Lang, *, code: str, frozen_at: datetime) -> dict[str, Any]:
    """What `snapshot.typ` prints: plain data, the same for the same board."""
    say = {name: said.in_(lang) for name, said in WORDS.items()}
    complete = written.moment(board.complete_up_to, lang)
    alerts = [section for section in board.sections if isinstance(section, AlertsSection)]
    return {
        "lang": lang,
        "words": say,
        "title": pick(board.title, lang, board.name),
        "organisation": pick(board.organisation, lang),
        "subtitle": " · ".join((pick(board.scope_label, lang), written.month(board.month, lang), say["month_to_date"])),
        "frozen": f"{say['frozen']} {written.moment(frozen_at, lang, weekday=True)}",
        "code": code,
        "footer": f"{say['release']} {board.release} · {say['complete']} {complete} · {say['code']} {code}",
        "tiles": [
            tile
            for section in board.sections
            if isinstance(section, TilesSection)
            for tile in _tiles(section, lang, say)
        ],
        "tables": [_table(section, lang, say) for section in board.sections if isinstance(section, TableSection)],
        "alerts_title": say["alerts"] if alerts else "",
        "no_alerts": say["no_alerts"],
        "alerts": [_alert(alert, lang, say) for section in alerts for alert in section.alerts],
        "sources": [_source(source.label, source.complete_up_to, source.late, lang, say) for source in board.sources],
    }


def _tiles(section: TilesSection, lang: Lang, say: dict[str, str]) -> list[dict[str, Any]]:
    return [
        _tile(column, cell, lang, say)
        for row in section.rows
        for column, cell in zip(section.columns, row.cells, strict=True)
    ]


def _tile(column: Column, cell: Cell, lang: Lang, say: dict[str, str]) -> dict[str, Any]:
    notes = []
    if cell.target is not None:
        notes.append(f"{say['target']} {written.amount(cell.target, column.format, lang, column.currency)}")
    if cell.attainment is not None and not column.is_rate:
        notes.append(f"{say['done']} {written.percent(cell.attainment)}")
    if cell.pace is not None and not column.is_rate:
        notes.append(f"{say['expected']} {written.percent(cell.pace)}")
    return {
        "label": pick(column.label, lang, column.metric),
        "actual": written.amount(cell.actual, column.format, lang, column.currency),
        "note": " · ".join(notes),
        **_bar(column, cell),
    }


def _table(section: TableSection, lang: Lang, say: dict[str, str]) -> dict[str, Any]:
    scales = [
        written.scale_of(_numbers(section.rows, index), column.format, lang, column.currency)
        for index, column in enumerate(section.columns)
    ]
    return {
        "title": pick(section.title, lang),
        "head": say[section.rows_of],
        "columns": [
            {"label": pick(column.label, lang, column.metric), "unit": scale.unit}
            for column, scale in zip(section.columns, scales, strict=True)
        ],
        "rows": [_row(row, section.columns, scales, lang, say) for row in section.rows],
    }


def _numbers(rows: Sequence[Row], index: int) -> list[float | None]:
    return [number for row in rows for number in (row.cells[index].actual, row.cells[index].target)]


def _row(
    row: Row, columns: Sequence[Column], scales: Sequence[written.Scale], lang: Lang, say: dict[str, str]
) -> dict[str, Any]:
    mark = row.marks[0] if row.marks else None
    return {
        "label": pick(row.label, lang, row.key),
        "level": row.level,
        "mark": _mark(mark, lang, say) if mark and mark.state != "pending" else None,
        "cells": [
            {
                "actual": written.scaled(cell.actual, scale),
                "target": "" if cell.target is None else written.scaled(cell.target, scale),
                "attainment": written.percent(cell.attainment),
                "trend": _points(cell.trend),
                **_bar(column, cell),
            }
            for column, scale, cell in zip(columns, scales, row.cells, strict=True)
        ],
    }


def _bar(column: Column, cell: Cell) -> dict[str, Any]:
    """The bar's fill and tick as parts of its width; a rate has a trend instead of a bar."""
    shown = cell.attainment is not None and not column.is_rate
    return {
        "fill": min(max(cell.attainment or 0.0, 0.0), 1.0) if shown else None,
        "tick": min(max(cell.pace, 0.0), 1.0) if shown and cell.pace is not None else None,
        "tone": _tone(cell.mark),
    }


def _tone(mark: Mark | None) -> str:
    return mark.colour if mark and mark.state != "pending" else "calm"


def _mark(mark: Mark, lang: Lang, say: dict[str, str]) -> dict[str, str]:
    return {"tone": mark.colour, "text": f"{pick(mark.label, lang, mark.rule)} · {say['days'].format(days=mark.days)}"}


def _points(trend: Sequence[float | None]) -> list[list[float]]:
    known = [(index, value) for index, value in enumerate(trend) if value is not None]
    if len(known) < 2:
        return []
    low, high = min(value for _, value in known), max(value for _, value in known)
    spread, width = (high - low) or 1.0, len(trend) - 1
    return [[round(index / width, 4), round(1 - (value - low) / spread, 4)] for index, value in known]


def _alert(alert: OpenAlert, lang: Lang, say: dict[str, str]) -> dict[str, Any]:
    return {
        "scope": pick(alert.scope_label, lang, alert.key),
        "mark": {"tone": alert.colour, "text": pick(alert.rule_label, lang)},
        "sentence": pick(alert.sentence, lang),
        "answer": alert.answer_text or (f"{say['told']} {pick(alert.told, lang)}" if alert.told else ""),
    }


def _source(label: Any, complete: datetime | None, late: bool, lang: Lang, say: dict[str, str]) -> str:
    return f"{pick(label, lang)} {written.moment(complete, lang)}{' · ' + say['late'] if late else ''}"
