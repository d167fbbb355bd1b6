"""The clock seam: a virtual clock stands, runs and is moved, and never goes back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.clock import SystemClock, VirtualClock

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_the_systems_time_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


async def test_the_system_clock_waits_as_long_as_it_says() -> None:
    clock = SystemClock()
    moment = clock.now() + timedelta(seconds=0.05)
    await clock.wait_until(moment)
    assert clock.now() >= moment


def test_a_virtual_clock_stands_until_it_is_moved() -> None:
    clock = VirtualClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=9)) == START + timedelta(hours=9)
    assert clock.advance_to(START) == START + timedelta(hours=9)
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(timedelta(seconds=-1))


async def test_a_running_clock_runs_as_fast_as_it_is_told() -> None:
    clock = VirtualClock(START, speed=36_000)
    await asyncio.sleep(0.05)
    assert clock.now() >= START + timedelta(minutes=30)
    clock.run_at(0)
    stands = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() == stands


async def test_who_waits_goes_on_when_the_clock_is_moved_past_the_moment() -> None:
    clock = VirtualClock(START)
    waiter = asyncio.create_task(clock.wait_until(START + timedelta(days=2)))
    await asyncio.sleep(0)
    clock.advance(timedelta(days=1))
    await asyncio.sleep(0.01)
    assert not waiter.done()
    clock.advance(timedelta(days=1))
    await asyncio.wait_for(waiter, 1)


async def test_who_waits_goes_on_when_the_clock_gets_there_by_itself() -> None:
    clock = VirtualClock(START, speed=36_000)
    await asyncio.wait_for(clock.wait_until(START + timedelta(minutes=10)), 2)
    slow = VirtualClock(START)
    waiter = asyncio.create_task(slow.wait_until(START + timedelta(minutes=10)))
    await asyncio.sleep(0)
    slow.run_at(36_000)
    await asyncio.wait_for(waiter, 2)


@given(st.lists(st.integers(0, 10**9)))
def test_however_it_is_moved_it_never_goes_back(steps: list[int]) -> None:
    clock = VirtualClock(START)
    for step in steps:
        before = clock.now()
        assert clock.advance(timedelta(milliseconds=step)) >= before
    assert clock.now() == START + timedelta(milliseconds=sum(steps))
