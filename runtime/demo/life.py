"""The demo's life: the ERPs go on writing as the virtual clock runs. Nights and days off pass quickly."""

import asyncio
from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Any

from engine.calendar import WorkCalendar
from runtime.clock import VirtualClock
from runtime.demo.erp import Erp
from runtime.demo.orders import Change, changes_between
from runtime.demo.shop import sales_between
from runtime.demo.stage import Stage

PAUSE = 0.4
"""Seconds between two looks at the clock."""
EVENING, MORNING = time(20, 5), time(8, 25)


async def live(stage: Stage, clock: VirtualClock, since: datetime) -> None:
    """Writes what happens, as it happens, for ever. It writes to the sources and moves the clock; the product does the rest."""
    while True:
        await asyncio.sleep(PAUSE)
        since = step(stage, clock, since)


def step(stage: Stage, clock: VirtualClock, since: datetime) -> datetime:
    """Writes what happened since, then passes over the night when it has come; gives the moment up to which it has written."""
    now = clock.now()
    write(stage, since, now)
    skip_night(clock, stage.calendar)
    return now


def write(stage: Stage, since: datetime, until: datetime) -> None:
    """Appends the changes of a span to the ERPs' files."""
    zone = stage.calendar.tz
    _append(stage.erp, changes_between(stage.world, stage.calendar, since.astimezone(zone), until.astimezone(zone)))
    shop_zone = stage.shop_calendar.tz
    _append(
        stage.shop,
        sales_between(stage.world.seed, stage.shop_calendar, since.astimezone(shop_zone), until.astimezone(shop_zone)),
    )


def skip_night(clock: VirtualClock, calendar: WorkCalendar) -> None:
    """Moves on to the next working morning when the evening has come."""
    local = clock.now().astimezone(calendar.tz)
    if calendar.is_working(local.date()) and MORNING <= local.time() < EVENING:
        return
    day = local.date() + timedelta(days=1 if local.time() >= MORNING else 0)
    clock.advance_to(datetime.combine(calendar.next_working(day), MORNING, tzinfo=calendar.tz))


def _append(erp: Erp, changes: list[Change]) -> None:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        rows[change.stream].append(change.row)
    for stream, some in rows.items():
        erp.append(stream, some)
