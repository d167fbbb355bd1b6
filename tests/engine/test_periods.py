"""The names of periods and their days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.periods import bounds, month_bounds, months_between, months_of_year, period_of
from schema_defs.calendar import Calendar
from schema_defs.errors import UsageError

CALENDAR = calendar_of(Calendar())
APRIL = calendar_of(Calendar(fiscal_year_starts=4))
SIZES = ["day", "week", "month", "quarter", "year"]


@pytest.mark.parametrize(
    ("by", "name"),
    [("day", "2026-03-04"), ("week", "2026-03-02"), ("month", "2026-03"), ("quarter", "2026-Q1"), ("year", "2026")],
)
def test_periods_are_named_as_the_language_says(by: str, name: str) -> None:
    assert period_of(date(2026, 3, 4), by, CALENDAR) == name


def test_a_fiscal_year_is_named_by_the_year_in_which_it_starts() -> None:
    assert period_of(date(2026, 3, 31), "year", APRIL) == "2025"
    assert period_of(date(2026, 3, 31), "quarter", APRIL) == "2025-Q4"
    assert bounds("2026", APRIL) == (date(2026, 4, 1), date(2027, 3, 31))
    assert bounds("2025-Q4", APRIL) == (date(2026, 1, 1), date(2026, 3, 31))
    assert months_of_year(2026, APRIL)[0] == "2026-04"
    assert months_of_year(2026, APRIL)[-1] == "2027-03"


@given(
    st.dates(date(1999, 1, 1), date(2099, 12, 31)),
    st.sampled_from(SIZES),
    st.integers(1, 12),
    st.sampled_from(["monday", "sunday", "thursday"]),
)
def test_a_day_lies_in_its_period_whose_days_all_have_its_name(day: date, by: str, starts: int, week: str) -> None:
    calendar = calendar_of(Calendar(fiscal_year_starts=starts, week_starts=week))
    name = period_of(day, by, calendar)
    first, last = bounds(name, calendar, by)
    assert first <= day <= last
    assert {period_of(first, by, calendar), period_of(last, by, calendar)} == {name}
    assert period_of(last + timedelta(days=1), by, calendar) != name


def test_months_know_their_days() -> None:
    assert month_bounds("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert months_between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")


def test_a_name_that_is_no_period_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(UsageError, match="2026-Q1"):
        bounds("2026-Q5", CALENDAR)
