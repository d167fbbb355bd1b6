"""When a week's meeting is held, and when its numbers are frozen."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from runtime.meetings.occurrences import Occurrence, days_predicted, next_freeze, occurrence_in_week, reported_day
from schema_defs.calendar import WEEKDAYS, Calendar
from schema_defs.meeting import At, Meeting, Snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = WorkCalendar(Calendar(name="default", country="CN"))
HARBOUR = WorkCalendar(Calendar(name="default", time_zone="Asia/Singapore", week_starts="sunday"))


def meeting_on(weekday: str, period: str = "last_week", freeze: str | None = "08:00") -> Meeting:
    return Meeting(
        name="weekly",
        at=At(weekday=weekday, time="10:00"),  # type: ignore[arg-type]
        snapshot=Snapshot(board="war_room", period=period, freeze=freeze),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("weekday", "week", "held"),
    [
        ("monday", date(2026, 3, 2), date(2026, 3, 2)),
        ("friday", date(2026, 3, 2), date(2026, 3, 6)),
        # Qingming: Monday, 6 April, is off.
        ("monday", date(2026, 4, 6), date(2026, 4, 7)),
        # The weeks of the Chinese New Year: 15 to 23 February are off, Saturday the 28th is made up.
        ("monday", date(2026, 2, 16), None),
        ("friday", date(2026, 2, 16), None),
        ("monday", date(2026, 2, 23), date(2026, 2, 24)),
        ("saturday", date(2026, 2, 23), date(2026, 2, 28)),
        # A Sunday that is made up: 4 January.
        ("sunday", date(2025, 12, 29), date(2026, 1, 4)),
        # The rest of the week is off: the next working day comes after it.
        ("saturday", date(2026, 3, 2), date(2026, 3, 9)),
        ("friday", date(2026, 4, 27), date(2026, 5, 6)),
    ],
)
def test_a_meeting_moves_from_a_day_off_to_the_next_working_day(weekday: str, week: date, held: date | None) -> None:
    assert occurrence_in_week(meeting_on(weekday), CHINA, week) == held


@pytest.mark.parametrize(
    ("weekday", "held"),
    [("sunday", date(2026, 3, 2)), ("monday", date(2026, 3, 2)), ("saturday", date(2026, 3, 9))],
)
def test_where_weeks_start_on_sunday_the_sunday_is_the_weeks_first_day(weekday: str, held: date) -> None:
    assert HARBOUR.week_start(date(2026, 3, 4)) == date(2026, 3, 1)
    assert occurrence_in_week(meeting_on(weekday), HARBOUR, date(2026, 3, 1)) == held


def test_the_next_freeze_passes_over_weeks_off() -> None:
    after = datetime(2026, 2, 9, 8, 0, tzinfo=SHANGHAI)
    found = next_freeze(meeting_on("monday"), CHINA, after)
    assert found == Occurrence(date(2026, 2, 23), date(2026, 2, 24), datetime(2026, 2, 24, 8, 0, tzinfo=SHANGHAI))


def test_a_meeting_that_moved_beyond_its_week_is_found_in_the_next_one() -> None:
    found = next_freeze(meeting_on("friday"), CHINA, datetime(2026, 5, 5, 12, 0, tzinfo=SHANGHAI))
    assert found == Occurrence(date(2026, 4, 27), date(2026, 5, 6), datetime(2026, 5, 6, 8, 0, tzinfo=SHANGHAI))


def test_without_a_freeze_time_the_numbers_are_frozen_when_the_meeting_begins() -> None:
    found = next_freeze(meeting_on("monday", freeze=None), CHINA, datetime(2026, 3, 1, tzinfo=SHANGHAI))
    assert found is not None
    assert found.freeze_at == datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)


def test_an_organisation_that_never_works_has_no_meeting() -> None:
    every = tuple(date(2026, 1, 1) + timedelta(days=day) for day in range(800))
    calendar = WorkCalendar(Calendar(name="default", holidays=every))
    assert next_freeze(meeting_on("monday"), calendar, datetime(2026, 1, 5, tzinfo=SHANGHAI)) is None


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("last_week", date(2026, 3, 1)), ("this_week", date(2026, 3, 1)),
        ("month_to_date", date(2026, 3, 1)), ("last_month", date(2026, 2, 28)),
    ],
)  # fmt: skip
def test_the_numbers_stand_at_the_end_of_the_period(period: str, day: date) -> None:
    occurrence = Occurrence(date(2026, 3, 2), date(2026, 3, 2), datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI))
    assert reported_day(meeting_on("monday", period), CHINA, occurrence) == day


def test_a_meeting_that_moved_into_the_next_week_reports_the_week_that_has_ended() -> None:
    found = next_freeze(meeting_on("friday"), CHINA, datetime(2026, 5, 5, tzinfo=SHANGHAI))
    assert found is not None
    assert reported_day(meeting_on("friday"), CHINA, found) == date(2026, 5, 3)


def test_two_weeks_whose_meetings_fall_on_one_day_hold_one() -> None:
    found = next_freeze(meeting_on("tuesday"), CHINA, datetime(2024, 9, 28, tzinfo=SHANGHAI))
    assert found == Occurrence(date(2024, 10, 7), date(2024, 10, 8), datetime(2024, 10, 8, 8, 0, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("weekday", "after", "held", "is_guess"),
    [
        ("monday", date(2026, 12, 25), date(2026, 12, 28), False),
        # The Friday of the last week of 2026 is a day of 2027, and off.
        ("friday", date(2026, 12, 28), date(2027, 1, 4), True),
        ("monday", date(2026, 12, 29), date(2027, 1, 4), True),
    ],
)
def test_a_meeting_day_that_a_year_without_a_plan_decides_is_predicted(
    weekday: str, after: date, held: date, is_guess: bool
) -> None:
    moment = datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)
    found = next_freeze(meeting_on(weekday), CHINA, moment)
    assert found is not None
    assert (found.day, days_predicted(meeting_on(weekday), CHINA, found)) == (held, is_guess)
    plain = next_freeze(meeting_on(weekday), HARBOUR, moment)
    assert plain is not None
    assert not days_predicted(meeting_on(weekday), HARBOUR, plain)


@given(weekday=st.sampled_from(WEEKDAYS), start=st.dates(date(2024, 1, 1), date(2026, 10, 1)), harbour=st.booleans())
def test_the_freezes_of_a_year_are_the_meeting_days_of_its_weeks_each_once_and_in_order(
    weekday: str, start: date, harbour: bool
) -> None:
    calendar, meeting = HARBOUR if harbour else CHINA, meeting_on(weekday)
    moment = datetime(start.year, start.month, start.day, tzinfo=calendar.tz)
    found = []
    for _ in range(12):
        occurrence = next_freeze(meeting, calendar, moment)
        assert occurrence is not None
        assert occurrence.freeze_at > moment
        found.append(occurrence)
        moment = occurrence.freeze_at
    weeks = [calendar.week_start(start) + timedelta(weeks=count) for count in range(-3, 16)]
    held = {day: week for week in weeks if (day := naive_day(weekday, calendar, week)) is not None}
    expected = sorted((day, week) for day, week in held.items() if found[0].day <= day <= found[-1].day)
    assert [(each.day, each.week) for each in found] == expected


def naive_day(weekday: str, calendar: WorkCalendar, week: date) -> date | None:
    """The meaning once more, day by day."""
    days = [week + timedelta(days=offset) for offset in range(28)]
    if not any(calendar.is_working(day) for day in days[:7]):
        return None
    named = next(day for day in days if day.strftime("%A").lower() == weekday)
    return next(day for day in days if day >= named and calendar.is_working(day))
