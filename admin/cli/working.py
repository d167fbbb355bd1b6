"""What commands do with a tenant's drafts: check them, compare them, release them, now or from a day on."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from runtime.drafts.copy import Ref
from runtime.drafts.folder import folder_proposal, plan_from_folder
from runtime.drafts.planned import Planned, plan_release
from runtime.drafts.proposal import Proposal, propose
from runtime.drafts.release import release_drafts
from runtime.offline.comparing import Compared
from runtime.offline.configuration import open_configuration
from runtime.releases.publish import Outcome
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.errors import UsageError
from schema_defs.issue import Issue
from schema_defs.text import Said


async def problems(tenant: str) -> list[Issue]:
    """Every problem of the working copy, failing tests included."""
    proposal = await _proposal(tenant, None)
    return [*proposal.issues, *proposal.failed]


async def differences(tenant: str, path: Path | None) -> tuple[list[Compared], tuple[Issue, ...]]:
    """The live release against the drafts, or against a folder; and what could not be read of the folder."""
    proposal = await _proposal(tenant, path)
    unreadable = open_configuration(path).issues if path else ()
    return list(proposal.changes), tuple(issue for issue in unreadable if issue.level == "error")


async def release(tenant: str, only: Sequence[str], *, by: str, note: str, from_day: date | None) -> Outcome | Planned:
    """The drafts that are named `KIND:NAME`, or all of them."""
    chosen = [_ref(each) for each in only] or None
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        if from_day is None:
            return await release_drafts(context, tenant, chosen, by=by, note=note)
        return await plan_release(context, tenant, chosen, by=by, from_day=from_day, note=note)


async def plan(tenant: str, path: Path, *, by: str, note: str, from_day: date) -> Planned:
    """What a folder has changed goes live from a day on."""
    loaded = open_configuration(path)
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        return await plan_from_folder(context, tenant, loaded, by=by, from_day=from_day, note=note)


async def _proposal(tenant: str, path: Path | None) -> Proposal:
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        if path is None:
            return await propose(tenant)
        return await folder_proposal(tenant, open_configuration(path), "", context.clock.now())


def _ref(written: str) -> Ref:
    kind, colon, name = written.partition(":")
    if not colon or not name:
        raise UsageError(
            Said(
                zh=f"写成 KIND:NAME，例如 rule:behind_pace，不是 '{written}'",
                en=f"write KIND:NAME, as in rule:behind_pace, not '{written}'",
            )
        )
    return kind, name
