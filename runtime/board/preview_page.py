"""Previews a metric on the records of the month, with the reader's rights."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from engine.explain.metric import Ground, metric_node
from engine.explain.metric import counted as counted_as
from engine.explain.tree import Known
from engine.expression import parse
from engine.metrics.aggregate import Measure
from engine.metrics.span import Span
from engine.org import COMPANY
from engine.periods import days_of
from engine.records.record import Record
from runtime.board.columns import visible_fields
from runtime.board.hidden import hidden_from
from runtime.board.preview import Filter, Preview
from runtime.board.preview_draft import draft_of
from runtime.board.preview_unmapped import unmapped_of
from runtime.board.values import value_shown
from runtime.board.viewer import Viewer
from runtime.board.why_ground import ground_of
from runtime.people.rights import Sight, sight_in
from runtime.records.memory import present_in_memory
from runtime.releases.prepared import Prepared
from schema_defs.metric import Metric
from schema_defs.rule import ScopeKind

SAMPLE = 10

Place = tuple[ScopeKind, str]


async def preview_metric(configured: Prepared, viewer: Viewer, now: datetime, text: str) -> Preview:
    """What the metric of the text would say now; nothing is stored."""
    draft = await draft_of(configured, text)
    if draft.metric is None or draft.configured is None:
        return Preview(problems=draft.problems)
    name, whole, today = draft.metric.name, draft.configured, configured.calendar.today(now)
    sight = sight_in(whole, viewer, today)
    place = _own(sight)
    if place is None or name in hidden_from(whole, sight):
        return Preview(problems=draft.problems, metric=name, hidden=True)
    ground = await ground_of(whole, [name], today, partial(_present, configured))
    found = metric_node(ground, name, *place).value if whole.metrics.has_total(name, *place, whole.org) else None
    bases = [whole.metrics.measures[base] for base in sorted(whole.metrics.bases_of(name))]
    return Preview(
        problems=draft.problems,
        metric=name,
        scope=place[0],
        key=place[1],
        value=found if found is None or isinstance(found, float | str | bool) else str(found),
        filters=tuple([await _filter(whole, sight, ground, place, base) for base in bases]),
    )


async def _present(configured: Prepared, dataset: str, spans: Collection[Span]) -> list[Known]:
    """The records of the days, from those in memory; the live release has the same datasets as the draft."""
    days = {day for span in spans for day in days_of(*span)}
    return [Known(record=record) for record in await present_in_memory(configured, dataset, days)]


def _own(sight: Sight) -> Place | None:
    """The widest scope that the reader sees."""
    if sight.everything:
        return "company", COMPANY
    if sight.tops:
        return "region", sight.tops[0]
    return ("person", sight.alone[0]) if sight.alone else None


async def _filter(configured: Prepared, sight: Sight, ground: Ground, place: Place, measure: Measure) -> Filter:
    dataset = configured.release.datasets[measure.dataset]
    counted = [record for record in _here(ground, place, measure) if record.counts]
    kept = [record for record in counted if measure.where is None or measure.where(record.values) is True]
    fields = visible_fields(dataset, sight)
    rows = [
        tuple(value_shown(configured, field, record.values.get(name)) for name, field in fields)
        for record in kept[-SAMPLE:][::-1]
    ]
    metric = configured.release.metrics[measure.name]
    return Filter(
        metric=measure.name,
        dataset=dataset.name,
        records=len(counted),
        matched=len(kept),
        fields=tuple(field for _, field in fields),
        rows=tuple(rows),
        unmapped=await unmapped_of(configured, sight, dataset, measure, tuple(_read(metric)), counted),
    )


def _here(ground: Ground, place: Place, measure: Measure) -> Sequence[Record]:
    """The records of the month that count for the place, oldest first."""
    scope, key = place
    places, at = ground.places[measure.under], ground.at
    assert at is not None
    first, last = at.span
    found = [
        each.record
        for each in counted_as(measure, ground.records[measure.dataset])
        if first <= each.record.day <= last and any(one == key for one, _ in places.of(each.record, scope))
    ]
    return sorted(found, key=lambda record: (record.day, record.key))


def _read(metric: Metric) -> Iterator[str]:
    """The fields that the metric reads."""
    for text in (metric.value, metric.where):
        yield from sorted(parse(text).names) if text else ()
