"""Splitting units by weight, pin, floor and cap."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.targets.faults import Place, PlanError
from engine.targets.split import Share, largest_remainder, split
from engine.targets.unit import Unit
from tests.engine.targets.naive_split import NaiveImpossibleError, NaiveShare, naive_split

PLACE = Place("p", ("regions",))
UNIT = Unit(1, 0)


def shares_of(*rows: dict[str, object]) -> list[Share]:
    return [
        Share(key=f"c{index}", place=PLACE.at(f"c{index}"), **{"weight": Fraction(1), **row})
        for index, row in enumerate(rows)
    ]


def units_of(total: int, *rows: dict[str, object]) -> list[int]:
    return list(split(total, shares_of(*rows), PLACE, UNIT).units)


def weights(*values: int | str) -> list[dict[str, object]]:
    return [{"weight": Fraction(value)} for value in values]


@pytest.mark.parametrize(
    ("total", "rows", "expected"),
    [
        (10, weights(1, 1, 1), [4, 3, 3]),  # equal remainders by listing order
        (11, weights(1, 1, 1), [4, 4, 3]),
        (10, weights(1, 2, 4), [1, 3, 6]),  # 1.43, 2.86, 5.71: the two largest remainders
        (100, weights("0.3", "0.3", "0.4"), [30, 30, 40]),
        (7, weights(0, 1, 0), [0, 7, 0]),
        (0, weights(1, 2), [0, 0]),
        (-10, weights(1, 1, 1), [-4, -3, -3]),  # a negative rest by magnitude
        (-10, weights(1, 2, 4), [-1, -3, -6]),
        (10, [{"pin": 3}, {}, {}], [3, 4, 3]),
        (10, [{"pin": -3}, {}, {}], [-3, 7, 6]),
        (10, [{"pin": 3}, {"pin": 7}], [3, 7]),
        (-10, [{"pin": 3}, {}], [3, -13]),
        (100, [{"weight": Fraction(1), "floor": 40}, {"weight": Fraction(9)}], [40, 60]),
        (100, [{"weight": Fraction(9), "cap": 40}, {"weight": Fraction(1)}], [40, 60]),
        # b's cap takes away more than a's floor adds: the caps first, and then a is above its floor
        (
            100,
            [{"weight": Fraction(2), "floor": 25}, {"weight": Fraction(6), "cap": 30}, {"weight": Fraction(2)}],
            [35, 30, 35],
        ),
        # the floor adds more than the cap takes: the floor first, and then b is below its cap
        (
            100,
            [{"weight": Fraction(1), "floor": 50}, {"weight": Fraction(6), "cap": 55}, {"weight": Fraction(3)}],
            [50, 33, 17],
        ),
        # as much above as below: both at once
        (
            100,
            [{"weight": Fraction(1), "floor": 20}, {"weight": Fraction(6), "cap": 50}, {"weight": Fraction(3)}],
            [20, 50, 30],
        ),
        (10, [{"floor": 5}, {"floor": 5}], [5, 5]),
        (10, [{"cap": 5}, {"cap": 5}], [5, 5]),
        (10, [{"weight": Fraction(0), "floor": 4}, {}], [4, 6]),
        (-10, [{"floor": -3}, {}], [-3, -7]),
    ],
)
def test_a_total_is_split_as_the_language_says(total: int, rows: list[dict[str, object]], expected: list[int]) -> None:
    assert units_of(total, *rows) == expected


@pytest.mark.parametrize(
    ("total", "rows", "code", "path"),
    [
        (10, weights(0, 0), "no-weight-left", "regions"),
        (-10, weights(0, 0), "no-weight-left", "regions"),
        (10, [], "no-weight-left", "regions"),
        (10, [{"pin": 4}, {"weight": Fraction(0)}], "no-weight-left", "regions"),
        (10, [{"pin": 11}, {}], "pins-exceed-total", "regions"),
        (0, [{"pin": 1}, {}], "pins-exceed-total", "regions"),
        (-10, [{"pin": -11}, {}], "pins-exceed-total", "regions"),
        (10, [{"pin": 6}, {"pin": 5}], "pins-exceed-total", "regions"),
        (10, [{"pin": 4}, {"pin": 5}], "pins-miss-total", "regions"),
        (10, [{"floor": 6}, {"floor": 5}], "floors-exceed-total", "regions"),
        (10, [{"floor": 11}, {}], "floors-exceed-total", "regions"),
        (10, [{"pin": 5}, {"floor": 6}, {}], "floors-exceed-total", "regions"),
        (10, [{"cap": 4}, {"cap": 5}], "caps-miss-total", "regions"),
        (10, [{"cap": 4}, {"weight": Fraction(0)}], "caps-miss-total", "regions"),
        (10, [{"pin": 1}, {"cap": 8}], "caps-miss-total", "regions"),
        (-10, [{"floor": -4}, {"floor": -5}], "floors-exceed-total", "regions"),
        (-10, [{"cap": -8}, {"cap": -7}], "caps-miss-total", "regions"),
        (10, [{"floor": 5, "cap": 4}, {}], "floor-above-cap", "regions.c0.floor"),
        (10, [{"weight": Fraction(-1)}, {}], "negative-weight", "regions.c0.weight"),
        (10, [{"pin": 3, "floor": 4}, {}], "pin-beyond-bound", "regions.c0.pin"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    total: int, rows: list[dict[str, object]], code: str, path: str
) -> None:
    with pytest.raises(PlanError) as caught:
        units_of(total, *rows)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, path)]
    assert path in caught.value.said.en
    assert path in caught.value.said.zh


WEIGHTS = st.integers(0, 12).map(Fraction) | st.fractions(0, 3, max_denominator=7)


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, list[dict[str, object]]]:
    rows: list[dict[str, object]] = []
    for _ in range(draw(st.integers(1, 6))):
        row: dict[str, object] = {"weight": draw(WEIGHTS)}
        kind = draw(st.sampled_from(["free", "free", "pin", "floor", "cap", "both"]))
        if kind == "pin":
            row["pin"] = draw(st.integers(-5, 30))
        if kind in ("floor", "both"):
            row["floor"] = draw(st.integers(-10, 40))
        if kind in ("cap", "both"):
            row["cap"] = draw(st.integers(-10, 40)) if kind == "cap" else row["floor"] + draw(st.integers(0, 20))
        rows.append(row)
    return draw(st.integers(-60, 150)), rows


@given(cases())
def test_every_split_equals_that_of_the_naive_way(case: tuple[int, list[dict[str, object]]]) -> None:
    total, rows = case
    try:
        expected = naive_split(total, [NaiveShare(**row) for row in rows])
    except NaiveImpossibleError:
        with pytest.raises(PlanError):
            units_of(total, *rows)
        return
    found = units_of(total, *rows)
    assert found == expected
    assert sum(found) == total
    for row, units in zip(rows, found, strict=True):
        assert row.get("pin", units) == units
        assert row.get("floor", units) <= units <= row.get("cap", units)


@given(st.integers(-1000, 1000), st.lists(st.integers(0, 9).map(Fraction), min_size=1, max_size=8), st.randoms())
def test_only_equal_remainders_depend_on_the_listing(rest: int, weights: list[Fraction], random) -> None:
    order = list(range(len(weights)))
    random.shuffle(order)
    here = largest_remainder(rest, weights)
    there = largest_remainder(rest, [weights[index] for index in order])
    whole = sum(weights)
    remainders = [abs(rest) * weight % whole if whole else 0 for weight in weights]
    for position, index in enumerate(order):
        if remainders.count(remainders[index]) == 1:
            assert there[position] == here[index]


@given(st.integers(0, 10**40), st.lists(st.integers(1, 10**20).map(Fraction), min_size=1, max_size=20))
def test_amounts_of_any_length_are_exact(rest: int, weights: list[Fraction]) -> None:
    found = largest_remainder(rest, weights)
    assert sum(found) == rest
    for weight, units in zip(weights, found, strict=True):
        assert abs(units - rest * weight / sum(weights)) < 1
