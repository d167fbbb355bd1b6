"""From drafts to a release: all of them or some, at once."""

from collections.abc import Collection, Iterable

import msgspec

from runtime.context import Context
from runtime.database import transact
from runtime.drafts.copy import Ref, WorkingCopy, working_copy
from runtime.drafts.proposal import Proposal, propose
from runtime.drafts.rows import DraftChangeRow, DraftRow
from runtime.events import publish_after_commit
from runtime.offline.configuration import ConfigurationError
from runtime.releases.publish import NewRelease, Outcome, hash_of, lock_tenant, put_live
from runtime.tenancy import add_all, rows
from schema_defs.errors import ConflictError, RefusedError, UsageError
from schema_defs.text import Said


class MissingDraftsError(UsageError):
    """Some drafts were left out that the chosen ones need; `missing` names them."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(_missing(proposal))
        self.missing = proposal.missing
        self.issues = proposal.errors


async def release_drafts(
    context: Context, tenant: str, chosen: Collection[Ref] | None, *, by: str, note: str = ""
) -> Outcome:
    """Puts the chosen drafts, or all, in force now. Nothing is half done: any error, and nothing has changed.

    Raises ConfigurationError (errors, failing tests), MissingDraftsError, ConflictError (overtaken), RefusedError (approval).
    """
    proposal = await ready_proposal(tenant, chosen)

    async def put() -> Outcome:
        copy = await demand_unchanged(proposal)
        outcome = await put_live(context, tenant, release_of(proposal, by, note))
        await end_drafts(context, copy, proposal.chosen, "release", by)
        return outcome

    outcome = await transact(put)
    return msgspec.structs.replace(outcome, warnings=proposal.issues)


async def ready_proposal(tenant: str, chosen: Collection[Ref] | None) -> Proposal:
    """The chosen drafts, when nothing stands against releasing them."""
    proposal = await propose(tenant, chosen)
    demand_ready(proposal)
    return proposal


def demand_ready(proposal: Proposal) -> None:
    """Raises what stands against the release, the most telling first."""
    if not proposal.chosen:
        raise UsageError(_NOTHING)
    if proposal.overtaken:
        raise ConflictError(_overtaken(proposal.overtaken))
    if proposal.missing:
        raise MissingDraftsError(proposal)
    if proposal.errors:
        raise ConfigurationError(proposal.errors)
    if proposal.unapproved:
        raise RefusedError(_unapproved(proposal.unapproved))


async def demand_unchanged(proposal: Proposal) -> WorkingCopy:
    """Locks the working copy; ConflictError when what was checked is no longer what stands there."""
    tenant = proposal.copy.tenant
    await lock_tenant(tenant)
    copy = await working_copy(tenant)
    if copy.stored(proposal.chosen) != proposal.copy.stored(proposal.chosen):
        raise ConflictError(_MOVED)
    return copy


def release_of(proposal: Proposal, by: str, note: str) -> NewRelease:
    documents = proposal.copy.stored(proposal.chosen)
    return NewRelease(documents, hash_of(documents), proposal.loaded.release, None, by, note, "publish")


async def end_drafts(context: Context, copy: WorkingCopy, chosen: Iterable[Ref], what: str, by: str) -> None:
    """The chosen drafts leave the working copy; what was done with them is written down."""
    now, tenant, steps = context.clock.now(), copy.tenant, list[DraftChangeRow]()
    for kind, name in chosen:
        document = copy.documents[kind, name]
        after = "" if document.removed else document.text
        steps.append(
            DraftChangeRow(
                tenant=tenant, kind=kind, name=name, at=now, by=by, what=what, before=document.base_text or "", after=after
            )
        )  # fmt: skip
        await rows(DraftRow, tenant).filter(kind=kind, name=name).delete()
    await add_all(steps)
    publish_after_commit(context.events, tenant, "draft", {"by": by})


def _listed(refs: Iterable[Ref]) -> str:
    return ", ".join(" ".join(ref) for ref in refs)


def _missing(proposal: Proposal) -> Said:
    needed, errors = _listed(proposal.missing), proposal.errors[:5]
    zh, en = ("；".join(each.message.zh for each in errors), "; ".join(each.message.en for each in errors))
    return Said(
        zh=f"选中的改动还需要这些草稿一起发布：{needed}（{zh}）",
        en=f"the chosen changes need these drafts to be released with them: {needed} ({en})",
    )


def _overtaken(refs: Iterable[Ref]) -> Said:
    listed = _listed(refs)
    return Said(
        zh=f"{listed}：草稿开始之后，生效版本已改变；请对照后选择保留草稿或放弃草稿",
        en=f"{listed}: the live version changed after the draft was begun; compare, then keep the draft or discard it",
    )


def _unapproved(refs: Iterable[Ref]) -> Said:
    listed = _listed(refs)
    return Said(
        zh=f"{listed}：需要另一位有批准权限的人先批准（四眼原则）",
        en=f"{listed}: somebody else who may approve has to approve first (four eyes)",
    )


_NOTHING = Said(zh="没有选中任何草稿", en="no draft was chosen")
_MOVED = Said(
    zh="检查之后草稿又被修改；什么都没有发布，请重新查看改动",
    en="the drafts were changed after they were checked; nothing was released, look at the changes again",
)
