"""Equality, rounding and money units, against their definitions in exact arithmetic."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expression import columns, equal, round_half_away, to_units
from engine.expression.values import ceil, compare, floor, round_exactly

doubles = st.floats(allow_nan=False, allow_infinity=False)
digits = st.integers(-12, 12)
near_ties = st.builds(
    lambda whole, places, nudge: (
        math.nextafter((whole + 0.5) / 10**places, math.inf * nudge) if nudge else (whole + 0.5) / 10**places
    ),
    st.integers(-(10**9), 10**9),
    st.integers(0, 9),
    st.sampled_from([-1, 0, 1]),
)
numbers = st.one_of(doubles, near_ties, st.integers(-(10**6), 10**6).map(lambda n: n / 1000))


def by_the_definition(x: float, places: int) -> float:
    exact = Decimal(repr(x)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=500))
    return float(exact)


@given(numbers, digits)
def test_rounding_is_that_of_the_shortest_decimal(x: float, places: int) -> None:
    expected = by_the_definition(x, places)
    assert round_half_away(x, places) == expected
    assert round_exactly(x, places) == expected
    assert columns.round_half_away(np.array([x, -x]), places).tolist() == [expected, -expected]


@given(numbers)
def test_money_units_are_the_rounded_decimal_times_ten_thousand(x: float) -> None:
    exact = Decimal(repr(x)).quantize(Decimal("0.0001"), ROUND_HALF_UP, Context(prec=500))
    assert to_units(x) == int(Fraction(exact) * 10_000)
    assert columns.to_units(np.array([x, 1.0])).tolist() == [to_units(x), 10_000]


@pytest.mark.parametrize(
    ("x", "units"), [(1.00005, 10001), (-1.00005, -10001), (0.0, 0), (1e12, 10**16), (2.5e14, 25 * 10**17)]
)
def test_money_units(x: float, units: int) -> None:
    assert to_units(x) == units


@given(doubles, doubles)
def test_equality_is_the_pinned_tolerance(a: float, b: float) -> None:
    gap = abs(Fraction(a) - Fraction(b))
    larger = max(abs(Fraction(a)), abs(Fraction(b)))
    clearly = gap > Fraction(2, 10**9) and gap > larger * Fraction(2, 10**12)
    nearly = gap < Fraction(1, 2 * 10**9) or gap < larger * Fraction(1, 2 * 10**12)
    assert not (clearly and compare(a, b) == 0)
    assert not (nearly and compare(a, b) != 0)
    assert compare(a, b) == -compare(b, a)
    assert compare(a, b) in (0, (a > b) - (a < b))


@given(doubles)
def test_floor_and_ceil_take_what_is_nearly_an_integer_as_it(x: float) -> None:
    assert floor(x) <= x + 1e-9
    assert ceil(x) >= x - 1e-9
    assert floor(x) in (math.floor(x), math.floor(x) + 1)
    assert floor(-x) == -ceil(x)


def test_values_of_different_types_are_never_equal() -> None:
    values = [0.0, "", False, None]
    assert [equal(a, b) for a in values for b in values] == [a is b for a in values for b in values]
