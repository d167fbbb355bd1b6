"""The cells between year totals and month totals: both margins exact, every cell within a unit of its ideal."""

from fractions import Fraction
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.targets.cells import Row, months_of
from engine.targets.rounding import RowSum, fixed, round_cells
from engine.targets.split import largest_remainder

ONE = Fraction(1)


def whole_rows(years: list[int], months: int) -> list[Row]:
    return [Row((ONE,) * months, year) for year in years]


def assert_margins(cells: list[list[int]], years: list[int], columns: list[int]) -> None:
    assert [sum(row) for row in cells] == years
    assert [sum(column) for column in zip(*cells, strict=True)] == columns


@st.composite
def margins(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    total = draw(st.integers(-300, 300) | st.integers(0, 10**12))
    years = largest_remainder(total, draw(st.lists(st.integers(1, 50).map(Fraction), min_size=1, max_size=9)))
    columns = largest_remainder(total, draw(st.lists(st.integers(1, 50).map(Fraction), min_size=1, max_size=12)))
    return years, columns


@given(margins())
def test_between_two_margins_every_cell_is_within_a_unit_of_row_times_column(case: tuple[list[int], list[int]]) -> None:
    years, columns = case
    cells = months_of(whole_rows(years, len(columns)), columns)
    assert cells is not None
    assert_margins(cells, years, columns)
    total = sum(years)
    for (row, year), (column, units) in product(enumerate(years), enumerate(columns)):
        ideal = Fraction(year * units, total) if total else Fraction()
        assert abs(cells[row][column] - ideal) < 1


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=6), st.lists(st.integers(-20, 20), min_size=1, max_size=6))
def test_margins_of_mixed_signs_are_exact_too(years: list[int], columns: list[int]) -> None:
    columns = [*columns, sum(years) - sum(columns)]
    cells = months_of(whole_rows(years, len(columns)), columns)
    assert cells is not None
    assert_margins(cells, years, columns)


@given(margins(), st.randoms())
def test_the_order_of_the_rows_matters_only_among_equal_ones(case: tuple[list[int], list[int]], random) -> None:
    years, columns = case
    order = list(range(len(years)))
    random.shuffle(order)
    here = months_of(whole_rows(years, len(columns)), columns)
    there = months_of(whole_rows([years[index] for index in order], len(columns)), columns)
    assert here is not None
    assert there is not None
    for position, index in enumerate(order):
        if years.count(years[index]) == 1:
            assert there[position] == here[index]


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(2, 5))
def test_rounding_agrees_with_trying_every_table(halves: list[list[int]], denominator: int) -> None:
    """A table without whole margins: asked for given ones, a rounding is found exactly when there is one."""
    ideals = [[Fraction(cell, denominator) for cell in row] for row in halves]
    sums = [sum(row) for row in ideals]
    rows = [fixed(round(total)) for total in sums]
    columns = [round(sum(column)) for column in zip(*ideals, strict=True)]
    choices = [[sorted({int(cell), int(cell) + (cell.denominator != 1)}) for cell in row] for row in ideals]
    exists = any(
        [sum(row) for row in table] == [row.low for row in rows]
        and [sum(column) for column in zip(*table, strict=True)] == columns
        for table in product(*[product(*row) for row in choices])
    )
    found = round_cells(ideals, rows, columns)
    assert (found is not None) is exists
    if found is not None:
        assert_margins(found, [row.low for row in rows], columns)


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=7),
    st.lists(st.integers(0, 500), min_size=4, max_size=4),
)
def test_rows_that_are_there_for_a_part_share_month_by_month(weights: list[list[int]], columns: list[int]) -> None:
    whole = [sum(column) for column in zip(*weights, strict=True)]
    assume(all(every or not units for every, units in zip(whole, columns, strict=True)))
    cells = months_of([Row(tuple(map(Fraction, row))) for row in weights], columns)
    assert cells is not None
    assert [sum(column) for column in zip(*cells, strict=True)] == columns
    for row, given_units in zip(weights, cells, strict=True):
        ideals = [
            Fraction(units * weight, every) if every else 0
            for units, weight, every in zip(columns, row, whole, strict=True)
        ]
        assert all(abs(units - ideal) < 1 for units, ideal in zip(given_units, ideals, strict=True))
        assert abs(sum(given_units) - sum(ideals)) < 1


def test_where_the_months_allow_it_the_larger_remainder_of_the_year_gets_the_unit() -> None:
    rows = [Row((Fraction(1), Fraction(1))), Row((Fraction(3), Fraction(2)))]
    # Ideals: 0.75 + 1 = 1.75 and 2.25 + 2 = 4.25
    assert months_of(rows, [3, 3]) == [[1, 1], [2, 2]]


def test_the_unit_goes_to_the_larger_remainder_of_the_year_not_of_a_month() -> None:
    rows = [Row((Fraction(9), Fraction(1))), Row((Fraction(1), Fraction(4)))]
    # Ideals: 0.9 + 0.2 = 1.1 and 0.1 + 0.8 = 0.9
    assert months_of(rows, [1, 1]) == [[1, 0], [0, 1]]


def test_free_rows_that_share_no_month_do_not_take_each_others_units() -> None:
    first, second = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))
    cells = months_of([Row(first), Row(first), Row(second), Row(second)], [1, 1])
    assert cells is not None
    assert [sum(column) for column in zip(*cells, strict=True)] == [1, 1]
    assert [row[1] for row in cells[:2]] == [0, 0]


@st.composite
def pinned(draw: st.DrawFn) -> tuple[list[Row], list[int], list[list[int]]]:
    """Rows with pinned months that are known to have a solution: they are taken from a table that exists."""
    months = draw(st.integers(2, 6))
    table = draw(st.lists(st.lists(st.integers(0, 60), min_size=months, max_size=months), min_size=2, max_size=5))
    rows = []
    for cells in table:
        held = draw(st.sets(st.integers(0, months - 1), max_size=months - 1))
        rows.append(Row((ONE,) * months, sum(cells), {index: cells[index] for index in held}))
    return rows, [sum(column) for column in zip(*table, strict=True)], table


@given(pinned())
def test_pinned_months_are_kept_and_both_margins_stay_exact(case: tuple[list[Row], list[int], list[list[int]]]) -> None:
    rows, columns, _ = case
    cells = months_of(rows, columns)
    assert cells is not None
    assert_margins(cells, [row.year or 0 for row in rows], columns)
    for row, found in zip(rows, cells, strict=True):
        assert {index: found[index] for index in row.pins} == row.pins
        assert all(units >= 0 for units in found)


@given(pinned())
def test_pinned_months_of_negative_targets_mirror_those_of_positive_ones(case) -> None:
    rows, columns, _ = case
    mirrored = [
        Row(row.weights, -(row.year or 0), {index: -units for index, units in row.pins.items()}) for row in rows
    ]
    cells, mirror = months_of(rows, columns), months_of(mirrored, [-units for units in columns])
    assert cells is not None
    assert mirror == [[-units for units in row] for row in cells]


def test_a_pinned_month_moves_the_others_in_proportion() -> None:
    rows = [Row((ONE,) * 3, 300, {0: 40}), Row((ONE,) * 3, 300)]
    cells = months_of(rows, [200, 200, 200])
    assert cells == [[40, 130, 130], [160, 70, 70]]


def test_pins_that_leave_no_way_have_no_table() -> None:
    rows = [Row((ONE,) * 2, 10, {0: 8}), Row((ONE,) * 2, 10)]
    assert months_of(rows, [5, 15]) is None


def test_a_negative_row_beside_a_pinned_month_is_spread_by_itself() -> None:
    rows = [Row((ONE,) * 2, -12), Row((ONE,) * 2, 36, {0: 9})]
    assert months_of(rows, [6, 18]) == [[-3, -9], [9, 27]]


def test_a_row_between_two_sums_takes_the_higher_one_only_when_needed() -> None:
    ideals = [[Fraction(1, 2)], [Fraction(1, 2)]]
    rows = [RowSum(0, 1, Fraction(1, 2)), RowSum(0, 1, Fraction(1, 2))]
    assert round_cells(ideals, rows, [1]) == [[1], [0]]
