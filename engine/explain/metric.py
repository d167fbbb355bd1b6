"""The tree of a metric: a formula over metrics, an aggregate over records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from engine.explain.tree import Aggregated, Formula, Known, Node, RecordLeaf, Windowed
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import value_of
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from engine.metrics.span import At, Span
from engine.metrics.window import Window
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.text import pick


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What an explanation reads: per policy of the metrics where records count, and per dataset the records that are known.

    `at` is where the number stands; without it all the records count, and no window can be told.
    """

    release: Release
    ready: Ready
    places: Mapping[str, Places]
    records: Mapping[str, Sequence[Known]]
    at: At | None = None


def metric_node(ground: Ground, metric: str, scope: ScopeKind, key: str, at: At | None = None) -> Node:
    """The metric's value at the place with all that it is made of. A metric that is read twice is the same node twice."""
    ready, stands, nodes = ground.ready, at or ground.at, dict[str, Node]()
    here = ready.read_at(metric)
    for name in here:
        if name in ready.measures:
            nodes[name] = _base(ground, ready.measures[name], scope, key, stands)
        elif name in ready.windows:
            nodes[name] = _window(ground, ready.windows[name], scope, key, stands)
    for name, derived in ready.derived.items():
        if name in here:
            inputs = tuple(nodes[each] for each in derived.inputs)
            value = derived.value({part.name: part.value for part in inputs})
            nodes[name] = _node(ground, name, value, Formula(_formula(ground, name)), inputs)
    return nodes[metric]


def _window(ground: Ground, window: Window, scope: ScopeKind, key: str, at: At | None) -> Node:
    assert at is not None
    spans = window.spans(at)
    found = {span: metric_node(ground, window.of, scope, key, At(span, at.by)) for span in spans}
    value = window.value(at, lambda span: found[span].value)
    return _node(ground, window.name, value, Windowed(window.shown_as), (_dated(found[span], span) for span in spans))


def _dated(node: Node, span: Span) -> Node:
    """The node with its days in its label."""
    first, last = span
    days = f"{first} – {last}" if first <= last else "–"
    label = {lang: f"{pick(node.label, lang, node.name)} ({days})" for lang in ("zh", "en")}
    return msgspec.structs.replace(node, label=label)


def _formula(ground: Ground, name: str) -> str:
    return ground.release.metrics[name].formula or ""


def _node(
    ground: Ground, name: str, value: object, how: Aggregated | Formula | Windowed, parts: Iterable[Node | RecordLeaf]
) -> Node:
    label = ground.release.metrics[name].label or name
    return Node(name=name, label=label, value=value, how=how, parts=tuple(parts))  # type: ignore[arg-type]


def _base(ground: Ground, measure: Measure, scope: ScopeKind, key: str, at: At | None) -> Node:
    places = ground.places[measure.under]
    how = Aggregated(measure.aggregate, measure.shape.is_money, places.reaches(scope))
    if not how.reaches:
        return _node(ground, measure.name, None, how, ())
    found = [
        leaf
        for known in counted(measure, ground.records.get(measure.dataset, ()))
        if at is None or at.span[0] <= known.record.day <= at.span[1]
        for leaf in _leaf(measure, places, known, scope, key)
    ]
    found.sort(key=lambda leaf: measure.order(leaf.known.record))
    value = value_of(measure.partial(leaf.adds for leaf in found))
    return _node(ground, measure.name, value, how, marked(measure, found))


def counted(measure: Measure, every: Iterable[Known]) -> Iterator[Known]:
    """The records as the metric counts them: a return perhaps on the day and for the people of its original."""
    for known in every:
        record = measure.counted(known.record)
        if record is known.record:
            yield known
        elif record is not None:
            yield msgspec.structs.replace(known, record=record)


def _leaf(measure: Measure, places: Places, known: Known, scope: ScopeKind, key: str) -> list[RecordLeaf]:
    """The record as a leaf, if it counts at the place."""
    if not known.record.counts:
        return []
    share = next((share for place, share in places.of(known.record, scope) if place == key), None)
    adds = None if share is None else measure.contribution(known.record, share)
    return [] if adds is None or share is None else [RecordLeaf(known=known, adds=adds, share=share)]


def marked(measure: Measure, found: Sequence[RecordLeaf]) -> list[RecordLeaf]:
    """The leaves in time, with those marked that bring a new value, or that are the value."""
    match measure.aggregate:
        case "count_distinct":
            seen: set[Contribution] = set()
            deciding = {place for place, leaf in enumerate(found) if not (leaf.adds in seen or seen.add(leaf.adds))}  # type: ignore[func-returns-value]
        case "minimum" | "maximum" | "last":
            chosen = (min if measure.aggregate == "minimum" else max)((leaf.adds for leaf in found), default=None)
            deciding = {next((place for place, leaf in enumerate(found) if leaf.adds == chosen), -1)}
        case _:
            return list(found)
    return [
        msgspec.structs.replace(leaf, decides=True) if place in deciding else leaf for place, leaf in enumerate(found)
    ]
