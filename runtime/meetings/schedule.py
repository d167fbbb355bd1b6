"""When meetings are held and their numbers frozen: one occurrence a week, moved past days off."""

from datetime import date, datetime, time, timedelta
from typing import Any

from engine.calendar import WorkCalendar, calendar_of
from engine.template import render
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import Message, put
from runtime.meetings.freeze import freeze
from runtime.meetings.rows import SnapshotRow
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared
from schema_defs.calendar import WEEKDAYS
from schema_defs.meeting import Meeting
from schema_defs.release import Release
from schema_defs.text import pick

WEEKS_AHEAD = 8
"""So many weeks without a working day are passed over."""


def occurrence_in_week(meeting: Meeting, calendar: WorkCalendar, week: date) -> date | None:
    """The day of the week's meeting: its weekday, else the next working day of that week; None in a week without one."""
    weekday = WEEKDAYS.index(meeting.at.weekday)
    day = next(each for each in (week + timedelta(days=offset) for offset in range(7)) if each.weekday() == weekday)
    while day < week + timedelta(days=7):
        if calendar.is_working(day):
            return day
        day += timedelta(days=1)
    return None


def next_freeze(meeting: Meeting, calendar: WorkCalendar, after: datetime) -> tuple[datetime, date] | None:
    """The first freeze after the moment, and the day of its meeting."""
    week = calendar.week_start(calendar.today(after))
    for offset in range(WEEKS_AHEAD):
        day = occurrence_in_week(meeting, calendar, week + timedelta(weeks=offset))
        if day is not None:
            freeze_time = (meeting.snapshot.freeze if meeting.snapshot else None) or meeting.at.time
            moment = datetime.combine(day, time.fromisoformat(freeze_time), tzinfo=calendar.tz)
            if moment > after:
                return moment, day
    return None


def reported_day(meeting: Meeting, calendar: WorkCalendar, day: date) -> date:
    """The day at whose end the snapshot's numbers stand."""
    match meeting.snapshot.period if meeting.snapshot else "last_week":
        case "last_week":
            return calendar.week_start(day) - timedelta(days=1)
        case "last_month":
            return day.replace(day=1) - timedelta(days=1)
        case "this_week" | "month_to_date":
            return day - timedelta(days=1)


@on_publish
async def plan_meetings(publishing: Publishing) -> None:
    """Every meeting with a snapshot gets its next freeze."""
    for meeting in publishing.live.release.meetings.values():
        await _plan_next(publishing.tenant, publishing.live.release, meeting, publishing.now)


async def _plan_next(tenant: str, release: Release, meeting: Meeting, now: datetime) -> None:
    found = next_freeze(meeting, calendar_of(release.calendar), now) if meeting.snapshot else None
    if found is not None:
        moment, day = found
        args = {"meeting": meeting.name, "day": day.isoformat()}
        await enqueue(tenant, "meeting", meeting.name, args, now=now, run_after=moment)


@handler("meeting")
async def hold_freeze(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, str] | None:
    """Freezes the numbers of one occurrence, tells that they are ready, and plans the next one."""
    configured = await prepared(tenant)
    meeting = configured.release.meetings.get(args["meeting"]) if configured else None
    if configured is None or meeting is None or meeting.snapshot is None:
        return None
    day = date.fromisoformat(args["day"])
    row = await freeze(
        context,
        tenant,
        meeting.snapshot.board,
        reason=f"meeting:{meeting.name}:{day}",
        kind="meeting",
        meeting=meeting.name,
        day=reported_day(meeting, configured.calendar, day),
    )

    async def finish() -> None:
        await _announce(context, configured, meeting, day, row)
        await _plan_next(tenant, configured.release, meeting, context.clock.now())

    await transact(finish)
    return {"snapshot": row.id}


async def _announce(context: Context, configured: Prepared, meeting: Meeting, day: date, row: SnapshotRow) -> None:
    """One message to the meeting's channel, with the link to the snapshot; its key is the occurrence's."""
    send = meeting.snapshot.send if meeting.snapshot else None
    if send is None:
        return
    now, message = context.clock.now(), configured.release.messages.get(send.message or "")
    data = {"meeting": pick(meeting.label, "zh", meeting.name), "day": day.isoformat(), "code": row.code}
    await put(
        configured.tenant,
        Message(
            rule=meeting.name,
            scope="company",
            scope_key="company",
            notice="snapshot",
            number=day.toordinal(),
            recipient=f"meeting:{meeting.name}",
            channel=send.channel,
            title=render(message.title, data, "zh") if message else data["meeting"],
            body=render(message.body, data, "zh") if message else f"{data['meeting']} · {data['day']} · {row.code}",
            link=f"{context.settings.base_url}/calibration/{row.id}",
            not_before=now if configured.calendar.in_working_hours(now) else configured.calendar.next_opening(now),
        ),
        now=now,
    )
