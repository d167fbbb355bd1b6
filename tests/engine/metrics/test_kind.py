"""What a metric's number is: its unit, and whether it grows with the days of the month."""

from decimal import Decimal

import pytest

from engine.metrics.kind import shape_of
from engine.metrics.shape import shortest, written
from tests.engine.metrics.world import dataset, metric, release

BASES = [
    metric("amount", value="amount"),
    metric("orders", aggregate="count"),
    metric("weight", value="weight"),
    metric("mean", aggregate="average", value="amount"),
    metric("first", aggregate="minimum", value="day"),
]


@pytest.mark.parametrize(
    ("keys", "unit", "is_rate"),
    [
        ({"value": "amount"}, "money", False),
        ({"value": "amount - cost"}, "money", False),
        ({"value": "amount * 1.13"}, "money", False),
        ({"value": "weight"}, "number", False),
        ({"value": "weight", "format": "money"}, "money", False),
        ({"aggregate": "count"}, "count", False),
        ({"aggregate": "count_distinct", "value": "customer"}, "count", False),
        ({"aggregate": "average", "value": "amount"}, "money", True),
        ({"aggregate": "last", "value": "weight"}, "number", True),
        ({"aggregate": "maximum", "value": "day"}, "date", True),
        ({"formula": "amount - amount * 0.1"}, "money", False),
        ({"formula": "amount / orders"}, "money", True),
        ({"formula": "amount / 1000"}, "money", False),
        ({"formula": "amount / amount"}, "number", True),
        ({"formula": "amount / amount", "format": "percent"}, "percent", True),
        ({"formula": "round(orders, 0)"}, "count", False),
        ({"formula": "mean * 2"}, "money", True),
        ({"formula": "mean * orders"}, "money", False),
        ({"formula": "weight", "format": "percent"}, "percent", True),
    ],
)
def test_unit_and_growth(keys: dict[str, object], unit: str, is_rate: bool) -> None:
    shape = shape_of(release(dataset(), *BASES, metric("m", **keys)), "m")
    assert (shape.unit, shape.is_rate) == (unit, is_rate)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (1e-7, "1e-07"),
        (123456789.25, "123456789.25"),
        (1e15, "1000000000000000"),
    ],
)
def test_plain_numbers_are_written_in_their_shortest_form(value: float, text: str) -> None:
    assert shortest(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("1.2000"), "1.2000"), (1.00005, "1.0001"), (-0.00001, "0.0000"), (-2.5, "-2.5000"), (None, "")],
)
def test_money_has_four_decimals(value: float | Decimal | None, text: str) -> None:
    assert written(value, shape_of(release(dataset(), *BASES), "amount")) == text
