"""One day of one dataset: the partial result of every metric at every place."""

from collections.abc import Iterable, Sequence

from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import Partial
from engine.metrics.places import Places
from engine.records.record import Record
from schema_defs.rule import ScopeKind

SCOPES: tuple[ScopeKind, ...] = ("company", "region", "person")
Spot = tuple[str, ScopeKind, str]
"""A metric, a scope and a key."""


def day_partials(measures: Sequence[Measure], records: Iterable[Record], places: Places) -> dict[Spot, Partial]:
    """The partials of a day's records. A spot exists where at least one record counts, whether or not the metric's filter keeps it."""
    found: dict[Spot, list[Contribution | None]] = {}
    for record in records:
        if not record.counts:
            continue
        whole = [measure.contribution(record) for measure in measures]
        for scope in SCOPES:
            for key, share in places.of(record, scope):
                for measure, contribution in zip(measures, whole, strict=True):
                    added = contribution if share == 1.0 else measure.contribution(record, share)
                    found.setdefault((measure.name, scope, key), []).append(added)
    by_name = {measure.name: measure for measure in measures}
    return {spot: by_name[spot[0]].partial(contributions) for spot, contributions in found.items()}
