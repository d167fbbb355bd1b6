"""Aggregates on columns equal reading the records of every group one by one."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.aggregate import partial_of
from engine.metrics.contributions import contributions
from engine.metrics.grouped import partials_of
from engine.metrics.grouping import grouped
from engine.metrics.partial import value_of
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.org import org_of
from engine.records.record import Record
from engine.records.table import Table
from tests.engine.metrics.world import CALENDAR, dataset, metric, release

OWNED = {
    "id": "text",
    "day": "date",
    "seller": "person",
    "region": "region",
    "text": "text",
    "flag": "boolean",
    "amount": "money",
    "weight": "number",
}
DATASETS = {
    "a region of its own": dataset(fields=OWNED, void=None),
    "the owner's region": dataset(fields=OWNED, void=None, region=None),
    "split credit": dataset(fields=OWNED, void=None, region=None, owner={"people": "seller", "share": "weight"}),
}
METRICS = [
    {"aggregate": "count"},
    {"aggregate": "count", "where": "amount > 10 and flag"},
    {"aggregate": "sum", "value": "amount"},
    {"aggregate": "sum", "value": "weight"},
    {"aggregate": "sum", "value": "amount / weight", "where": "flag or weight > 1"},
    {"aggregate": "sum", "value": "amount if flag else weight * 1000000000000", "format": "money"},
    {"aggregate": "average", "value": "amount"},
    {"aggregate": "average", "value": "weight"},
    {"aggregate": "count_distinct", "value": "text"},
    {"aggregate": "count_distinct", "value": "weight"},
    {"aggregate": "count_distinct", "value": "flag"},
    {"aggregate": "minimum", "value": "amount"},
    {"aggregate": "maximum", "value": "weight * -1"},
    {"aggregate": "maximum", "value": "day"},
    {"aggregate": "minimum", "value": "text"},
    {"aggregate": "last", "value": "amount"},
    {"aggregate": "last", "value": "text", "where": "text != 'b'"},
]


def record(rng: Random, number: int, *, credit: bool) -> Record:
    day = date(2026, 2, 25) + timedelta(days=rng.randrange(20))
    people = rng.choice([(), (("s01", 0.6), ("s02", 0.4)), (("s02", 1.0),), (("s09", 0.3),)])
    owner, region = rng.choice([None, "s01", "s02", "s09"]), rng.choice([None, "shanghai", "suzhou", "east", "mars"])
    values = {
        "day": day,
        "text": rng.choice([None, "a", "b", "b", "é"]),
        "flag": rng.choice([None, True, False]),
        "amount": rng.choice([None, 0.0, -0.0, 0.00005, 12.5, -7.25, 1e12, 9e14, rng.uniform(-100, 100)]),
        "weight": rng.choice([None, 0.0, 0.1, 0.2, 1e308, -1e308, 1e-300, rng.uniform(0, 3)]),
    }
    return Record(
        dataset="orders",
        key=(f"k{number}",),
        day=day,
        owner=None if credit else owner,
        credit=people if credit else (),
        region=region,
        values=values,
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 100_000), count=st.integers(1, 40))
def test_columns_equal_rows_for_every_aggregate_scope_and_period(name: str, seed: int, count: int) -> None:
    rng, of = Random(seed), DATASETS[name]
    rows = [record(rng, number, credit=name == "split credit") for number in range(count)]
    documents = release(of, *(metric(f"m{number}", **keys) for number, keys in enumerate(METRICS)))
    table, places = Table(of, rows), Places(of, org_of(documents.organisation), date(2026, 6, 1))
    by_columns = ready(documents, list(documents.metrics), CALENDAR)
    by_rows = ready(documents, list(documents.metrics), CALENDAR)
    scope, size = rng.choice(["person", "region", "company"]), rng.choice([4, 7, 10])
    grouping = grouped(table, places, scope, lambda day: day.isoformat()[:size])  # type: ignore[arg-type]
    members: dict[tuple[str, str], list[tuple[Record, float]]] = {}
    for each in rows:
        for key, share in places.of(each, scope):  # type: ignore[arg-type]
            members.setdefault((key, each.day.isoformat()[:size]), []).append((each, share))
    assert sorted(grouping.groups) == sorted(members)
    for named, measure in by_columns.measures.items():
        partials = partials_of(measure, table, contributions(measure, table), grouping)
        for group, partial in zip(grouping.groups, partials, strict=True):
            naive = partial_of(by_rows.measures[named], *zip(*members[group], strict=True))
            assert value_of(partial) == value_of(naive), (METRICS[int(named[1:])], group)


@pytest.mark.parametrize("number", range(len(METRICS)))
def test_what_has_no_result_is_counted_alike(number: int) -> None:
    rng = Random(number)
    rows = [record(rng, each, credit=False) for each in range(200)]
    of = DATASETS["a region of its own"]
    documents = release(of, metric("m", **METRICS[number]))
    columns, one_by_one = (ready(documents, ["m"], CALENDAR).measures["m"] for _ in range(2))
    contributions(columns, Table(of, rows))
    for each in rows:
        one_by_one.contribution(each)
    assert columns.trouble == one_by_one.trouble


def test_sums_of_money_are_exact_at_every_size() -> None:
    of = DATASETS["a region of its own"]
    documents = release(of, metric("m", value="amount"))
    for amounts in ([0.1] * 7, [9e14, 0.0001] * 3, [4e14] * 9, [1e20, 0.0001, -1e20]):
        rows = [
            Record(dataset="orders", key=(f"{place}",), day=date(2026, 3, 2), values={"amount": amount})
            for place, amount in enumerate(amounts)
        ]
        measure, table = ready(documents, ["m"], CALENDAR).measures["m"], Table(of, rows)
        grouping = grouped(table, Places(of, org_of(None), date(2026, 3, 2)), "company", str)
        assert partials_of(measure, table, contributions(measure, table), grouping) == [partial_of(measure, rows)]
