"""A frozen board as the page of the PDF: every text in the reader's language, every number as it is printed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from runtime import wording as written
from runtime.board.view import (
    AlertsSection,
    BoardView,
    Cell,
    Column,
    OpenAlert,
    RankingSection,
    Row,
    SourceClock,
    TableSection,
    TilesSection,
    TrendSection,
)
from runtime.meetings.figures import Printed, bar_of, line_of, table_of, tone_of
from runtime.meetings.frozen import Frozen
from runtime.meetings.layout import Laid, needs_lying, tables_of
from runtime.meetings.words import Say, words_in
from schema_defs.text import Lang, pick

LATE_AFTER = timedelta(minutes=15)
"""A freeze that was held up for longer says when it was planned."""


def page_of(frozen: Frozen, lang: Lang) -> Printed:
    """What `snapshot.typ` prints: plain data, the same for the same snapshot."""
    board, say = frozen.board, words_in(lang)
    tables = [section for section in board.sections if isinstance(section, TableSection)]
    lying = any(needs_lying(section.columns) for section in tables)
    regions, people = _tables(board, tables, lying, lang, say)
    alerts = [section for section in board.sections if isinstance(section, AlertsSection)]
    page = {
        "lang": lang,
        "words": say,
        "lying": lying,
        "title": pick(board.title, lang, board.name),
        "organisation": pick(board.organisation, lang),
        "scope": pick(board.scope_label, lang),
        "subtitle": _subtitle(board, lang, say),
        "frozen": _frozen(frozen, lang, say),
        "code": frozen.code,
        "footer": _footer(frozen, lang, say),
        "tiles": [*_tiles(board, lang, say)],
        "tables": regions,
        "has_alerts": bool(alerts),
        "alerts": [_alert(alert, lang, say) for section in alerts for alert in section.alerts],
        "trends": [*_trends(board, lang, say)],
        "rankings": [*_rankings(board, lang, say)],
        "people": people,
        "sources": [_source(source, lang, say) for source in board.sources],
    }
    page["empty"] = not any(page[part] for part in ("tiles", "tables", "has_alerts", "trends", "rankings", "people"))
    return page


def _subtitle(board: BoardView, lang: Lang, say: Say) -> str:
    parts = [
        pick(board.scope_label, lang),
        written.month(board.month, lang),
        f"{say['stands']} {written.day(board.day, lang, weekday=True)}",
        say["working_day"].format(n=board.working_day, of=board.working_days)
        + (say["days_predicted"] if board.days_predicted else ""),
        *([say["preview"]] if board.preview else []),
    ]
    return " · ".join(part for part in parts if part)


def _frozen(frozen: Frozen, lang: Lang, say: Say) -> str:
    """When it was frozen and, if that was late, when it should have been."""
    text = f"{say['frozen']} {written.moment(frozen.frozen_at, lang, weekday=True, year=True)}"
    planned = frozen.planned_at
    if planned is None or frozen.frozen_at - planned < LATE_AFTER:
        return text
    return text + say["planned"].format(moment=written.moment(planned, lang))


def _footer(frozen: Frozen, lang: Lang, say: Say) -> str:
    board, complete = frozen.board, frozen.board.complete_up_to
    clock = f"{say['complete']} {written.moment(complete, lang)}" if complete else say["incomplete"]
    parts = [f"{say['release']} {board.release}", *([clock] if board.sources else []), f"{say['code']} {frozen.code}"]
    return " · ".join(parts)


def _tables(
    board: BoardView, sections: Sequence[TableSection], lying: bool, lang: Lang, say: Say
) -> tuple[list[Printed], list[Printed]]:
    """The tables of regions, and those of people, grouped by region. People inside a table of regions come after all regions."""
    names = {row.id: pick(row.label, lang, row.key) for section in sections for row in section.rows}
    has_people = any(section.rows_of == "people" for section in sections)
    regions: list[Printed] = []
    people: list[Printed] = []
    for section in sections:
        places = [row for row in section.rows if row.scope != "person"]
        persons = [row for row in section.rows if row.scope == "person"]
        for laid in tables_of(section.columns, lying=lying):
            if places:
                regions.append(
                    table_of(places, section.rows, laid, pick(section.title, lang), say[section.rows_of], lang, say)
                )
            if persons and (section.rows_of == "people" or not has_people):
                title = pick(section.title, lang) if section.rows_of == "people" else ""
                people.append(_people(persons, section.rows, laid, title or say["people_title"], names, lang, say))
    return regions, people


def _people(
    rows: Sequence[Row],
    every: Sequence[Row],
    laid: Sequence[Laid],
    title: str,
    names: Mapping[str, str],
    lang: Lang,
    say: Say,
) -> Printed:
    """A table of people, each region's below its name where the region is on the board too."""
    table = table_of(rows, every, laid, title, say["people"], lang, say)
    grouped: list[Printed] = []
    group = None
    for row, printed in zip(rows, table["rows"], strict=True):
        name = names.get(row.parent or "")
        if name and name != group:
            grouped.append({"group": name})
        group = name
        grouped.append(printed | {"level": 1 if name else 0})
    return table | {"rows": grouped}


def _tiles(board: BoardView, lang: Lang, say: Say) -> Iterator[Printed]:
    for section in board.sections:
        if isinstance(section, TilesSection):
            for row in section.rows:
                for column, cell in zip(section.columns, row.cells, strict=True):
                    place = pick(row.label, lang, row.key) if len(section.rows) > 1 else ""
                    yield _tile(column, cell, place, lang, say)


def _tile(column: Column, cell: Cell, place: str, lang: Lang, say: Say) -> Printed:
    notes = []
    if cell.target is not None:
        notes.append(f"{say['target']} {written.amount(cell.target, column.format, lang, column.currency)}")
    if cell.attainment is not None and not column.is_rate:
        notes.append(f"{say['done']} {written.percent(cell.attainment)}")
    if cell.pace is not None and cell.target is not None and not column.is_rate:
        notes.append(f"{say['expected']} {written.percent(cell.pace)}")
    return {
        "label": pick(column.label, lang, column.metric),
        "place": place,
        "actual": written.amount(cell.actual, column.format, lang, column.currency),
        "late": cell.late,
        "note": " · ".join(notes),
        "bar": bar_of(column, cell),
        "points": line_of(cell.trend),
    }


def _trends(board: BoardView, lang: Lang, say: Say) -> Iterator[Printed]:
    for section in board.sections:
        if isinstance(section, TrendSection) and section.rows:
            days = (
                f"{written.day(section.days[0], lang)} – {written.day(section.days[-1], lang)}" if section.days else ""
            )
            lines = [
                _trend(row, column, cell, lang)
                for row in section.rows
                for column, cell in zip(section.columns, row.cells, strict=True)
            ]
            yield {"title": pick(section.title, lang, say["trend_title"]), "days": days, "lines": lines}


def _trend(row: Row, column: Column, cell: Cell, lang: Lang) -> Printed:
    value = (
        written.percent(cell.attainment)
        if cell.attainment is not None and not column.is_rate
        else written.amount(cell.actual, column.format, lang, column.currency)
    )
    return {
        "label": f"{pick(row.label, lang, row.key)} · {pick(column.label, lang, column.metric)}",
        "value": value,
        "points": line_of(cell.trend, cell.trend_pace),
        "pace": line_of(cell.trend_pace, cell.trend),
        "tone": tone_of(cell.mark),
    }


def _rankings(board: BoardView, lang: Lang, say: Say) -> Iterator[Printed]:
    """By the first metric, as the board has it."""
    for section in board.sections:
        if isinstance(section, RankingSection) and section.rows and section.columns:
            column = section.columns[0]
            lines = [
                {"label": pick(row.label, lang, row.key), **_standing(column, row.cells[0], lang)}
                for row in section.rows
            ]
            title = pick(section.title, lang, say["ranking_title"])
            yield {"title": title, "metric": pick(column.label, lang, column.metric), "lines": lines}


def _standing(column: Column, cell: Cell, lang: Lang) -> Printed:
    bar = bar_of(column, cell)
    if bar["fill"] is None:
        bar["text"] = written.amount(cell.actual, column.format, lang, column.currency)
    return {"bar": bar}


def _alert(alert: OpenAlert, lang: Lang, say: Say) -> Printed:
    return {
        "scope": pick(alert.scope_label, lang, alert.key),
        "tone": alert.colour,
        "sentence": pick(alert.sentence, lang),
        "answer": _answer(alert, lang, say),
    }


def _answer(alert: OpenAlert, lang: Lang, say: Say) -> str:
    if alert.answer_text:
        by = pick(alert.answered_by, lang)
        return f"{by}{say['colon']}{alert.answer_text}" if by else alert.answer_text
    return f"{say['told']} {pick(alert.told, lang)}" if alert.told else ""


def _source(source: SourceClock, lang: Lang, say: Say) -> Printed:
    return {
        "text": f"{pick(source.label, lang, source.name)} {written.moment(source.complete_up_to, lang)}",
        "late": say["late"] if source.late else "",
    }
