"""Whole days of one dataset at once: the same partial results as reading each day's records one by one, from columns."""

from collections.abc import Iterator, Sequence
from datetime import date

from engine.metrics.aggregate import Measure
from engine.metrics.day import SCOPES, Spot
from engine.metrics.facts import Facts, facts_of
from engine.metrics.grouping import Grouping, grouped
from engine.metrics.partial import Order, Partial
from engine.metrics.places import Places
from engine.metrics.together import all_totals
from engine.records.record import Record
from engine.records.table import Table
from schema_defs.rule import ScopeKind

Of = tuple[Spot, date, Partial]


def partials_of_days(measures: Sequence[Measure], records: Sequence[Record], places: Places) -> Iterator[list[Of]]:
    """The partials of all days that the records are of, scope by scope; what has no result is counted once per scope."""
    yield from partials_of_table(
        measures, Table(places.dataset, [record for record in records if record.counts]), places
    )


def partials_of_table(measures: Sequence[Measure], table: Table, places: Places) -> Iterator[list[Of]]:
    """The same from records that are columns already."""
    orders = _orders(measures, table)
    for scope in SCOPES:
        if len(table) and places.reaches(scope):
            grouping = grouped(table, places, scope, date.isoformat)
            yield _of_scope(measures, scope, grouping, facts_of(table, grouping, _names(measures), orders))


def _of_scope(measures: Sequence[Measure], scope: ScopeKind, grouping: Grouping, facts: Facts) -> list[Of]:
    groups = [(key, date.fromisoformat(day)) for key, day in grouping.groups]
    return [
        ((name, scope, key), day, partial)
        for name, totals in all_totals(measures, facts, sets=True).items()
        for (key, day), partial in zip(groups, totals.partials(), strict=True)
    ]


def _names(measures: Sequence[Measure]) -> frozenset[str]:
    """The fields that the measures read."""
    expressions = (each for measure in measures for each in (measure.value_expression, measure.where_expression))
    return frozenset().union(*(each.names for each in expressions if each is not None))


def _orders(measures: Sequence[Measure], table: Table) -> list[Order]:
    """Where every record stands in time, if a metric asks for that."""
    last = next((measure for measure in measures if measure.aggregate == "last"), None)
    return [] if last is None else [last.order(record) for record in table.records]
