"""Scores of weighted parts, and ranks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scorecard import ranks, score_of, scorecard_for
from schema_defs.scorecard import Scorecard, ScorePart

CARD = Scorecard(
    name="seller_score",
    parts=(
        ScorePart(metric="amount", weight=Decimal("0.4"), cap=Decimal("1.5")),
        ScorePart(metric="collection_rate", of="value", weight=Decimal("0.3"), floor=Decimal(0)),
        ScorePart(metric="new_customers", weight=Decimal("0.3")),
    ),
)


def scored(amount: float | None, rate: float | None, customers: float | None):
    values = {"amount": amount, "collection_rate": rate, "new_customers": customers}
    return score_of(CARD, lambda part: values[part.metric])


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ((1.0, 1.0, 1.0), 1.0),
        ((0.5, 0.8, 1.2), 0.8),
        ((2.0, 0.0, 0.0), 0.6),  # capped at 150 %
        ((0.0, -0.5, 0.0), 0.0),  # not below its floor
        ((0.1, 0.1, 0.1), 0.1),  # no double's dust
        ((None, 1.0, 1.0), None),
    ],
)
def test_a_score_is_the_weighted_sum_of_its_bounded_parts(values, total: float | None) -> None:
    assert scored(*values).total == total


def test_each_part_says_what_it_adds() -> None:
    first, second, third = scored(2.0, 0.5, None).parts
    assert (first.value, first.counted, first.points) == (2.0, 1.5, 0.6)
    assert (second.value, second.counted, second.points) == (0.5, 0.5, 0.15)
    assert (third.value, third.counted, third.points) == (None, None, None)


@given(st.floats(0, 1.5), st.floats(0, 3))
def test_where_all_parts_are_alike_the_score_is_their_value(value: float, other: float) -> None:
    assert scored(value, value, value).total == value
    low, high = sorted((value, other))
    assert scored(low, 1.0, 1.0).total <= scored(high, 1.0, 1.0).total


def test_ranks_are_shared_among_equals_and_missing_scores_have_none() -> None:
    assert ranks({"a": 0.8, "b": 1.0, "c": 0.8 + 1e-12, "d": None, "e": 0.5}) == {
        "a": 2,
        "b": 1,
        "c": 2,
        "d": None,
        "e": 4,
    }
    assert ranks({}) == {}


def test_a_role_has_its_own_scorecard() -> None:
    manager = Scorecard(name="managers", for_="manager", parts=CARD.parts)
    cards = {"seller_score": CARD, "managers": manager}
    assert scorecard_for(["manager"], cards) is manager
    assert scorecard_for([], cards) is CARD
    assert scorecard_for(["it"], cards) is None
