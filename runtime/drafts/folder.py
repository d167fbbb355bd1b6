"""A folder of documents against the live release: published at once or from a day on, with the approvals that are demanded."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from runtime.context import Context
from runtime.drafts.copy import WorkingCopy, copy_with
from runtime.drafts.planned import Planned, plan_folder
from runtime.drafts.proposal import Proposal, proposal_of
from runtime.drafts.rows import DraftRow
from runtime.releases.publish import Outcome, documents_of, publish
from runtime.releases.texts import body, version_of
from schema_defs.errors import RefusedError, UsageError
from schema_defs.loader import Loaded
from schema_defs.text import Said


async def publish_folder(
    context: Context, tenant: str, loaded: Loaded, *, by: str, note: str = "", without_approval: bool = False
) -> Outcome:
    """Makes the documents the live release. RefusedError where the live release demands an approval that was not given.

    `without_approval` passes over that; it is written down with the release.
    """
    proposal = await folder_proposal(tenant, loaded, by, context.clock.now())
    if proposal.unapproved and not without_approval:
        raise RefusedError(_unapproved(proposal))
    said = f"{note} (without approval)".strip() if proposal.unapproved else note
    return await publish(context, tenant, loaded, by=by, note=said)


async def plan_from_folder(
    context: Context, tenant: str, loaded: Loaded, *, by: str, from_day: date, note: str = ""
) -> Planned:
    """Has what differs from the live release go live when the day begins. UsageError when nothing differs."""
    proposal = await folder_proposal(tenant, loaded, by, context.clock.now())
    if not proposal.chosen:
        raise UsageError(_SAME)
    return await plan_folder(context, proposal, by=by, from_day=from_day, note=note)


async def folder_proposal(tenant: str, loaded: Loaded, by: str, now: datetime) -> Proposal:
    """What publishing the folder would change, as if every difference were a draft; errors of the folder itself included."""
    live = await copy_with(tenant, ())
    copy = await copy_with(tenant, _differences(live, loaded, by, now))
    proposal = await proposal_of(copy, tuple(copy.drafts))
    own = tuple(issue for issue in loaded.issues if issue not in proposal.issues)
    return msgspec.structs.replace(proposal, issues=(*own, *proposal.issues))


def _differences(live: WorkingCopy, loaded: Loaded, by: str, now: datetime) -> Iterator[DraftRow]:
    there = {(each["kind"], each["name"]): each for each in documents_of(loaded)}
    for ref, stored in there.items():
        known, text = live.documents.get(ref), body(stored["text"])
        if known is None or known.text != text:
            base = known.version if known else ""
            yield _draft(live.tenant, stored | {"text": text}, base, by, now, removed=False)
    for ref, known in live.documents.items():
        if ref not in there:
            yield _draft(live.tenant, known.stored, version_of(known.text), by, now, removed=True)


def _draft(tenant: str, stored: dict[str, str], base: str, by: str, now: datetime, *, removed: bool) -> DraftRow:
    return DraftRow(tenant=tenant, **stored, base=base, removed=removed, changed_by=by, changed_at=now)


def _unapproved(proposal: Proposal) -> Said:
    listed = ", ".join(" ".join(ref) for ref in proposal.unapproved)
    return Said(
        zh=f"{listed}：需要另一位有批准权限的人先批准（四眼原则）；请先存为草稿，或以 --without-approval 发布，这会记入审计",
        en=f"{listed}: somebody who may approve has to approve first (four eyes); save these as drafts, or publish"
        " --without-approval, which is written down",
    )


_SAME = Said(zh="与生效版本相同，没有可安排的改动", en="the same as the live release: there is nothing to plan")
