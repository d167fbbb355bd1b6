"""Working days, corrections, predictions and working hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.periods import days_of
from engine.statutory import statutory_days
from schema_defs.calendar import Calendar, YearPlan

CHINA = calendar_of(Calendar(country="CN"))
PLAIN = calendar_of(Calendar())
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_the_six_make_up_days_of_2026_are_working_days_in_china_only(day: str) -> None:
    assert CHINA.is_working(date.fromisoformat(day))
    assert not PLAIN.is_working(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-01-02", "2026-02-16", "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19", "2026-10-07"],
)
def test_statutory_holidays_of_2026_are_off(day: str) -> None:
    assert not CHINA.is_working(date.fromisoformat(day))
    assert PLAIN.is_working(date.fromisoformat(day))


def test_2026_has_248_working_days_in_china() -> None:
    assert CHINA.working_days(date(2026, 1, 1), date(2026, 12, 31)) == 248


def test_corrections_of_the_document_come_before_the_table() -> None:
    document = Calendar(country="CN", holidays=(date(2026, 12, 31),), working_days=(date(2026, 12, 26),))
    calendar = calendar_of(document)
    assert not calendar.is_working(date(2026, 12, 31))
    assert calendar.is_working(date(2026, 12, 26))


def test_a_calendar_may_be_called_something_in_two_languages() -> None:
    named = calendar_of(Calendar(country="CN", label={"zh": "工作日历", "en": "Working days"}))
    assert named is CHINA


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2027-01-01", False),
        ("2027-02-05", False),  # New Year's Eve of the lunar year
        ("2027-02-08", False),
        ("2027-02-09", True),
        ("2027-04-05", False),
        ("2027-06-09", False),
        ("2027-09-15", False),
        ("2027-10-01", False),
        ("2027-10-04", True),
        ("2027-10-09", False),  # a Saturday: whether it is made up is not known
    ],
)
def test_a_year_without_an_official_plan_has_weekends_and_statutory_days(day: str, works: bool) -> None:
    assert CHINA.is_working(date.fromisoformat(day)) is works


def test_only_a_year_of_china_without_a_plan_is_marked_predicted() -> None:
    assert CHINA.predicted(2027)
    assert CHINA.predicted(2003)
    assert not CHINA.predicted(2004)
    assert not CHINA.predicted(2026)
    assert not PLAIN.predicted(2027)
    with_a_day = calendar_of(Calendar(country="CN", working_days=(date(2027, 2, 20),)))
    assert with_a_day.predicted(2027)
    plan = YearPlan(year=2027, off=tuple(sorted(statutory_days(2027))), make_up=(date(2027, 2, 20),))
    with_plan = calendar_of(Calendar(country="CN", years=(plan,)))
    assert not with_plan.predicted(2027)
    assert with_plan.predicted(2028)
    assert with_plan.is_working(date(2027, 2, 20))


@given(
    st.dates(date(2003, 1, 1), date(2028, 12, 31)),
    st.integers(-40, 800),
    st.sampled_from([CHINA, PLAIN, calendar_of(Calendar(country="CN", holidays=(date(2026, 3, 2),)))]),
)
def test_working_days_are_those_that_one_counts_by_hand(first: date, length: int, calendar) -> None:
    last = first + timedelta(days=length)
    counted = sum(calendar.is_working(day) for day in days_of(first, last)) if length >= 0 else 0
    assert calendar.working_days(first, last) == counted


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(-30, 30))
def test_adding_working_days_and_counting_them_agree(day: date, count: int) -> None:
    there = CHINA.add_working_days(day, count)
    if count > 0:
        assert CHINA.is_working(there)
        assert CHINA.working_days(day + timedelta(days=1), there) == count
    elif count < 0:
        assert CHINA.working_days(there, day - timedelta(days=1)) == -count
    else:
        assert there == day


def test_next_working_day_is_the_day_itself_when_it_works() -> None:
    assert CHINA.next_working(date(2026, 3, 2)) == date(2026, 3, 2)
    assert CHINA.next_working(date(2026, 10, 1)) == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("starts", "expected"), [("monday", "2026-03-02"), ("sunday", "2026-03-01"), ("saturday", "2026-02-28")]
)
def test_a_week_starts_where_the_calendar_says(starts: str, expected: str) -> None:
    calendar = calendar_of(Calendar(week_starts=starts))
    assert calendar.week_start(date(2026, 3, 4)).isoformat() == expected
    assert calendar.week_start(date.fromisoformat(expected)).isoformat() == expected


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-03-02 08:29", False),
        ("2026-03-02 08:30", True),
        ("2026-03-02 20:00", True),
        ("2026-03-02 20:01", False),
        ("2026-03-01 12:00", False),
        ("2026-02-28 12:00", True),
    ],
)
def test_messages_go_out_inside_working_hours_end_included(moment: str, inside: bool) -> None:
    assert CHINA.in_working_hours(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)) is inside


def test_a_moment_of_another_zone_is_read_on_the_tenants_clock() -> None:
    assert CHINA.in_working_hours(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    assert CHINA.today(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    assert CHINA.closing(date(2026, 3, 2)) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-02 07:00", "2026-03-02 08:30"),
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-06 21:00", "2026-03-09 08:30"),
        ("2026-09-30 20:30", "2026-10-08 08:30"),
    ],
)
def test_what_comes_outside_working_hours_waits_for_the_next_opening(moment: str, opening: str) -> None:
    expected = datetime.fromisoformat(opening).replace(tzinfo=SHANGHAI)
    assert CHINA.next_opening(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)) == expected


def test_working_hours_skip_nights_and_days_off() -> None:
    friday, monday = datetime(2026, 3, 6, 18, 0, tzinfo=SHANGHAI), datetime(2026, 3, 9, 9, 30, tzinfo=SHANGHAI)
    assert CHINA.working_hours_between(friday, monday) == timedelta(hours=3)
    assert CHINA.working_hours_between(monday, friday) == timedelta()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.timedeltas(timedelta(minutes=1), timedelta(hours=60)),
)
def test_after_working_hours_is_when_that_much_working_time_has_passed(start: datetime, span: timedelta) -> None:
    moment = start.replace(tzinfo=SHANGHAI)
    assert CHINA.working_hours_between(moment, CHINA.after_working_hours(moment, span)) == span


def test_a_plan_of_a_year_names_days_of_that_year_once() -> None:
    plan = YearPlan(year=2027, off=(date(2026, 1, 1), date(2027, 1, 2)), make_up=(date(2027, 1, 2),))
    assert [fault.code for fault in plan.faults()] == ["day-of-another-year", "day-is-both"]
    twice = Calendar(country="CN", years=(YearPlan(year=2027, off=()), YearPlan(year=2027, off=())))
    assert [fault.code for fault in twice.faults()] == ["year-twice"]
