"""Meetings by the calendar: every occurrence's numbers are frozen once, at its time or, after an outage, late."""

from datetime import datetime, timedelta
from typing import Any

from engine.calendar import calendar_of
from runtime.context import Context
from runtime.database import transact
from runtime.meetings.announce import announce
from runtime.meetings.freeze import freeze
from runtime.meetings.occurrences import Occurrence, next_freeze, reported_day
from runtime.meetings.rows import SnapshotRow
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared
from schema_defs.meeting import Meeting
from schema_defs.release import Release

MADE_UP_FOR = timedelta(weeks=5)
"""What was missed longer ago is not frozen any more."""


@on_publish
async def plan_meetings(publishing: Publishing) -> None:
    """Every meeting with a snapshot gets its next freeze."""
    for meeting in publishing.live.release.meetings.values():
        await _plan_next(publishing.tenant, publishing.live.release, meeting, publishing.now, publishing.now)


@handler("meeting")
async def hold_freeze(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, str] | None:
    """Freezes the first occurrence after `args["after"]` that is due, tells that it is ready, and plans the one after it.

    The occurrence is found anew by the live release, so a meeting that was moved in between is frozen at its new time.
    """
    configured = await prepared(tenant)
    meeting = configured.release.meetings.get(args["meeting"]) if configured else None
    if configured is None or meeting is None or meeting.snapshot is None:
        return None
    now = context.clock.now()
    settled = max(datetime.fromisoformat(args["after"]), now - MADE_UP_FOR)
    occurrence = next_freeze(meeting, configured.calendar, settled)
    if occurrence is None or occurrence.freeze_at > now:
        await transact(lambda: _plan_next(tenant, configured.release, meeting, settled, now))
        return None
    try:
        row = await _hold(context, configured, meeting, occurrence)
    finally:
        await transact(lambda: _plan_next(tenant, configured.release, meeting, occurrence.freeze_at, now))
    return {"snapshot": row.id}


async def _hold(context: Context, configured: Prepared, meeting: Meeting, occurrence: Occurrence) -> SnapshotRow:
    assert meeting.snapshot is not None
    row = await freeze(
        context,
        configured.tenant,
        meeting.snapshot.board,
        reason=f"meeting:{meeting.name}:{occurrence.week}",
        kind="meeting",
        meeting=meeting.name,
        day=reported_day(meeting, configured.calendar, occurrence),
        planned_at=occurrence.freeze_at,
    )
    now = context.clock.now()
    following = next_freeze(meeting, configured.calendar, occurrence.freeze_at)
    if following is None or now < following.freeze_at:
        await transact(lambda: announce(context, configured, meeting, occurrence, row, now))
    return row


async def _plan_next(tenant: str, release: Release, meeting: Meeting, after: datetime, now: datetime) -> None:
    """Asks for the first freeze after the moment, which may be a missed one."""
    found = next_freeze(meeting, calendar_of(release.calendar), after) if meeting.snapshot else None
    if found is not None:
        args = {"meeting": meeting.name, "after": after.isoformat()}
        await enqueue(tenant, "meeting", meeting.name, args, now=now, run_after=found.freeze_at)
