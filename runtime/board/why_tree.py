"""The tree of an explanation as the drawer shows it: labels, formats, a sentence on how the parts give the value, the records that matter."""

from collections.abc import Iterable, Iterator, Sequence

from engine.explain.figures import figure_node, pace_node
from engine.explain.metric import metric_node
from engine.explain.score import score_node
from engine.explain.target import no_target, target_node
from engine.explain.tree import DayLeaf, FigureName, Given, Node, Part, RecordLeaf, Windowed
from engine.expression.values import Value
from engine.pace import How, working_days_left
from engine.periods import month_of
from engine.scorecard import scorecard_for
from runtime.board.columns import column_of
from runtime.board.drill import DayMark, Line, Twig
from runtime.board.view import Column
from runtime.board.why_ground import Desk
from runtime.board.why_lines import added, line_of
from runtime.board.why_words import how_words
from runtime.numbers.figures import figures_at
from schema_defs.metric import Format
from schema_defs.plan import Plan
from schema_defs.rule import ScopeKind
from schema_defs.scorecard import ScorePart

LEAVES = 5
"""So many records of a value are listed in the tree; all of them stand in the table below it."""
DEEPEST = 12
_PERCENT = ("attainment", "pace", "gap", "score", "points")
_PLAIN = ("left", "month", "months")


def number_node(desk: Desk, metric: str, scope: ScopeKind, key: str) -> Node:
    """The gap to the pace with all below it; of a rate the attainment; of a number without a target itself."""
    if metric not in desk.splits:
        return metric_node(desk.ground, metric, scope, key)
    is_rate = desk.configured.metrics.shapes[metric].is_rate
    return figure_of(desk, "attainment" if is_rate else "gap", metric, scope, key)


def figure_of(desk: Desk, name: FigureName, metric: str, scope: ScopeKind, key: str) -> Node:
    """A figure of the metric with all that it compares."""
    configured, day = desk.configured, desk.day
    found = figures_at(configured, desk.book, desk.targets, metric, scope, key, day)
    split = desk.splits.get(metric)
    return figure_node(
        name,
        found,
        metric_node(desk.ground, metric, scope, key),
        target_node(split, scope, key, month_of(day)) if split else no_target(),
        _pace(desk, metric, scope, key, split.plan if split else None),
        working_days_left(configured.calendar, day),
    )


def _pace(desk: Desk, metric: str, scope: ScopeKind, key: str, plan: Plan | None) -> Node:
    how: How = plan.pace if plan else "working_days"
    is_rate = desk.configured.metrics.shapes[metric].is_rate or (plan is not None and plan.value is not None)
    pace = desk.targets.pace(metric, scope, key, desk.day)
    return pace_node(desk.configured.calendar, desk.day, pace, how, is_rate=is_rate)


def score_tree(desk: Desk, scope: ScopeKind, key: str) -> Node | None:
    """The score of the place by its card; None without one."""
    roles = desk.configured.org.roles(key) if scope == "person" else ()
    card = scorecard_for(roles, desk.configured.release.scorecards)
    return None if card is None else score_node(card, lambda part: _scored(desk, part, scope, key))


def _scored(desk: Desk, part: ScorePart, scope: ScopeKind, key: str) -> Node:
    if part.of == "value":
        return metric_node(desk.ground, part.metric, scope, key)
    return figure_of(desk, "attainment", part.metric, scope, key)


class Branches:
    """Turns nodes into what the reader sees. A metric that is read twice is shown with its parts once, so that a tree stays finite in size."""

    def __init__(self, desk: Desk, scope: ScopeKind, key: str) -> None:
        self._desk, self._scope, self._key = desk, scope, key
        self._seen: set[str] = set()

    def twig(self, node: Node, metric: str, depth: int = 0) -> Twig:
        """`metric` is the one whose figures stand in the tree."""
        metric = node.name if node.name in self._desk.configured.metrics.shapes else metric
        is_metric = node.name == metric and metric in self._desk.configured.metrics.shapes
        is_again = is_metric and node.name in self._seen
        self._seen.add(node.name)
        form, currency = _format(node.kind, self._column(metric))
        leaves = [part for part in node.parts if isinstance(part, RecordLeaf)]
        parts = () if is_again or depth >= DEEPEST else node.parts
        return Twig(
            kind=node.kind,
            label=node.label,
            value=_shown(node.value),
            format=form,
            currency=currency,
            how=how_words(self._desk.configured, node),
            why=f"{metric}:{self._scope}:{self._key}" if is_metric and depth else None,
            parts=tuple(self._part(part, metric, depth) for part in self._each(node, parts)),
            lines=_lines(self._desk, metric, leaves) if leaves and not is_again else (),
            more=max(0, len(leaves) - LEAVES),
            dataset=self._desk.configured.metrics.measures[metric].dataset if leaves else None,
            days=tuple(_day(part) for part in node.parts if isinstance(part, DayLeaf)),
        )

    def _each(self, node: Node, parts: Iterable[Part]) -> Iterator[Node | Given]:
        """The parts that stand as lines of their own; the sides of a window are of one metric and both shown."""
        seen = set(self._seen)
        for part in parts:
            if isinstance(node.how, Windowed):
                self._seen = set(seen)
            if isinstance(part, Node | Given):
                yield part

    def _part(self, part: Node | Given, metric: str, depth: int) -> Twig:
        if isinstance(part, Node):
            return self.twig(part, metric, depth + 1)
        form, currency = _format(part.name, self._column(metric))
        value = None if part.value is None else float(part.value)
        return Twig(kind="given", label=part.text or part.name, value=value, format=form, currency=currency)

    def _column(self, metric: str) -> Column | None:
        configured = self._desk.configured
        return column_of(configured, metric) if metric in configured.metrics.shapes else None


def _day(leaf: DayLeaf) -> DayMark:
    return DayMark(day=leaf.day, is_working=leaf.is_working, is_over=leaf.is_over)


def _format(name: str, column: Column | None) -> tuple[Format, str | None]:
    if name in _PERCENT:
        return "percent", None
    if name in _PLAIN or column is None:
        return "number", None
    return column.format, column.currency


def _lines(desk: Desk, metric: str, leaves: Sequence[RecordLeaf]) -> tuple[Line, ...]:
    """The records that decide, else those that add most."""
    measure = desk.configured.metrics.measures[metric]
    dataset = desk.configured.release.datasets[measure.dataset]
    first = sorted(leaves, key=lambda leaf: (not leaf.decides, -_size(leaf)))[:LEAVES]
    return tuple(
        _leaf(line_of(desk, dataset, (measure,), leaf.known), added(measure, leaf.adds), leaf) for leaf in first
    )


def _leaf(line: Line, adds: float | str | bool, leaf: RecordLeaf) -> Line:
    return Line(
        key=line.key, day=line.day, adds=(adds,), decides=leaf.decides, record=line.record, version=line.version,
        known_at=line.known_at, sync=line.sync, note=line.note,
    )  # fmt: skip


def _size(leaf: RecordLeaf) -> float:
    return abs(float(leaf.adds)) if isinstance(leaf.adds, int | float) else 0.0


def _shown(value: Value) -> str | float | bool | None:
    return value if value is None or isinstance(value, str | float | bool) else str(value)
