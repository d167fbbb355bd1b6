"""The pace of a month and the figures beside it."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.pace import Figures, day_shape, figures, pace_share, working_days_left
from engine.periods import days_of, month_bounds
from schema_defs.calendar import Calendar

CHINA = calendar_of(Calendar(country="CN"))
LIKELY = st.none() | st.just(0.0) | st.floats()


@pytest.mark.parametrize(
    ("day", "share"),
    [
        ("2026-02-28", 0.0),
        ("2026-03-01", 0.0),  # a Sunday
        ("2026-03-02", 1 / 22),
        ("2026-03-06", 5 / 22),
        ("2026-03-08", 5 / 22),
        ("2026-03-31", 1.0),
        ("2026-04-01", 1.0),
    ],
)
def test_pace_is_the_share_of_working_days_that_are_over(day: str, share: float) -> None:
    assert pace_share(CHINA, "2026-03", date.fromisoformat(day)) == pytest.approx(share)


def test_make_up_days_count_towards_the_pace() -> None:
    whole = CHINA.working_days(date(2026, 2, 1), date(2026, 2, 28))
    assert pace_share(CHINA, "2026-02", date(2026, 2, 14)) == pytest.approx(11 / whole)


def test_by_calendar_days_every_day_counts() -> None:
    assert pace_share(CHINA, "2026-03", date(2026, 3, 1), "calendar_days") == pytest.approx(1 / 31)


def test_a_rate_is_expected_whole_from_the_first_day() -> None:
    assert pace_share(CHINA, "2026-03", date(2026, 3, 1), is_rate=True) == 1.0
    assert pace_share(CHINA, "2026-03", date(2026, 2, 28), is_rate=True) == 0.0


def test_a_historic_shape_is_followed_over_working_days() -> None:
    half_on_the_last_day = dict.fromkeys(days_of(date(2025, 3, 3), date(2025, 3, 28)), 1.0) | {date(2025, 3, 31): 26.0}
    shape = day_shape(half_on_the_last_day, CHINA, "2025-03")
    assert shape is not None
    assert pace_share(CHINA, "2026-03", date(2026, 3, 30), "history", shape=shape) == pytest.approx(0.5, abs=0.03)
    assert pace_share(CHINA, "2026-03", date(2026, 3, 31), "history", shape=shape) == 1.0


def test_a_month_that_brought_nothing_has_no_shape_and_falls_back_to_working_days() -> None:
    assert day_shape({}, CHINA, "2025-03") is None
    assert day_shape({date(2025, 3, 3): -5.0}, CHINA, "2025-03") is None
    assert pace_share(CHINA, "2026-03", date(2026, 3, 2), "history", shape=None) == pytest.approx(1 / 22)


@given(
    st.dictionaries(st.dates(date(2025, 2, 1), date(2025, 2, 28)), st.floats(-1e6, 1e6), max_size=28),
    st.sampled_from(["working_days", "calendar_days", "history"]),
    st.integers(1, 12),
)
def test_pace_never_falls_and_ends_at_one(values: dict[date, float], how: str, month: int) -> None:
    name = f"2026-{month:02d}"
    first, last = month_bounds(name)
    shape = day_shape(values, CHINA, "2025-02")
    shares = [pace_share(CHINA, name, day, how, shape=shape) for day in days_of(first - timedelta(days=1), last)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(0 <= share <= 1 for share in shares)


def test_figures_of_a_scope_that_is_behind() -> None:
    found = figures(40.0, Decimal("100"), 0.5, 10)
    assert found == Figures(
        actual=40,
        target=100,
        attainment=0.4,
        pace=0.5,
        gap=pytest.approx(-0.1),
        gap_amount=-10,
        run_rate=6,
        projection=80,
    )


def test_who_is_above_the_target_needs_nothing_more() -> None:
    assert figures(120.0, 100.0, 0.5, 10).run_rate == 0


def test_without_a_target_attainment_and_pace_are_missing() -> None:
    assert figures(40.0, None, 0.5, 10) == Figures(actual=40.0)


def test_with_a_target_of_zero_the_attainment_is_missing() -> None:
    found = figures(40.0, 0.0, 0.5, 10)
    assert (found.attainment, found.gap) == (None, None)
    assert (found.pace, found.gap_amount) == (0.5, 40.0)


def test_on_the_last_working_day_nothing_can_be_asked_per_day() -> None:
    assert working_days_left(CHINA, date(2026, 3, 31)) == 0
    assert working_days_left(CHINA, date(2026, 3, 30)) == 1
    assert working_days_left(CHINA, date(2026, 3, 28)) == 2
    assert figures(40.0, 100.0, 1.0, 0).run_rate is None


def test_on_a_day_of_no_pace_nothing_can_be_projected() -> None:
    assert figures(40.0, 100.0, 0.0, 22).projection is None


@given(LIKELY, LIKELY, LIKELY, st.integers(0, 31))
def test_figures_never_raise_and_are_never_infinite(actual, target, pace, left) -> None:
    found = figures(actual, target, pace, left)
    values = [getattr(found, name) for name in Figures.__struct_fields__]
    assert all(value is None or math.isfinite(value) for value in values)
