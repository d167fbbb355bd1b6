"""Why a number is what it is: its formula, its tree, its parts, and the records behind it."""

from datetime import date, datetime

from engine.explain.metric import metric_node
from engine.explain.tree import Node
from engine.org import COMPANY
from engine.periods import month_of
from runtime.board import view
from runtime.board.clocks import complete_up_to, source_clocks
from runtime.board.columns import column_of, hidden_labels
from runtime.board.drill import Place, Twig, WhyView
from runtime.board.formula_words import expression_of, formula_words
from runtime.board.hidden import hidden_from
from runtime.board.marks import marks_of, name_of
from runtime.board.viewer import Viewer
<<<<<<< HEAD
from runtime.numbers.figures import figures_at
from runtime.numbers.read import Book, book_of
=======
from runtime.board.why_ground import Desk, ground_of, splits_of
from runtime.board.why_lines import tables_of
from runtime.board.why_parts import parts_note, parts_of
from runtime.board.why_tree import Branches, number_node, score_tree
from runtime.numbers.figures import figures_at
from runtime.numbers.read import book_of
>>>>>>> 90641b6 (runtime, admin: the why of a number as a tree down to the records, of any day)
from runtime.numbers.rows import MovementRow
from runtime.people.rights import Sight, sight_in
from runtime.releases.prepared import Prepared
from runtime.targets.book import target_book
from runtime.tenancy import rows
from schema_defs.rule import ScopeKind
from schema_defs.text import Text

PER_PAGE = 25
SCORE = "score"


async def build_why(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    metric: str,
    scope: ScopeKind,
    key: str,
    page: int = 1,
    day: date | None = None,
) -> WhyView | None:
    """The explanation of one number, of today or as it stood at the end of a past day by what is known now.

    `score` is the score of the place. None for a number that does not exist or that the reader may not see.
    """
    today = configured.calendar.today(now)
    desk = await desk_of(configured, viewer, now, metric=metric, scope=scope, key=key, day=day or today)
    if desk is None or desk.day > today:
        return None
<<<<<<< HEAD
    if not sight.sees(scope, key) or not _exists(configured, scope, key):
        return None
    inputs = {metric, *_inputs_of(configured, metric)}
    book = await book_of(configured, inputs, [month_of(day)])
    targets = await target_book(configured, [month_of(day)], inputs)
    dataset = _dataset(configured, metric)
    lines = await _lines(configured, dataset, metric, scope, key, now) if dataset else []
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = min(max(page, 1), pages)
=======
    if metric == SCORE:
        return await _score(desk, viewer, now, scope, key)
    tables = tables_of(desk, metric, scope, key, max(page, 1), PER_PAGE)
    pages = max(1, *(-(-(table.counted + table.not_counted) // PER_PAGE) for table in tables))
    if page > pages:
        tables, page = tables_of(desk, metric, scope, key, pages, PER_PAGE), pages
>>>>>>> 90641b6 (runtime, admin: the why of a number as a tree down to the records, of any day)
    clocks = await source_clocks(configured, now)
    feeding = tuple(clock for clock in clocks if _feeds(configured, clock.name, metric))
    return WhyView(
        column=column_of(configured, metric),
        path=_path(configured, desk.sight, scope, key),
        month=month_of(desk.day),
        day=desk.day,
        is_today=desk.day == today,
        cell=await _cell(desk, metric, scope, key, is_today=desk.day == today),
        formula=formula_words(configured, metric),
        expression=expression_of(configured, metric),
        tree=Branches(desk, scope, key).twig(number_node(desk, metric, scope, key), metric),
        agrees=_number(metric_node(desk.ground, metric, scope, key)) == desk.book.value(metric, scope, key, desk.day),
        parts=parts_of(desk, metric, scope, key),
        parts_note=parts_note(configured, metric, scope),
        tables=tables,
        page=max(page, 1),
        pages=pages,
        changes=await _changes(configured, metric, scope, key) if desk.day == today else (),
        sources=feeding,
        complete_up_to=complete_up_to(clocks),
        release=configured.number,
        hidden=_hidden_labels(desk, metric),
    )


async def desk_of(
    configured: Prepared, viewer: Viewer, now: datetime, *, metric: str, scope: ScopeKind, key: str, day: date
) -> Desk | None:
    """What the explanation reads; None when the reader may not see the number or there is none."""
    sight = sight_in(configured, viewer, configured.calendar.today(now))
    hidden = hidden_from(configured, sight)
    metrics = _metrics(configured, metric)
    if not metrics or hidden & metrics or not sight.sees(scope, key) or not _exists(configured, scope, key):
        return None
    month = month_of(day)
    return Desk(
        configured=configured,
        ground=await ground_of(configured, metrics, day),
        book=await book_of(configured, metrics, [month]),
        targets=await target_book(configured.tenant, [month], metrics),
        day=day,
        sight=sight,
        hidden=hidden,
        splits=await splits_of(configured, sight, metrics, scope, key, day),
    )


def _metrics(configured: Prepared, metric: str) -> frozenset[str]:
    """The metric with its inputs, or those of every scorecard."""
    if metric in configured.metrics.shapes:
        return frozenset((metric, *_inputs_of(configured, metric)))
    cards = configured.release.scorecards.values() if metric == SCORE else ()
    return frozenset(part.metric for card in cards for part in card.parts)


async def _score(desk: Desk, viewer: Viewer, now: datetime, scope: ScopeKind, key: str) -> WhyView | None:
    """The explanation of a score: its tree alone, since its parts have explanations of their own."""
    configured, node = desk.configured, score_tree(desk, scope, key)
    if node is None:
        return None
    clocks = await source_clocks(configured, now)
    return WhyView(
        column=view.Column(metric=SCORE, label=_SCORE, format="percent"),
        path=_path(configured, desk.sight, scope, key),
        month=month_of(desk.day),
        day=desk.day,
        is_today=desk.day == configured.calendar.today(now),
        cell=view.Cell(metric=SCORE, actual=_number(node), target=None, attainment=None, pace=None, gap=None),
        formula=_SCORE_WORDS,
        tree=_tree(desk, node, scope, key),
        sources=clocks,
        complete_up_to=complete_up_to(clocks),
        release=configured.number,
    )


def _tree(desk: Desk, node: Node, scope: ScopeKind, key: str) -> Twig:
    return Branches(desk, scope, key).twig(node, SCORE)


def _number(node: Node) -> float | None:
    return node.value if isinstance(node.value, float) else None


def _hidden_labels(desk: Desk, metric: str) -> tuple[Text, ...]:
    datasets = sorted(desk.configured.metrics.datasets_of(metric))
    documents = desk.configured.release.datasets
    return tuple(label for name in datasets for label in hidden_labels(documents[name], desk.sight))


def _exists(configured: Prepared, scope: ScopeKind, key: str) -> bool:
    match scope:
        case "company":
            return key == COMPANY
        case "region":
            return configured.org.has_region(key)
        case "person":
            return configured.org.person(key) is not None


def _inputs_of(configured: Prepared, metric: str) -> tuple[str, ...]:
    derived = configured.metrics.derived.get(metric)
    return derived.inputs if derived else ()


async def _cell(desk: Desk, metric: str, scope: ScopeKind, key: str, *, is_today: bool) -> view.Cell:
    figures = figures_at(desk.configured, desk.book, desk.targets, metric, scope, key, desk.day)
    marks = (await marks_of(desk.configured, desk.hidden)).get((scope, key), ()) if is_today else ()
    return view.Cell(
        metric=metric,
        actual=figures.actual,
        target=figures.target,
        attainment=figures.attainment,
        pace=figures.pace,
        gap=figures.gap,
        gap_amount=figures.gap_amount,
        run_rate=figures.run_rate,
        projection=figures.projection,
        mark=next((mark for mark in marks if mark.metric == metric), None),
    )


<<<<<<< HEAD
def _inputs(desk: _Desk, metric: str, scope: ScopeKind, key: str) -> tuple[Input, ...]:
    """What a derived number is made of, and what the number is held against."""
    found = [_input(desk, name, scope, key) for name in _inputs_of(desk.configured, metric)]
    column = column_of(desk.configured, metric)
    target = desk.targets.month(metric, scope, key, month_of(desk.day))
    if target is not None:
        found.append(Input(label=_TARGET, value=float(target), format=column.format, currency=column.currency))
        pace = desk.targets.pace(metric, scope, key, desk.day)
        found.append(Input(label=_PACE, value=pace, format="percent"))
    return tuple(found)


def _input(desk: _Desk, name: str, scope: ScopeKind, key: str) -> Input:
    column = column_of(desk.configured, name)
    value = desk.book.value(name, scope, key, desk.day)
    return Input(label=column.label, value=value, format=column.format, metric=name, currency=column.currency)


def _parts(desk: _Desk, sight: Sight, metric: str, scope: ScopeKind, key: str) -> Iterator[Share]:
    """The next scopes below, with what each contributes where contributions add up."""
    whole = desk.book.value(metric, scope, key, desk.day)
    for kind, child in _below(desk, sight, scope, key):
        figures = figures_at(desk.configured, desk.book, desk.targets, metric, kind, child, desk.day)
        adds_up = _adds_up(desk.configured, metric) and whole and figures.actual is not None
        yield Share(
            scope=kind,
            key=child,
            label=desk.configured.org.label(child) if kind == "region" else name_of(desk.configured, child) or child,
            actual=figures.actual,
            target=figures.target,
            attainment=figures.attainment,
            pace=figures.pace,
            share=(figures.actual or 0.0) / whole if adds_up and whole else None,
        )


def _below(desk: _Desk, sight: Sight, scope: ScopeKind, key: str) -> Iterator[tuple[ScopeKind, str]]:
    org = desk.configured.org
    if scope == "person":
        return
    children = org.children(None if scope == "company" else key)
    for child in children:
        yield "region", child
    if not children:
        for person in org.members(key, desk.day):
            if "seller" in person.roles and sight.sees("person", person.key):
                yield "person", person.key


def _adds_up(configured: Prepared, metric: str) -> bool:
    measure: Measure | None = configured.metrics.measures.get(metric)
    return measure is not None and measure.aggregate in ("sum", "count")


def _parts_note(configured: Prepared, metric: str, scope: ScopeKind) -> Text | None:
    if not _adds_up(configured, metric):
        return _NO_TOTAL
    return _PEOPLE if scope == "region" else None


async def _lines(
    configured: Prepared, dataset: Dataset, metric: str, scope: ScopeKind, key: str, now: datetime
) -> list[tuple[Record, float | None, Text | None]]:
    """Every record of the month at the place: what it adds, or why it does not count. Newest first."""
    day = configured.calendar.today(now)
    first, _ = month_bounds(month_of(day))
    records = await records_between(configured.tenant, dataset, first, day)
    places = configured.places(dataset.name)
    measures = [configured.metrics.measures[name] for name in {metric, *_inputs_of(configured, metric)}
                if name in configured.metrics.measures and configured.metrics.measures[name].dataset == dataset.name]  # fmt: skip
    found = []
    for record in records:
        share = next((part for place, part in places.of(record, scope) if place == key), None)
        if share is not None:
            found.append((record, *_contribution(measures, record, share)))
    return sorted(found, key=lambda line: (line[0].day, key_text(line[0].key)), reverse=True)


def _contribution(measures: list[Measure], record: Record, share: float) -> tuple[float | None, Text | None]:
    if record.void:
        return None, _VOID
    contributions = [(measure, measure.contribution(record, share)) for measure in measures]
    counted = [(measure, each) for measure, each in contributions if each is not None]
    if not counted:
        return None, _FILTERED
    measure, added = counted[0]
    if isinstance(added, int | float):
        return (added / 10_000 if measure.shape.is_money else float(added)), None
    return None, None


def _shown(
    desk: _Desk, dataset: Dataset, sight: Sight, record: Record, amount: float | None, reason: Text | None
) -> Line:
    values = tuple(
        value_shown(desk.configured, field, record.values.get(name)) for name, field in visible_fields(dataset, sight)
    )
    return Line(
        key=tuple(str(part) for part in record.key),
        day=record.day,
        values=values,
        counted=reason is None,
        amount=amount,
        reason=reason,
    )


def value_shown(configured: Prepared, field: Field, value: object) -> Text | float | bool | None:
    """A value as a table shows it: people and regions by name, days as ISO text."""
    if isinstance(value, str) and field.kind == "person":
        return name_of(configured, value)
    if isinstance(value, str) and field.kind == "region":
        return configured.org.label(value) if configured.org.has_region(value) else value
    if value is None or isinstance(value, str | float | bool):
        return value
    return str(value)


=======
>>>>>>> 90641b6 (runtime, admin: the why of a number as a tree down to the records, of any day)
async def _changes(configured: Prepared, metric: str, scope: ScopeKind, key: str) -> tuple[view.Change, ...]:
    names = [metric, *_inputs_of(configured, metric)]
    query = rows(MovementRow, configured.tenant).filter(metric__in=names, scope=scope, key=key).order_by("-at")
    return tuple(
        view.Change(
            at=row.at.astimezone(configured.calendar.tz),
            delta=row.delta if row.metric == metric else None,
            reason={"zh": row.reason["zh"], "en": row.reason["en"]},
        )
        for row in await query.limit(5)
    )


def _feeds(configured: Prepared, source: str, metric: str) -> bool:
    return configured.release.sources[source].dataset in configured.metrics.datasets_of(metric)


def _path(configured: Prepared, sight: Sight, scope: ScopeKind, key: str) -> tuple[Place, ...]:
    """From the highest scope that the reader sees down to the number's own."""
    organisation = configured.release.organisation
    label = (organisation.label if organisation else None) or COMPANY
    chain: list[Place] = [Place(scope="company", key=COMPANY, label=label)]
    if scope == "region":
        above = reversed(configured.org.ancestors(key))
    elif scope == "person":
        home = configured.org.region_of(key, date.max)
        above = reversed(configured.org.ancestors(home)) if home else iter(())
    else:
        above = iter(())
    chain += [Place(scope="region", key=each, label=configured.org.label(each)) for each in above]
    if scope == "person":
        chain.append(Place(scope="person", key=key, label=name_of(configured, key) or key))
    seen = [place for place in chain if sight.sees(place.scope, place.key)]
    return tuple(seen)


_SCORE: Text = {"zh": "得分", "en": "Score"}
_SCORE_WORDS: Text = {
    "zh": "记分卡各部分的值，先按下限和上限截取，再乘以权重相加。",
    "en": "The scorecard's parts, each within its floor and cap, times its weight, added up.",
}
