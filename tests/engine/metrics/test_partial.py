"""Laws of partial results: merging is associative and commutative, and equals reading all records at once, in any order."""

import json
import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression.context import Trouble
from engine.metrics.aggregate import Measure, merged, partial_of
from engine.metrics.partial import Partial, from_plain, merge, money_of, to_plain, value_of
from engine.metrics.shape import Shape
from engine.records.record import Record

AGGREGATES = ("sum", "count", "count_distinct", "average", "minimum", "maximum", "last")


def measure(aggregate: str, unit: str = "number") -> Measure:
    return Measure(
        name="m",
        dataset="d",
        aggregate=aggregate,  # type: ignore[arg-type]
        shape=Shape(unit=unit),  # type: ignore[arg-type]
        value=lambda row: row["v"],
        where=lambda row: row["w"],
        trouble=Trouble(),
    )


def record(position: int, value: object, counts: bool | None = True, day: int = 1) -> Record:
    return Record(dataset="d", key=(f"k{position:03}",), day=date(2026, 3, day), values={"v": value, "w": counts})  # type: ignore[dict-item]


NUMBERS = st.one_of(
    st.none(),
    st.floats(-1e6, 1e6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 0.2, 0.3, -0.3, 1e16, -1e16, 1.0, 1e308, -1e308, 5e-324]),
)
ROWS = st.lists(
    st.tuples(NUMBERS, st.sampled_from([True, True, True, False, None]), st.integers(1, 9)), max_size=12
).map(lambda rows: [record(position, value, counts, day) for position, (value, counts, day) in enumerate(rows)])
KINDS = [(aggregate, unit) for aggregate in AGGREGATES for unit in ("number", "money")]


@pytest.mark.parametrize(("aggregate", "unit"), KINDS)
@settings(max_examples=16, deadline=None)
@given(rows=ROWS, cuts=st.lists(st.integers(0, 12), min_size=2, max_size=2), random=st.randoms(use_true_random=False))
def test_parts_merged_in_any_order_equal_the_whole(
    aggregate: str, unit: str, rows: list[Record], cuts: list[int], random: object
) -> None:
    measured = measure(aggregate, unit)
    whole = partial_of(measured, rows)
    first, second = sorted(cuts)
    parts = [partial_of(measured, part) for part in (rows[:first], rows[first:second], rows[second:])]
    a, b, c = parts
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == whole
    assert merge(merge(c, a), b) == whole
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert partial_of(measured, rows) == whole
    assert merged(measured, parts) == whole


@pytest.mark.parametrize(("aggregate", "unit"), KINDS)
@settings(max_examples=10, deadline=None)
@given(rows=ROWS)
def test_a_stored_partial_comes_back_equal(aggregate: str, unit: str, rows: list[Record]) -> None:
    partial = partial_of(measure(aggregate, unit), rows)
    plain = to_plain(partial)
    assert from_plain(json.loads(json.dumps(plain))) == partial
    assert from_plain(msgspec.msgpack.decode(msgspec.msgpack.encode(plain))) == partial


@settings(max_examples=32, deadline=None)
@given(st.lists(st.floats(-1e15, 1e15), max_size=20))
def test_a_sum_of_plain_numbers_is_correctly_rounded(numbers: list[float]) -> None:
    partial = partial_of(measure("sum"), [record(position, number) for position, number in enumerate(numbers)])
    assert value_of(partial) == math.fsum(numbers)


@settings(max_examples=32, deadline=None)
@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=20))
def test_an_average_is_the_exact_sum_by_the_count_rounded_once(numbers: list[float]) -> None:
    partial = partial_of(measure("average"), [record(position, number) for position, number in enumerate(numbers)])
    assert value_of(partial) == float(sum(map(Fraction, numbers), Fraction()) / len(numbers))


@settings(max_examples=32, deadline=None)
@given(st.lists(st.decimals(-(10**12), 10**12, places=4), max_size=20))
def test_money_is_summed_exactly(amounts: list[Decimal]) -> None:
    partial = partial_of(
        measure("sum", "money"), [record(position, float(amount)) for position, amount in enumerate(amounts)]
    )
    rounded = [Decimal(repr(float(amount))).quantize(Decimal("0.0001")) for amount in amounts]
    assert money_of(partial) == sum(rounded, Decimal())


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("sum", 0.0),
        ("count", 0.0),
        ("count_distinct", 0.0),
        ("average", None),
        ("minimum", None),
        ("maximum", None),
        ("last", None),
    ],
)
def test_of_nothing(aggregate: str, value: float | None) -> None:
    for unit in ("number", "money"):
        assert value_of(partial_of(measure(aggregate, unit), [])) == value


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("sum", 14.0),
        ("count", 5.0),
        ("count_distinct", 2.0),
        ("average", 3.5),
        ("minimum", 2.0),
        ("maximum", 5.0),
        ("last", 2.0),
    ],
)
@pytest.mark.parametrize("unit", ["number", "money"])
def test_what_each_aggregate_gives(aggregate: str, value: float, unit: str) -> None:
    rows = [
        record(0, 5.0, day=3),
        record(1, 5.0, day=1),
        record(2, 2.0, day=5),
        record(3, 99.0, counts=False),
        record(4, 2.0, day=2),
        record(5, None, day=9),
    ]
    assert value_of(partial_of(measure(aggregate, unit), rows)) == value


def test_money_is_rounded_row_by_row_half_away_from_zero() -> None:
    rows = [record(position, 0.00005) for position in range(3)]
    assert money_of(partial_of(measure("sum", "money"), rows)) == Decimal("0.0003")
    assert money_of(partial_of(measure("sum", "money"), [record(0, -0.00005)])) == Decimal("-0.0001")


def test_an_average_of_money_is_rounded_once_to_four_decimals() -> None:
    assert money_of(partial_of(measure("average", "money"), [record(0, 0.0001), record(1, 0.0002)])) == Decimal(
        "0.0002"
    )
    assert money_of(partial_of(measure("average", "money"), [record(0, -0.0001), record(1, -0.0002)])) == Decimal(
        "-0.0002"
    )
    assert money_of(partial_of(measure("average", "money"), [])) is None


def test_an_overflow_is_missing_and_comes_back_when_it_is_taken_away() -> None:
    two, less = (
        partial_of(measure("sum"), [record(0, 1e308), record(1, 1e308)]),
        partial_of(measure("sum"), [record(2, -1e308)]),
    )
    assert value_of(two) is None
    assert value_of(merge(two, less)) == 1e308


def test_distinct_values_of_different_types_differ() -> None:
    rows = [record(0, 1.0), record(1, True), record(2, "1"), record(3, -0.0), record(4, 0.0)]
    assert value_of(partial_of(measure("count_distinct"), rows)) == 4.0


def test_the_latest_date_is_a_date() -> None:
    rows = [record(0, date(2026, 3, 2)), record(1, date(2026, 3, 9))]
    assert value_of(partial_of(measure("maximum"), rows)) == date(2026, 3, 9)


def test_of_records_of_one_moment_the_greatest_key_is_the_last() -> None:
    rows = [record(2, 2.0), record(9, 9.0), record(1, 1.0)]
    assert value_of(partial_of(measure("last"), rows)) == 9.0


def test_text_in_a_sum_is_skipped_and_counted() -> None:
    measured = measure("sum")
    assert value_of(partial_of(measured, [record(0, "x"), record(1, 2.0), record(2, True)])) == 2.0
    assert measured.trouble.type_errors == 2


def test_void_and_deleted_records_count_nowhere() -> None:
    live = record(0, 1.0)
    void = msgspec.structs.replace(record(1, 1.0), void=True)
    gone = msgspec.structs.replace(record(2, 1.0), deleted=True)
    assert value_of(partial_of(measure("count"), [live, void, gone])) == 1.0


def test_only_a_sum_is_split_by_shares() -> None:
    def split(aggregate: str) -> object:
        return value_of(partial_of(measure(aggregate, "money"), [record(0, 10.0)], [0.3]))

    assert (split("sum"), split("count"), split("average")) == (3.0, 1.0, 10.0)


def test_partials_of_different_metrics_do_not_merge() -> None:
    empty: Callable[[str], Partial] = lambda aggregate: partial_of(measure(aggregate), [])  # noqa: E731
    with pytest.raises(ValueError, match="different metrics"):
        reduce(merge, [empty("sum"), empty("count")])
