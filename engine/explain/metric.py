"""The tree of a metric: a formula over metrics, an aggregate over records."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.explain.tree import Aggregated, Formula, Known, Node, RecordLeaf
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import value_of
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from schema_defs.release import Release
from schema_defs.rule import ScopeKind


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What an explanation reads: per dataset where its records count, and the records of the period that are known."""

    release: Release
    ready: Ready
    places: Mapping[str, Places]
    records: Mapping[str, Sequence[Known]]


def metric_node(ground: Ground, metric: str, scope: ScopeKind, key: str) -> Node:
    """The metric's value at the place with all that it is made of. A metric that is read twice is the same node twice."""
    nodes: dict[str, Node] = {}
    for name in ground.ready.bases_of(metric):
        nodes[name] = _base(ground, ground.ready.measures[name], scope, key)
    for name, derived in ground.ready.derived.items():
        if all(each in nodes for each in derived.inputs):
            inputs = tuple(nodes[each] for each in derived.inputs)
            value = derived.value({part.name: part.value for part in inputs})
            nodes[name] = _node(ground, name, value, Formula(_formula(ground, name)), inputs)
    return nodes[metric]


def _formula(ground: Ground, name: str) -> str:
    return ground.release.metrics[name].formula or ""


def _node(
    ground: Ground, name: str, value: object, how: Aggregated | Formula, parts: Iterable[Node | RecordLeaf]
) -> Node:
    label = ground.release.metrics[name].label or name
    return Node(name=name, label=label, value=value, how=how, parts=tuple(parts))  # type: ignore[arg-type]


def _base(ground: Ground, measure: Measure, scope: ScopeKind, key: str) -> Node:
    places = ground.places[measure.dataset]
    how = Aggregated(measure.aggregate, measure.shape.is_money, places.reaches(scope))
    if not how.reaches:
        return _node(ground, measure.name, None, how, ())
    found = [
        leaf for known in ground.records.get(measure.dataset, ()) for leaf in _leaf(measure, places, known, scope, key)
    ]
    found.sort(key=lambda leaf: measure.order(leaf.known.record))
    value = value_of(measure.partial(leaf.adds for leaf in found))
    return _node(ground, measure.name, value, how, marked(measure, found))


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
