"""The full computation: which rows there are, whose they are, and what they say."""
# ruff: noqa: DTZ001  # times without a zone are what is tested

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.derive import in_order
from engine.org import org_of
from engine.records.record import Record
from schema_defs.dataset import Dataset
from schema_defs.errors import AuthorError
from schema_defs.metric import Metric
from tests.engine.metrics.world import computed, dataset, lines, metric, records, release, values

ORDERS = dataset()
AMOUNT = metric("amount", value="amount")


def test_a_row_for_every_key_and_period_with_a_record_even_where_the_filter_leaves_none() -> None:
    big = metric("big", value="amount", where="amount > 100")
    rows = records(ORDERS, {"seller": "s01", "amount": 5}, {"seller": "s02", "amount": 500, "day": "2026-04-01"})
    assert lines(computed(release(ORDERS, big), {"orders": rows}, "big", scope="person")) == [
        "big,person,s01,2026-03,0.0000",
        "big,person,s02,2026-04,500.0000",
    ]


def test_rows_are_sorted_by_metric_as_asked_scope_key_and_period() -> None:
    count = metric("count", aggregate="count")
    rows = records(ORDERS, {"seller": "s02"}, {"seller": "s01", "day": "2026-04-01"}, {"seller": "s01"})
    found = computed(release(ORDERS, AMOUNT, count), {"orders": rows}, "count,amount", scope="person,company")
    assert [line.rsplit(",", 1)[0] for line in lines(found)] == [
        f"{name},{place}"
        for name in ("count", "amount")
        for place in (
            "company,company,2026-03",
            "company,company,2026-04",
            "person,s01,2026-03",
            "person,s01,2026-04",
            "person,s02,2026-03",
        )
    ]


def test_void_and_deleted_records_make_no_row() -> None:
    rows = records(
        ORDERS,
        {"seller": "s01", "status": "cancelled", "amount": 5},
        {"seller": "s02", "_deleted": "true", "amount": 5},
    )
    assert lines(computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", scope="person")) == []


def test_every_region_of_the_tree_is_computed_from_the_records_below() -> None:
    customers = metric("customers", aggregate="count_distinct", value="customer")
    rows = records(
        ORDERS,
        {"region": "shanghai", "customer": "c1"},
        {"region": "suzhou", "customer": "c1"},
        {"region": "east", "customer": "c2"},
        {"region": "", "customer": "c3"},
    )
    found = computed(release(ORDERS, customers), {"orders": rows}, "customers", scope="region,company")
    assert values(found) == {
        ("company", "2026-03"): 3.0,
        ("east", "2026-03"): 2.0,
        ("shanghai", "2026-03"): 1.0,
        ("suzhou", "2026-03"): 1.0,
    }


def test_keys_that_the_organisation_does_not_know_are_kept_with_a_warning() -> None:
    rows = records(ORDERS, {"region": "mars", "seller": "s99", "amount": 1})
    found = computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", scope="person,region")
    assert lines(found) == ["amount,person,s99,2026-03,1.0000", "amount,region,mars,2026-03,1.0000"]
    assert [said.en.split(" of ")[0] for said in found.warnings] == ["the region 'mars'", "the person 's99'"]


def test_without_an_organisation_keys_are_taken_from_the_records() -> None:
    rows = records(ORDERS, {"region": "mars", "amount": 1})
    found = computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", scope="region", org=org_of(None))
    assert (lines(found), found.warnings) == (["amount,region,mars,2026-03,1.0000"], [])


@pytest.mark.parametrize(
    ("by", "periods"),
    [
        ("day", ["2026-03-01", "2026-03-02", "2026-04-01"]),
        ("week", ["2026-02-23", "2026-03-02", "2026-03-30"]),
        ("month", ["2026-03", "2026-04"]),
        ("quarter", ["2026-Q1", "2026-Q2"]),
        ("year", ["2026"]),
    ],
)
def test_periods(by: str, periods: list[str]) -> None:
    rows = records(ORDERS, *({"day": day} for day in ("2026-03-01", "2026-03-02", "2026-04-01")))
    assert [row.period for row in computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", by=by).rows] == periods


def test_from_and_to_are_included() -> None:
    rows = records(ORDERS, *({"day": f"2026-03-0{day}", "amount": day} for day in range(1, 6)))
    found = computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", first=date(2026, 3, 2), last=date(2026, 3, 4))
    assert lines(found) == ["amount,company,company,2026-03,9.0000"]


# Whose region


OWNED = dataset(region=None)


def owned(attribution: str) -> Dataset:
    return dataset(region=None, attribution=attribution)


def test_without_a_region_field_the_owners_region_of_the_day_counts() -> None:
    rows = records(
        OWNED,
        {"seller": "s01", "amount": 1},
        {"seller": "s01", "day": "2026-03-20", "amount": 2},
        {"seller": "nobody", "amount": 4},
    )
    found = computed(release(owned("at_time"), AMOUNT), {"orders": rows}, "amount", scope="region,company")
    assert lines(found) == [
        "amount,company,company,2026-03,7.0000",
        "amount,region,east,2026-03,1.0000",
        "amount,region,shanghai,2026-03,1.0000",
        "amount,region,west,2026-03,2.0000",
    ]


@pytest.mark.parametrize(("today", "key"), [(date(2026, 3, 9), "shanghai"), (date(2026, 3, 10), "west")])
def test_attribution_now_takes_the_present_region(today: date, key: str) -> None:
    rows = records(OWNED, {"seller": "s01", "amount": 1})
    found = computed(release(owned("now"), AMOUNT), {"orders": rows}, "amount", scope="region", today=today)
    assert key in {row.key for row in found.rows}


def test_without_owner_and_region_only_the_company_has_numbers() -> None:
    bare = dataset(region=None, owner=None)
    rows = records(bare, {"amount": 3})
    found = computed(release(bare, AMOUNT), {"orders": rows}, "amount", scope="person,region,company")
    assert lines(found) == ["amount,company,company,2026-03,3.0000"]


def test_split_credit_gives_each_person_their_share_and_each_region_what_its_people_have() -> None:
    deals = dataset(
        region=None,
        owner={"people": "people", "share": "share"},
        fields={"id": "text", "day": "date", "people": "text", "share": "text", "amount": "money"},
        void=None,
    )
    rows = records(
        deals, {"people": "s01;s02", "share": "60%;40%", "amount": 100.0001}, {"people": "s02", "amount": 10}
    )
    count = metric("deals", aggregate="count")
    found = computed(release(deals, AMOUNT, count), {"orders": rows}, "amount,deals", scope="person,region,company")
    assert lines(found) == [
        "amount,company,company,2026-03,110.0001",
        "amount,person,s01,2026-03,60.0001",
        "amount,person,s02,2026-03,50.0000",
        "amount,region,east,2026-03,110.0001",
        "amount,region,shanghai,2026-03,60.0001",
        "amount,region,suzhou,2026-03,50.0000",
        "deals,company,company,2026-03,2",
        "deals,person,s01,2026-03,1",
        "deals,person,s02,2026-03,2",
        "deals,region,east,2026-03,2",
        "deals,region,shanghai,2026-03,1",
        "deals,region,suzhou,2026-03,2",
    ]


# Derived metrics


SHARE = metric("share", formula="high / amount", format="percent")
HIGH = metric("high", value="amount", where="amount - cost >= 0.1 * amount")


def test_a_ratio_is_recomputed_at_every_level() -> None:
    rows = records(
        ORDERS,
        {"region": "shanghai", "amount": 100, "cost": 50},
        {"region": "suzhou", "amount": 300, "cost": 290},
        {"region": "suzhou", "amount": 0, "cost": 0, "day": "2026-04-01"},
    )
    found = computed(release(ORDERS, AMOUNT, HIGH, SHARE), {"orders": rows}, "share", scope="region,company")
    assert lines(found) == [
        "share,company,company,2026-03,0.25",
        "share,company,company,2026-04,",
        "share,region,east,2026-03,0.25",
        "share,region,east,2026-04,",
        "share,region,shanghai,2026-03,1",
        "share,region,suzhou,2026-03,0",
        "share,region,suzhou,2026-04,",
    ]
    assert found.trouble["share"].division_by_zero == 3


def test_derived_money_is_rounded_at_the_end_only() -> None:
    third = metric("third", formula="amount / 3")
    sixfold = metric("sixfold", formula="third * 6")
    rows = records(ORDERS, {"amount": 1})
    found = computed(release(ORDERS, AMOUNT, sixfold, third), {"orders": rows}, "third,sixfold")
    assert lines(found) == ["third,company,company,2026-03,0.3333", "sixfold,company,company,2026-03,2.0000"]


def test_a_derived_metric_has_a_row_where_any_input_has_a_record() -> None:
    paid = Dataset(
        name="paid",
        key="id",
        time="day",
        owner="seller",
        fields={"id": "text", "day": "date", "seller": "person", "amount": "money"},
    )
    collected = metric("collected", dataset="paid", value="amount")
    rate = metric("rate", formula="collected / amount", format="percent")
    orders, payments = records(ORDERS, {"seller": "s01", "amount": 10}), records(paid, {"seller": "s02", "amount": 5})
    found = computed(
        release(ORDERS, paid, AMOUNT, collected, rate), {"orders": orders, "paid": payments}, "rate", scope="person"
    )
    assert lines(found) == ["rate,person,s01,2026-03,0", "rate,person,s02,2026-03,"]


def test_a_metric_of_a_dataset_that_knows_no_people_is_missing_for_people() -> None:
    visits = Dataset(name="visits", key="id", time="day", fields={"id": "text", "day": "date"})
    count = metric("visits", dataset="visits", aggregate="count")
    both = metric("both", formula="amount + visits")
    orders = records(ORDERS, {"seller": "s01", "amount": 10})
    found = computed(
        release(ORDERS, visits, AMOUNT, count, metric("n", aggregate="count"), metric("sum", formula="visits + n")),
        {"orders": orders},
        "sum",
        scope="person",
    )
    assert both.formula is not None
    assert lines(found) == ["sum,person,s01,2026-03,"]


@pytest.mark.parametrize(
    ("documents", "names"),
    [([metric("a", formula="b"), metric("b", formula="a")], "a → b → a"), ([metric("a", formula="a + 1")], "a → a")],
)
def test_a_circle_is_shown(documents: list[Metric], names: str) -> None:
    with pytest.raises(AuthorError, match=names):
        in_order({each.name: each for each in documents}, ["a"])


def test_inputs_stand_before_what_is_computed_from_them() -> None:
    documents = {each.name: each for each in (SHARE, HIGH, AMOUNT)}
    assert [each.name for each in in_order(documents, ["share"])] == ["amount", "high", "share"]


def test_formulas_may_stand_on_formulas_in_any_depth() -> None:
    chain = [metric(f"m{i}", formula=f"m{i - 1} + 1" if i else "amount") for i in range(1500)]
    found = computed(
        release(ORDERS, AMOUNT, *chain), {"orders": records(ORDERS, {"amount": 5})}, "m1499", scope="company"
    )
    assert [line.rsplit(",", 1)[1] for line in lines(found)] == ["1504.0000"]


def test_an_input_that_is_read_many_times_is_computed_once() -> None:
    pairs = [("amount", "amount")] + [(f"p{i}", f"q{i}") for i in range(50)]
    both = [
        metric(f"{name}{i}", formula=f"{left} {sign} {right}")
        for i, (left, right) in enumerate(pairs[:-1])
        for name, sign in (("p", "+"), ("q", "-"))
    ]
    found = computed(release(ORDERS, AMOUNT, *both), {"orders": records(ORDERS, {"amount": 1})}, "p49", scope="company")
    assert [line.rsplit(",", 1)[1] for line in lines(found)] == [f"{2.0**25:.4f}"]


# How numbers are written


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"aggregate": "sum", "value": "amount"}, "1234567.8900"),
        ({"aggregate": "sum", "value": "weight"}, "0.30000000000000004"),
        ({"aggregate": "sum", "value": "weight", "format": "money"}, "0.3000"),
        ({"aggregate": "count"}, "2"),
        ({"aggregate": "count_distinct", "value": "customer", "format": "number"}, "1"),
        ({"aggregate": "average", "value": "amount"}, "617283.9450"),
        ({"aggregate": "average", "value": "weight"}, "0.15000000000000002"),
        ({"aggregate": "maximum", "value": "day"}, "2026-03-05"),
        ({"aggregate": "last", "value": "status"}, "open"),
        ({"aggregate": "minimum", "value": "cost"}, ""),
    ],
)
def test_numbers_are_written_by_their_unit(keys: dict[str, object], text: str) -> None:
    rows = records(
        ORDERS,
        {"amount": "1,234,000", "weight": 0.1, "customer": "c", "status": "shipped"},
        {"amount": 567.89, "weight": 0.2, "customer": "c", "day": "2026-03-05", "status": "open"},
    )
    assert lines(computed(release(ORDERS, metric("m", **keys)), {"orders": rows}, "m")) == [
        f"m,company,company,2026-03,{text}"
    ]


def test_a_sum_of_plain_numbers_does_not_depend_on_their_order() -> None:
    weights = metric("w", value="weight")
    forwards = records(ORDERS, {"weight": 1e16}, {"weight": 1.0}, {"weight": -1e16})
    assert lines(computed(release(ORDERS, weights), {"orders": forwards}, "w")) == ["w,company,company,2026-03,1"]


def test_money_beyond_the_doubles_is_exact() -> None:
    rows = records(ORDERS, {"amount": 9e14}, {"amount": 0.0001})
    assert lines(computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount")) == [
        "amount,company,company,2026-03,900000000000000.0001"
    ]


# Two times


def test_compute_as_known_on_a_past_day() -> None:
    rows = records(
        ORDERS,
        {"id": "a", "amount": 1},
        {"id": "a", "amount": 5, "_known_at": "2026-03-04 09:00"},
        {"id": "b", "amount": 7, "_known_at": "2026-03-09"},
    )
    total = [
        values(computed(release(ORDERS, AMOUNT), {"orders": rows}, "amount", known=known)).get(("company", "2026-03"))
        for known in (
            date(2026, 3, 1),
            date(2026, 3, 2),
            datetime(2026, 3, 4, 8, 59),
            date(2026, 3, 4),
            date(2026, 3, 9),
            None,
        )
    ]
    assert total == [None, Decimal(1), Decimal(1), Decimal(5), Decimal(12), Decimal(12)]


# Against a naive second computation


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "seller": st.sampled_from(["s01", "s02", "s09", ""]),
            "region": st.sampled_from(["shanghai", "suzhou", "east", "west", "mars", ""]),
            "customer": st.sampled_from(["c1", "c2", "c3", ""]),
            "status": st.sampled_from(["open", "open", "open", "cancelled"]),
            "day": st.dates(date(2026, 2, 20), date(2026, 4, 10)).map(str),
            "amount": st.one_of(st.just(""), st.decimals(-1000, 1000, places=5).map(str)),
            "cost": st.decimals(0, 900, places=2).map(str),
        }
    ),
    max_size=25,
)
BELOW = {"east": {"east", "shanghai", "suzhou"}}


def naive(rows: list[Record], scope: str) -> dict[tuple[str, str], tuple[Decimal, int, float | None]]:
    """Sum of amounts, distinct customers and share of high-margin amounts per key and month, straight from the definitions."""
    live = [record for record in rows if record.values["status"] != "cancelled"]
    keys = {
        "company": {"company"},
        "person": {"s01", "s02", "s09"},
        "region": {"east", "shanghai", "suzhou", "west", "mars"},
    }[scope]
    found = {}
    for key in keys:
        for month in ("2026-02", "2026-03", "2026-04"):
            mine = [
                record.values
                for record in live
                if str(record.day)[:7] == month
                and (
                    scope == "company"
                    or record.owner == key
                    or (scope == "region" and record.region in BELOW.get(key, {key}))
                )
                and (scope != "region" or record.region in BELOW.get(key, {key}))
            ]
            if not mine:
                continue
            amounts = [round4(row["amount"]) for row in mine if row["amount"] is not None]
            high = [
                round4(row["amount"])
                for row in mine
                if row["amount"] is not None
                and float(row["amount"]) - float(row["cost"]) >= 0.1 * float(row["amount"]) - 1e-9
            ]  # type: ignore[arg-type]
            total = sum(amounts, Decimal())
            share = float(sum(high, Decimal())) / float(total) if total else None
            found[key, month] = total, len({row["customer"] for row in mine} - {None}), share
    return found


def round4(amount: object) -> Decimal:
    exact = Decimal(repr(amount))
    step = Decimal("0.0001")
    return ((abs(exact) / step + Decimal("0.5")) // 1 * step).copy_sign(exact)


@settings(max_examples=24, deadline=None)
@given(ROWS)
def test_equals_a_naive_computation(rows: list[dict[str, str]]) -> None:
    orders = records(ORDERS, *rows)
    customers = metric("customers", aggregate="count_distinct", value="customer")
    documents = release(ORDERS, AMOUNT, HIGH, SHARE, customers)
    for scope in ("company", "person", "region"):
        found = {
            name: values(computed(documents, {"orders": orders}, name, scope=scope))
            for name in ("amount", "customers", "share")
        }
        wanted = naive(orders, scope)
        assert found["amount"] == {place: total for place, (total, _, _) in wanted.items()}
        assert found["customers"] == {place: count for place, (_, count, _) in wanted.items()}
        assert found["share"] == {place: share for place, (_, _, share) in wanted.items()}
