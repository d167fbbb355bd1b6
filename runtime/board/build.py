"""The board of a reader, from the stored numbers: only the rows that the reader may see."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice

import msgspec

from engine.calendar import WorkCalendar
from engine.pace import Figures
from engine.periods import month_bounds, month_of
from engine.rules.fold import FIRING
from runtime.board import view
from runtime.board.alert_lines import alert_lines
from runtime.board.clocks import complete_up_to, source_clocks
from runtime.board.columns import column_of
from runtime.board.hidden import hidden_from
from runtime.board.marks import Marks, marks_of
from runtime.board.moved import Movement, fresh_movements, newest_movements
from runtime.board.total_note import people_note, total_note
from runtime.board.tree import Branch, branches
from runtime.board.viewer import Viewer
from runtime.numbers.figures import figures_at
from runtime.numbers.read import Book, book_of
from runtime.people.rights import Sight, sight_in
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook, target_book
from schema_defs.board import Board, Section
from schema_defs.text import Text

FRESH = timedelta(seconds=90)
"""So long a cell says what moved it, in the tenant's time."""
MOVED_SHOWN = 8


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the sections of one board read, fetched once."""

    configured: Prepared
    sight: Sight
    hidden: frozenset[str]
    book: Book
    targets: TargetBook
    marks: Marks
    moved: Mapping[tuple[str, str, str], Movement]
    alerts: tuple[view.OpenAlert, ...]
    late: frozenset[str]
    opened: frozenset[str] | None
    day: date
    trend_days: tuple[date, ...]


async def build_board(
    configured: Prepared,
    board: Board,
    viewer: Viewer,
    now: datetime,
    *,
    day: date | None = None,
    opened: Collection[str] | None = (),
    fresh: timedelta = FRESH,
) -> view.BoardView:
    """The board as this reader sees it at this moment; `day` puts it at the end of another day.

    People stand below the regions whose ids are in `opened`; None opens all. A cell says for `fresh` what moved it.
    """
    calendar = configured.calendar
    stands_at = day or calendar.today(now)
    month = month_of(stands_at)
    clocks = await source_clocks(configured, now)
    sources, sight = configured.release.sources, sight_in(configured, viewer, stands_at)
    hidden, shown = hidden_from(configured, sight), None if opened is None else frozenset(opened)
    metrics = {name for section in board.sections for name in section.metrics} - hidden
    desk = Desk(
        configured=configured,
        sight=sight,
        hidden=hidden,
        book=await book_of(configured, metrics, [month], keys=_keys(configured, board, sight, stands_at, shown)),
        targets=await target_book(configured, [month], metrics),
        marks=await marks_of(configured, hidden),
        moved=await fresh_movements(configured, now - fresh),
        alerts=await alert_lines(configured, sight),
        late=frozenset(sources[clock.name].dataset for clock in clocks if clock.late),
        opened=shown,
        day=stands_at,
        trend_days=_trend_days(calendar, stands_at),
    )
    first, last = month_bounds(month)
    return view.BoardView(
        name=board.name,
        title=board.label or board.name,
        organisation=viewer.organisation,
        scope_label=_top_label(desk, viewer),
        day=stands_at,
        month=month,
        working_day=calendar.working_days(first, stands_at),
        working_days=calendar.working_days(first, last),
        days_predicted=calendar.predicted(first.year),
        complete_up_to=complete_up_to(clocks),
        release=configured.number,
        sections=tuple(_section(desk, section) for section in board.sections),
        sources=clocks,
        moved=await _moved(desk, metrics),
        preview=now < calendar.closing(stands_at),
    )


def _section(desk: Desk, section: Section) -> view.Section:
    columns = tuple(
        column_of(desk.configured, name, section.show)
        for name in section.metrics
        if name in desk.configured.metrics.shapes and name not in desk.hidden
    )
    match section:
        case Section(table=str() as rows_of):
            return view.TableSection(
                rows_of=rows_of,
                columns=columns,
                rows=_table_rows(desk, columns, rows_of),
                title=section.title,
            )
        case Section(tiles=str() as rows_of):
            return view.TilesSection(columns=columns, rows=_top(desk, columns, rows_of), title=section.title)
        case Section(trend=str() as rows_of):
            return view.TrendSection(
                columns=columns, rows=_top(desk, columns, rows_of), days=desk.trend_days, title=section.title
            )
        case Section(ranking=str() as rows_of):
            return view.RankingSection(columns=columns, rows=_ranked(desk, columns, rows_of), title=section.title)
        case Section(alerts="open" | "all" as which):
            return view.AlertsSection(which=which, alerts=desk.alerts, title=section.title)
        case _:
            raise ValueError("a section without a kind passed the check")


def _rows(desk: Desk, columns: tuple[view.Column, ...], *, people: bool) -> tuple[view.Row, ...]:
    """The tree that the reader sees, parents first."""
    return tuple(_row(desk, columns, branch) for branch in _branches(desk, people=people))


def _branches(desk: Desk, *, people: bool) -> Iterator[Branch]:
    return branches(desk.configured.org, desk.sight, desk.day, people=people, opened=desk.opened)


def _table_rows(desk: Desk, columns: tuple[view.Column, ...], rows_of: str) -> tuple[view.Row, ...]:
    match rows_of:
        case "company":
            return _top(desk, columns, rows_of)
        case "people":
            every = msgspec.structs.replace(desk, opened=None)
            return tuple(row for row in _rows(every, columns, people=True) if row.scope == "person")
        case _:
            return _rows(desk, columns, people=True)


def _top(desk: Desk, columns: tuple[view.Column, ...], rows_of: str) -> tuple[view.Row, ...]:
    """The tree's topmost row for `company`, else its rows of that kind without children above them."""
    if rows_of == "people":
        return _table_rows(desk, columns, rows_of)
    every = (_row(desk, columns, branch) for branch in _branches(desk, people=False))
    return tuple(islice(every, 1)) if rows_of == "company" else tuple(row for row in every if row.scope == "region")


def _ranked(desk: Desk, columns: tuple[view.Column, ...], rows_of: str) -> tuple[view.Row, ...]:
    leaves = set(desk.configured.org.leaves())
    rows = [row for row in _top(desk, columns, rows_of) if row.scope == "person" or row.key in leaves]
    return tuple(sorted(rows, key=_standing))


def _standing(row: view.Row) -> float:
    attainment = row.cells[0].attainment if row.cells else None
    return -attainment if attainment is not None else 1e9


def _row(desk: Desk, columns: tuple[view.Column, ...], branch: Branch) -> view.Row:
    marks = desk.marks.get((branch.scope, branch.key), ())
    return view.Row(
        scope=branch.scope,
        key=branch.key,
        label=branch.label,
        level=branch.level,
        parent=branch.parent,
        children=branch.children,
        open=branch.open,
        cells=tuple(_cell(desk, column, branch, marks) for column in columns),
        marks=marks,
        below=sum(1 for place in branch.below if any(_is_red(mark) for mark in desk.marks.get(place, ()))),
        manager=branch.manager,
        note=_people_note(desk, columns, branch),
    )


def _people_note(desk: Desk, columns: tuple[view.Column, ...], branch: Branch) -> Text | None:
    """Where the people of a region are shown below it, and all of them to this reader."""
    org, sight = desk.configured.org, desk.sight
    if branch.scope != "region" or not branch.open or org.children(branch.key):
        return None
    if not all(sight.sees("person", person.key) for person in org.members(branch.key, desk.day)):
        return None
    return people_note(desk.configured, desk.book, columns, branch.key, desk.day)


def _cell(desk: Desk, column: view.Column, branch: Branch, marks: tuple[view.Mark, ...]) -> view.Cell:
    found: Figures = figures_at(
        desk.configured, desk.book, desk.targets, column.metric, branch.scope, branch.key, desk.day
    )
    return view.Cell(
        metric=column.metric,
        **msgspec.structs.asdict(found),
        trend=tuple(_trend_point(desk, column, branch, day) for day in desk.trend_days),
        trend_pace=()
        if found.target is None or column.is_rate
        else tuple(desk.targets.pace(column.metric, branch.scope, branch.key, day) for day in desk.trend_days),
        mark=next((mark for mark in marks if mark.metric == column.metric), None),
        late=bool(desk.late & desk.configured.metrics.datasets_of(column.metric)),
        changed=_changed(desk, column, branch),
        note=_note(desk, column, branch),
    )


def _note(desk: Desk, column: view.Column, branch: Branch) -> Text | None:
    """Why what stands below does not add up to the number, or why there is none."""
    if branch.scope == "person":
        return None
    below = desk.configured.org.children(None if branch.scope == "company" else branch.key)
    return total_note(desk.configured, column.metric, branch.scope, branch.key, regions_below=bool(below))


def _trend_point(desk: Desk, column: view.Column, branch: Branch, day: date) -> float | None:
    """The attainment by the end of the day, or the value of what has no target."""
    value = desk.book.value(column.metric, branch.scope, branch.key, day)
    target = desk.targets.month(column.metric, branch.scope, branch.key, month_of(desk.day))
    if column.is_rate or target is None or value is None:
        return value
    return value / float(target) if target else None


def _trend_days(calendar: WorkCalendar, day: date) -> tuple[date, ...]:
    """The working days of the month so far."""
    first = month_bounds(month_of(day))[0]
    days = (first + timedelta(days=offset) for offset in range((day - first).days + 1))
    return tuple(each for each in days if calendar.is_working(each))


def _keys(configured: Prepared, board: Board, sight: Sight, day: date, opened: frozenset[str] | None) -> frozenset[str]:
    """Whose numbers the board shows: of people only where their rows are open, or a section lists them all."""
    lists_people = any(
        "people" in (section.table, section.tiles, section.trend, section.ranking) for section in board.sections
    )
    shown = branches(configured.org, sight, day, people=True, opened=None if lists_people else opened)
    return frozenset(branch.key for branch in shown)


def _changed(desk: Desk, column: view.Column, branch: Branch) -> view.Change | None:
    for name in (column.metric, *desk.configured.metrics.inputs_of(column.metric)):
        found = desk.moved.get((name, branch.scope, branch.key))
        if found is not None:
            return view.Change(at=found.at, delta=found.delta if name == column.metric else None, reason=found.reason)
    return None


async def _moved(desk: Desk, metrics: Collection[str]) -> tuple[view.Moved, ...]:
    """The last movements at the lowest places that the reader sees, newest first."""
    leaves = [key for key in desk.configured.org.leaves() if desk.sight.sees("region", key)]
    newest = await newest_movements(desk.configured, metrics, leaves, MOVED_SHOWN)
    return tuple(_moved_line(desk, each) for each in newest)


def _moved_line(desk: Desk, movement: Movement) -> view.Moved:
    column = column_of(desk.configured, movement.metric)
    return view.Moved(
        at=movement.at,
        scope_label=desk.configured.org.label(movement.key),
        metric=movement.metric,
        metric_label=column.label,
        format=column.format,
        delta=movement.delta,
        reason=movement.reason,
        currency=column.currency,
    )


def _top_label(desk: Desk, viewer: Viewer) -> Text:
    top = next(iter(branches(desk.configured.org, desk.sight, desk.day, people=False, opened=frozenset())), None)
    return top.label if top and top.scope != "company" else viewer.organisation


def _is_red(mark: view.Mark) -> bool:
    return mark.colour == "red" and mark.state in FIRING
