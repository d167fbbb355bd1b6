"""Why a number is what it is: its formula, its tree, its parts, and the records behind it."""

from datetime import date, datetime

from engine.explain.metric import metric_node
from engine.explain.tree import Node
from engine.org import COMPANY
from engine.periods import month_of
from runtime.board import view
from runtime.board.clocks import complete_up_to, source_clocks
from runtime.board.columns import column_of, hidden_labels
from runtime.board.drill import BridgeView, Place, Twig, WhyView
from runtime.board.formula_words import expression_of, formula_words
from runtime.board.hidden import hidden_from
from runtime.board.marks import marks_of, name_of
from runtime.board.question import Question
from runtime.board.viewer import Viewer
from runtime.board.watch_page import rules_of
from runtime.board.why_bridge import bridge_of, bridge_of_months, can_ask_since, month_before, since_choices
from runtime.board.why_ground import Desk, ground_of, splits_of
from runtime.board.why_lines import tables_of
from runtime.board.why_parts import parts_note, parts_of
from runtime.board.why_tree import Branches, number_node, score_tree
from runtime.numbers.figures import figures_at
from runtime.numbers.read import book_of
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
    asked: Question,
) -> WhyView | None:
    """The explanation of one number, of today or as it stood at the end of a past day by what is known now.

    `score` is the score of the place. None for a number that does not exist or that the reader may not see.
    """
    today, metric, scope, key = configured.calendar.today(now), asked.metric, asked.scope, asked.key
    desk = await desk_of(configured, viewer, now, asked)
    if desk is None or desk.day > today or not _may_compare(desk.day, asked):
        return None
    if metric == SCORE:
        return await _score(desk, now, asked)
    page = max(asked.page, 1)
    tables = tables_of(desk, metric, scope, key, page, PER_PAGE)
    pages = max(1, *(-(-(table.counted + table.not_counted) // PER_PAGE) for table in tables))
    if page > pages:
        tables, page = tables_of(desk, metric, scope, key, pages, PER_PAGE), pages
    has_total = configured.metrics.has_total(metric, scope, key, configured.org)
    clocks, parts = await source_clocks(configured, now), parts_of(desk, metric, scope, key)
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
        tree=Branches(desk, scope, key).twig(number_node(desk, metric, scope, key), metric) if has_total else None,
        agrees=not has_total
        or _number(metric_node(desk.ground, metric, scope, key)) == desk.book.value(metric, scope, key, desk.day),
        parts=parts,
        parts_note=parts_note(configured, metric, parts),
        tables=tables,
        page=page,
        pages=pages,
        changes=await _changes(configured, metric, scope, key) if desk.day == today else (),
        sources=feeding,
        complete_up_to=complete_up_to(clocks),
        release=configured.number,
        rules=rules_of(configured, desk.sight, metric, scope),
        since_choices=since_choices(desk.day),
        month_choice=month_before(desk.day),
        bridge=await _bridge(desk, asked),
        hidden=_hidden_labels(desk, metric),
    )


def _may_compare(day: date, asked: Question) -> bool:
    if asked.since is not None and not can_ask_since(asked.since, day):
        return False
    return asked.against is None or asked.against < month_of(day)


async def _bridge(desk: Desk, asked: Question) -> BridgeView | None:
    if asked.against is not None:
        return await bridge_of_months(desk, asked.metric, asked.scope, asked.key, asked.against)
    return None if asked.since is None else await bridge_of(desk, asked.metric, asked.scope, asked.key, asked.since)


async def desk_of(configured: Prepared, viewer: Viewer, now: datetime, asked: Question) -> Desk | None:
    """What the explanation reads; None when the reader may not see the number or there is none."""
    today, metric, scope, key = configured.calendar.today(now), asked.metric, asked.scope, asked.key
    day, sight = asked.day or today, sight_in(configured, viewer, today)
    hidden = hidden_from(configured, sight)
    metrics = _metrics(configured, metric)
    if not metrics or hidden & metrics or not sight.sees(scope, key) or not _exists(configured, scope, key):
        return None
    month = month_of(day)
    return Desk(
        configured=configured,
        ground=await ground_of(configured, metrics, day),
        book=await book_of(configured, metrics, [month]),
        targets=await target_book(configured, [month], metrics),
        day=day,
        sight=sight,
        hidden=hidden,
        splits=await splits_of(configured, sight, metrics, scope, key, day),
    )


def _metrics(configured: Prepared, metric: str) -> frozenset[str]:
    """The metric with its inputs, or those of every scorecard."""
    if metric in configured.metrics.shapes:
        return frozenset((metric, *configured.metrics.inputs_of(metric)))
    cards = configured.release.scorecards.values() if metric == SCORE else ()
    return frozenset(part.metric for card in cards for part in card.parts)


async def _score(desk: Desk, now: datetime, asked: Question) -> WhyView | None:
    """The explanation of a score: its tree alone, since its parts have explanations of their own."""
    scope, key = asked.scope, asked.key
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


async def _changes(configured: Prepared, metric: str, scope: ScopeKind, key: str) -> tuple[view.Change, ...]:
    names = [metric, *configured.metrics.inputs_of(metric)]
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
