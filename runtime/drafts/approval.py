"""Four eyes: changes of some kinds of documents need the approval of somebody who did not make them."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from runtime.audit.log import note as audit
from runtime.context import Context
from runtime.database import transact
from runtime.drafts.copy import Ref, WorkingCopy, WorkingDocument, working_copy
from runtime.drafts.rows import ApprovalRow, DraftChangeRow
from runtime.releases.publish import lock_tenant
from runtime.releases.texts import version_of
from runtime.tenancy import add_missing, rows
from schema_defs.errors import RefusedError, UsageError
from schema_defs.release import Release
from schema_defs.text import Said

ENDS = ("release", "discard", "plan")
"""After one of these steps a new draft of the document begins, with authors of its own."""


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One change that needs a second pair of eyes, who made it, and who approved exactly this text."""

    kind: str
    name: str
    digest: str
    authors: tuple[str, ...]
    by: tuple[str, ...] = ()
    at: datetime | None = None

    @property
    def ref(self) -> Ref:
        return self.kind, self.name

    @property
    def given(self) -> bool:
        return bool(self.by)


def needed_of(before: Release, after: Release, copy: WorkingCopy, chosen: Iterable[Ref]) -> list[WorkingDocument]:
    """The chosen changes that need approval: by what is live, or by what is to be; so the demand itself is not dropped alone."""
    kinds = {kind for each in (before, after) for kind in (each.organisation.four_eyes if each.organisation else ())}
    return [copy.documents[ref] for ref in chosen if ref[0] in kinds]


async def approvals_of(tenant: str, documents: Sequence[WorkingDocument]) -> tuple[Approval, ...]:
    """Where the approval of each of the changes stands. Nobody's own word counts for what he changed himself."""
    return tuple([await _approval(tenant, document) for document in documents])


async def approve(context: Context, tenant: str, chosen: Collection[Ref], *, by: str, note: str = "") -> None:
    """Approves the chosen drafts exactly as they stand. RefusedError for somebody's own change, and then none is approved."""

    async def put() -> None:
        await lock_tenant(tenant)
        copy, now = await working_copy(tenant), context.clock.now()
        for ref in chosen:
            document = copy.drafts.get(ref)
            if document is None:
                raise UsageError(_gone(ref))
            if by in await authors_of(tenant, document):
                raise RefusedError(_own(ref))
            kind, name = ref
            digest = digest_of(document)
            row = ApprovalRow(tenant=tenant, kind=kind, name=name, digest=digest, by=by, at=now, note=note)
            await add_missing([row])
            await audit(tenant, by, "approve", f"{kind}:{name}", {"digest": digest, "note": note}, now=now)

    await transact(put)


async def authors_of(tenant: str, document: WorkingDocument) -> tuple[str, ...]:
    """Who had a hand in the draft since it was begun."""
    steps = rows(DraftChangeRow, tenant).filter(kind=document.kind, name=document.name).order_by("-at", "-id")
    found: list[str] = []
    for what, by in await steps.values_list("what", "by"):
        if what in ENDS:
            break
        found.append(by)
    return tuple(dict.fromkeys(found))


def digest_of(document: WorkingDocument) -> str:
    """Stands for the change: what the live document is, and what it becomes."""
    base = version_of(document.base_text) if document.base_text is not None else ""
    change = "\n".join((document.kind, document.name, base, document.version))
    return hashlib.sha256(change.encode()).hexdigest()


async def _approval(tenant: str, document: WorkingDocument) -> Approval:
    digest, authors = digest_of(document), await authors_of(tenant, document)
    found = rows(ApprovalRow, tenant).filter(kind=document.kind, name=document.name, digest=digest)
    given = [(row.by, row.at) for row in await found.order_by("at") if row.by not in authors]
    return Approval(
        kind=document.kind, name=document.name, digest=digest, authors=authors, by=tuple(by for by, _ in given),
        at=given[0][1] if given else None,
    )  # fmt: skip


def _gone(ref: Ref) -> Said:
    name = ":".join(ref)
    return Said(zh=f"'{name}' 已没有草稿可批准", en=f"'{name}' has no draft to approve any more")


def _own(ref: Ref) -> Said:
    name = ":".join(ref)
    return Said(
        zh=f"'{name}' 是您自己改的；请另一位有批准权限的人批准",
        en=f"you changed '{name}' yourself; somebody else who may approve has to",
    )
