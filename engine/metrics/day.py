"""One day of one dataset: the partial result of every metric at every place."""

from collections.abc import Collection, Iterable, Sequence

from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import Partial
from engine.metrics.places import Places
from engine.records.record import Record
from schema_defs.rule import ScopeKind

SCOPES: tuple[ScopeKind, ...] = ("company", "region", "person")
Spot = tuple[str, ScopeKind, str]
"""A metric, a scope and a key."""
Whose = tuple[ScopeKind, str]
"""A scope and a key."""


def day_partials(
    measures: Sequence[Measure], records: Iterable[Record], places: Places, only: Collection[Whose] | None = None
) -> dict[Spot, Partial]:
    """The partials of a day's records, at all places or at some `only`.

    A spot exists where at least one record counts, whether or not the metric's filter keeps it.
    """
    found: dict[Whose, list[list[Contribution | None]]] = {}
    for record in records:
        if not record.counts:
            continue
        whole = [measure.contribution(record) for measure in measures]
        for scope in SCOPES:
            for key, share in places.of(record, scope):
                if only is not None and (scope, key) not in only:
                    continue
                mine = whole if share == 1.0 else [measure.contribution(record, share) for measure in measures]
                found.setdefault((scope, key), []).append(mine)
    return {
        (measure.name, *whose): measure.partial([each[position] for each in contributions])
        for whose, contributions in found.items()
        for position, measure in enumerate(measures)
    }


def whose(places: Places, record: Record) -> frozenset[Whose]:
    """Everybody for whom the record counts."""
    return frozenset((scope, key) for scope in SCOPES for key, _ in places.of(record, scope))
