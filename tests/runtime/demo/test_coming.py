"""What an ERP writes comes once, in the order of time, however often one looks."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import calendar_of
from runtime.demo.coming import Coming, changes_of
from runtime.demo.orders import LONGEST_FATE, Change, day_changes
from runtime.demo.stage import load_configuration
from runtime.demo.world import World, sellers_of

RELEASE = load_configuration("reference").release
CALENDAR = calendar_of(RELEASE.calendar)
WORLD = World(sellers=sellers_of(RELEASE.organisation)[:3])
SINCE = datetime(2026, 3, 16, 12, tzinfo=CALENDAR.tz)


@lru_cache(maxsize=512)
def made(day: date) -> tuple[Change, ...]:
    return tuple(day_changes(WORLD, CALENDAR, day))


@given(st.lists(st.integers(min_value=1, max_value=600), min_size=1, max_size=8))
def test_looking_often_or_seldom_gives_the_same_changes(hours):
    often, end = Coming(made, SINCE), SINCE + timedelta(hours=sum(hours))
    found, now = [], SINCE
    for pause in hours:
        now += timedelta(hours=pause)
        found += often.until(now)

    assert found == Coming(made, SINCE).until(end)
    assert [change.at for change in found] == sorted(change.at for change in found)


def test_the_past_and_what_comes_are_together_everything():
    first, end = SINCE.date() - timedelta(days=LONGEST_FATE), SINCE + timedelta(days=20)
    past = changes_of(made, first, SINCE.date(), SINCE)
    coming = Coming(made, SINCE)
    coming.prepare()

    everything = changes_of(made, first, end.date(), end)
    assert sorted(map(repr, past + coming.until(end))) == sorted(map(repr, everything))


def test_nothing_becomes_of_an_order_later_than_is_looked_for():
    for day in (date(2026, 1, 5), date(2026, 1, 30), date(2025, 9, 1)):
        assert max(change.at.date() for change in made(day)) <= day + timedelta(days=LONGEST_FATE)


@pytest.mark.parametrize("day", [date(2026, 6, 19), date(2026, 6, 20), date(2026, 10, 1)])
def test_nobody_orders_on_a_day_off(day):
    assert made(day) == ()
