"""The demo's life: the ERPs go on writing as the virtual clock runs. Nights and days off pass quickly."""

import asyncio
from datetime import datetime, time, timedelta

from engine.calendar import WorkCalendar
from runtime.clock import VirtualClock
from runtime.demo.coming import Coming
from runtime.demo.kept import keep_moment
from runtime.demo.stage import Stage

PAUSE = 0.4
"""Seconds between two looks at the clock."""
EVENING, MORNING = time(20, 5), time(8, 25)


async def live(stage: Stage, clock: VirtualClock, since: datetime) -> None:
    """Writes what happens after `since`, as it happens, for ever. It writes to the sources and moves the clock; the product does the rest."""
    life = await asyncio.to_thread(Life, stage, clock, since)
    while True:
        life.step()
        await asyncio.sleep(PAUSE)


class Life:
    """Both companies, as far as they have lived."""

    def __init__(self, stage: Stage, clock: VirtualClock, since: datetime) -> None:
        self._stage = stage
        self._clock = clock
        self._orders = Coming(stage.orders_of, since.astimezone(stage.calendar.tz))
        self._sales = Coming(stage.sales_of, since.astimezone(stage.shop_calendar.tz))
        self._orders.prepare()

    def step(self) -> None:
        """Writes what has happened, then passes over the night when it has come."""
        now, stage = self._clock.now(), self._stage
        stage.erp.append(self._orders.until(now.astimezone(stage.calendar.tz)))
        stage.shop.append(self._sales.until(now.astimezone(stage.shop_calendar.tz)))
        keep_moment(stage.folder, now)
        skip_night(self._clock, stage.calendar)


def skip_night(clock: VirtualClock, calendar: WorkCalendar) -> None:
    """Moves on to the next working morning when the evening has come."""
    local = clock.now().astimezone(calendar.tz)
    if calendar.is_working(local.date()) and MORNING <= local.time() < EVENING:
        return
    day = local.date() + timedelta(days=1 if local.time() >= MORNING else 0)
    clock.advance_to(datetime.combine(calendar.next_working(day), MORNING, tzinfo=calendar.tz))
