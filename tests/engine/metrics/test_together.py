"""Many metrics at once on facts equal reading the records of every person and day one by one."""

from datetime import date
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.day import day_partials
from engine.metrics.days import partials_of_days
from engine.metrics.facts import Money, facts_of
from engine.metrics.grouping import grouped
from engine.metrics.partial import Partial, to_plain, value_of
from engine.metrics.places import Places
from engine.metrics.ready import Ready, ready
from engine.metrics.together import all_totals, with_derived
from engine.metrics.totals import cells_of
from engine.org import org_of
from engine.records.record import Record
from engine.records.table import Table
from schema_defs.rule import ScopeKind
from tests.engine.metrics.test_grouped import DATASETS, METRICS, record
from tests.engine.metrics.world import CALENDAR, metric, release

MORE = [
    {"aggregate": "sum", "value": "amount", "where": "amount > 10 and flag"},
    {"aggregate": "average", "value": "amount", "where": "amount > 10 and flag"},
    {"aggregate": "sum", "value": "amount - -amount + amount", "where": "text == 'b'"},
    {"aggregate": "sum", "value": "amount", "where": "100 / weight > 1 and text in ['a', 'b', 'x']"},
    {"aggregate": "sum", "value": "text", "where": "flag", "format": "number"},
    {"aggregate": "sum", "value": "round(weight)"},
    {"aggregate": "count_distinct", "value": "lower(text)", "where": "not flag"},
    {"aggregate": "count_distinct", "value": "amount"},
    {"aggregate": "count_distinct", "value": "text", "where": "amount > 1e300"},
    {"aggregate": "average", "value": "amount / weight", "where": "text != 'a'"},
]
DOCUMENTS = [metric(f"m{number}", **keys) for number, keys in enumerate([*METRICS, *MORE])]
RATIOS = [metric("share", formula="m17 / m2"), metric("per_order", formula="(m2 - m6) / m0 if m0 > 1 else m3")]
Found = dict[tuple[str, str, date], Partial]


def by_rows(rows: list[Record], metrics: Ready, places: Places, scope: ScopeKind) -> Found:
    """The partials of every metric, key and day, record by record."""
    found: Found = {}
    for day in {each.day for each in rows}:
        spots = day_partials(list(metrics.measures.values()), [each for each in rows if each.day == day], places)
        found |= {(name, key, day): partial for (name, kind, key), partial in spots.items() if kind == scope}
    return found


def stored(partial: Partial) -> bytes:
    return msgspec.json.encode(to_plain(partial))


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 100_000), count=st.integers(0, 60))
def test_whole_days_are_stored_as_if_read_record_by_record(name: str, seed: int, count: int) -> None:
    rng, of = Random(seed), DATASETS[name]
    rows = [record(rng, number, credit=name == "split credit") for number in range(count)]
    rows += [msgspec.structs.replace(each, void=True) for each in rows[:5]]
    documents = release(of, *DOCUMENTS)
    measures, each_row = (
        ready(documents, list(documents.metrics), CALENDAR),
        ready(documents, list(documents.metrics), CALENDAR),
    )
    places = Places(of, org_of(documents.organisation), date(2026, 6, 1))
    at_once = {
        (*spot, day): stored(partial)
        for some in partials_of_days(list(measures.measures.values()), rows, places)
        for spot, day, partial in some
    }
    one_by_one = {
        (*spot, day): stored(partial)
        for day in {each.day for each in rows}
        for spot, partial in day_partials(
            list(each_row.measures.values()), [each for each in rows if each.day == day], places
        ).items()
    }
    assert at_once == one_by_one


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    count=st.integers(1, 60),
    at_once=st.integers(1, 20),
    scope=st.sampled_from(["person", "region", "company"]),
)
def test_all_metrics_at_once_equal_the_records_one_by_one(
    name: str, seed: int, count: int, at_once: int, scope: ScopeKind
) -> None:
    rng, of = Random(seed), DATASETS[name]
    rows = [record(rng, number, credit=name == "split credit") for number in range(count)]
    documents = release(of, *DOCUMENTS, *RATIOS)
    once, each_row = (ready(documents, list(documents.metrics), CALENDAR) for _ in range(2))
    table, places = Table(of, rows), Places(of, org_of(documents.organisation), date(2026, 6, 1))
    grouping = grouped(table, places, scope, date.isoformat)
    measures = list(once.measures.values())
    facts = facts_of(table, grouping, of.fields, [measures[0].order(each) for each in rows])
    totals = all_totals(measures, facts, sets=True, at_once=at_once)
    naive = by_rows(rows, each_row, places, scope)
    assert len(naive) == len(grouping.groups) * len(measures)
    for named, found in totals.items():
        values = cells_of(found).values(len(facts))
        for (key, day), partial, value in zip(grouping.groups, found.partials(), values, strict=True):
            wanted = naive[named, key, date.fromisoformat(day)]
            assert stored(partial) == stored(wanted), (named, key, day)
            assert value == value_of(wanted), (named, key, day)
    if len(facts):
        everything = {
            named: cells.values(len(facts)) for named, cells in with_derived(once, totals, len(facts)).items()
        }
        for place, (key, day) in enumerate(grouping.groups):
            wanted = each_row.values({named: naive[named, key, date.fromisoformat(day)] for named in totals})
            assert {named: values[place] for named, values in everything.items()} == wanted


@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_what_has_no_result_is_counted_for_each_metric_that_needed_it(number: int) -> None:
    """However the metrics share filters, a metric counts what it would count alone; here it comes twice."""
    rng, of = Random(number), DATASETS["a region of its own"]
    rows = [record(rng, each, credit=False) for each in range(120)]
    twice = release(of, *DOCUMENTS, metric("again", **[*METRICS, *MORE][number]))
    once, each_row = (ready(twice, [f"m{number}", "again"], CALENDAR) for _ in range(2))
    table, places = Table(of, rows), Places(of, org_of(None), date(2026, 6, 1))
    facts = facts_of(table, grouped(table, places, "company", date.isoformat), of.fields, [("", ())] * len(rows))
    all_totals(list(once.measures.values()), facts, at_once=50)
    for measure in each_row.measures.values():
        for each in rows:
            measure.contribution(each)
    assert once.trouble() == each_row.trouble()


def test_amounts_are_held_in_whole_units_where_these_say_all() -> None:
    of = DATASETS["a region of its own"]

    def column_of(*amounts: float | None) -> object:
        rows = [
            Record(dataset="orders", key=(str(place),), day=date(2026, 3, 2), owner="s01", values={"amount": amount})
            for place, amount in enumerate(amounts)
        ]
        table = Table(of, rows)
        places = Places(of, org_of(None), date(2026, 3, 2))
        return facts_of(table, grouped(table, places, "person", str), ["amount"]).columns["amount"]

    held = column_of(0.1, None, -19.99, 1e9)
    assert isinstance(held, Money)
    assert held.cells().values(4) == [0.1, None, -19.99, 1e9]
    assert not isinstance(column_of(0.1, 0.00005), Money)
    assert not isinstance(column_of(0.1, 1e12), Money)
