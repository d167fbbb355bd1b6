"""Releases from a day on: drafts that leave the working copy now and go live when the day begins."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from engine.calendar import calendar_of
from runtime.audit.log import note as audit
from runtime.context import Context
from runtime.database import transact
from runtime.drafts.copy import Ref, WorkingCopy, copy_with
from runtime.drafts.proposal import Proposal, proposal_of
from runtime.drafts.release import demand_ready, demand_unchanged, end_drafts, ready_proposal, release_of
from runtime.drafts.rows import DraftChangeRow, DraftRow, PlannedReleaseRow
from runtime.events import publish_after_commit
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.publish import lock_tenant, put_live
from runtime.releases.texts import version_of
from runtime.tenancy import add, add_missing, rows
from schema_defs.errors import DuiqiError, UsageError
from schema_defs.text import Said

FURTHEST = 400
"""So many days ahead a release may be planned."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A release that goes live when `from_day` begins, in the tenant's time. `reason` says why one was refused then.

    States: planned, released, cancelled, refused.
    """

    id: str
    from_day: date
    changes: tuple[Ref, ...]
    note: str
    by: str
    at: datetime
    state: str
    number: int | None = None
    reason: Said | None = None


async def plan_release(
    context: Context, tenant: str, chosen: Collection[Ref] | None, *, by: str, from_day: date, note: str = ""
) -> Planned:
    """Has the chosen drafts go live when the day begins. They leave the working copy, and come back when it is cancelled.

    Raises what releasing them now would raise, and UsageError for a day that has begun: nothing is dated back.
    """
    proposal = await ready_proposal(tenant, chosen)

    async def put() -> PlannedReleaseRow:
        copy = await demand_unchanged(proposal)
        row = await _plan(context, proposal, from_day, by, note)
        await end_drafts(context, copy, proposal.chosen, "plan", by)
        return row

    return _planned(await transact(put))


async def plan_folder(context: Context, proposal: Proposal, *, by: str, from_day: date, note: str = "") -> Planned:
    """Has changes that never were drafts go live when the day begins: those of a folder of documents."""
    demand_ready(proposal)
    return _planned(await transact(lambda: _plan(context, proposal, from_day, by, note)))


async def _plan(context: Context, proposal: Proposal, from_day: date, by: str, note: str) -> PlannedReleaseRow:
    tenant, now = proposal.copy.tenant, context.clock.now()
    begins, changes = _begins(proposal, from_day, now), [_change(proposal.copy, ref) for ref in proposal.chosen]
    row = await add(PlannedReleaseRow(tenant=tenant, from_day=from_day, changes=changes, note=note, by=by, at=now))
    detail = {"from": from_day.isoformat(), "documents": [":".join(ref) for ref in proposal.chosen], "note": note}
    await audit(tenant, by, "plan-release", row.id, detail, now=now)
    await enqueue(tenant, "planned_release", row.id, {"id": row.id}, now=now, run_after=begins)
    return row


async def cancel_release(context: Context, tenant: str, planned_id: str, *, by: str) -> Planned:
    """Takes a planned release back: its changes are drafts again, where no newer draft stands."""

    async def put() -> PlannedReleaseRow:
        row = await _claimed(tenant, planned_id)
        await _ended(context, row, "cancelled", by)
        return await rows(PlannedReleaseRow, tenant).get(id=row.id)

    return _planned(await transact(put))


async def planned_releases(tenant: str, *, limit: int = 50) -> list[Planned]:
    """The newest first, those that are done included."""
    found = rows(PlannedReleaseRow, tenant).order_by("-at", "-id").limit(limit)
    return [_planned(row) for row in await found]


@handler("planned_release")
async def begin_planned(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, Any] | None:
    """Puts a planned release in force over what is live by then; refused, with its reason, where that cannot be any more."""
    row = await rows(PlannedReleaseRow, tenant).get_or_none(id=args["id"])
    if row is None or row.state != "planned":
        return None
    try:
        return {"number": await transact(lambda: _begin(context, row))}
    except DuiqiError as error:
        said = error.said
        await transact(lambda: _ended(context, row, "refused", row.by, said))
        return {"refused": said.en}


async def _begin(context: Context, row: PlannedReleaseRow) -> int:
    await _claimed(row.tenant, row.id)
    copy = await copy_with(row.tenant, [_draft(row, change) for change in row.changes])
    proposal = await proposal_of(copy, tuple(copy.drafts))
    demand_ready(proposal)
    outcome = await put_live(context, row.tenant, release_of(proposal, row.by, row.note))
    await rows(PlannedReleaseRow, row.tenant).filter(id=row.id).update(state="released", number=outcome.number)
    return outcome.number


async def _claimed(tenant: str, planned_id: str) -> PlannedReleaseRow:
    await lock_tenant(tenant)
    row = await rows(PlannedReleaseRow, tenant).get_or_none(id=planned_id)
    if row is None or row.state != "planned":
        raise UsageError(_NOT_PLANNED)
    return row


async def _ended(context: Context, row: PlannedReleaseRow, state: str, by: str, reason: Said | None = None) -> None:
    """Not released after all: the changes are drafts again, on the live documents that they were begun on."""
    now = context.clock.now()
    told = {"zh": reason.zh, "en": reason.en} if reason else None
    await rows(PlannedReleaseRow, row.tenant).filter(id=row.id).update(state=state, reason=told)
    await add_missing([_draft(row, change) for change in row.changes])
    for change in row.changes:
        step = DraftChangeRow(tenant=row.tenant, kind=change["kind"], name=change["name"], at=now, by=by, what="cancel")
        await add(step)
    await audit(row.tenant, by, f"{state}-release", row.id, told or {}, now=now)
    publish_after_commit(context.events, row.tenant, "draft", {"by": by})


def _change(copy: WorkingCopy, ref: Ref) -> dict[str, Any]:
    """A draft as the plan keeps it."""
    each = copy.documents[ref]
    base = version_of(each.base_text) if each.base_text is not None else ""
    return {
        "kind": each.kind, "name": each.name, "file": each.file, "text": each.text, "removed": each.removed,
        "base": base, "changed_by": each.changed_by,
    }  # fmt: skip


def _draft(row: PlannedReleaseRow, change: dict[str, Any]) -> DraftRow:
    return DraftRow(tenant=row.tenant, changed_at=row.at, **change)


def _planned(row: PlannedReleaseRow) -> Planned:
    return Planned(
        id=row.id, from_day=row.from_day, changes=tuple((each["kind"], each["name"]) for each in row.changes),
        note=row.note, by=row.by, at=row.at, state=row.state, number=row.number,
        reason=Said(**row.reason) if row.reason else None,
    )  # fmt: skip


def _begins(proposal: Proposal, from_day: date, now: datetime) -> datetime:
    calendar = calendar_of(proposal.loaded.release.calendar)
    today = calendar.today(now)
    if not today < from_day <= today + timedelta(days=FURTHEST):
        last = today + timedelta(days=FURTHEST)
        raise UsageError(
            Said(
                zh=f"从 {from_day} 起生效不行：可选 {today + timedelta(days=1)} 到 {last}；要今天生效就立即发布，不能倒填日期",
                en=f"from {from_day} is not possible: {today + timedelta(days=1)} to {last} are; release now for today,"
                " nothing is dated back",
            )
        )
    return datetime.combine(from_day, time(), tzinfo=calendar.tz)


_NOT_PLANNED = Said(
    zh="没有这个计划中的发布，或它已生效、已取消",
    en="there is no such planned release, or it is released or cancelled already",
)
