"""Changing the working copy: every step says on which version it was made, and is written down."""

from datetime import datetime

from engine.lineage import Node, lineage_of
from runtime.audit.log import note as audit
from runtime.context import Context
from runtime.database import transact
from runtime.drafts.copy import Ref, WorkingCopy, WorkingDocument, working_copy
from runtime.drafts.rows import DraftChangeRow, DraftRow
from runtime.events import publish_after_commit
from runtime.offline.configuration import ConfigurationError
from runtime.releases.publish import lock_tenant
from runtime.releases.texts import body, version_of
from runtime.tenancy import add, put_all, rows
from schema_defs.errors import ConflictError, UsageError
from schema_defs.loader import load_text
from schema_defs.release import BY_KIND
from schema_defs.text import Said


class DraftConflictError(ConflictError):
    """Somebody changed the document after it was opened; `theirs` is what it is now, None if it is gone. Nothing was written."""

    def __init__(self, said: Said, theirs: WorkingDocument | None) -> None:
        super().__init__(said)
        self.theirs = theirs


async def save_draft(
    context: Context, tenant: str, text: str, *, kind: str, name: str, version: str | None, by: str
) -> WorkingDocument:
    """Puts the text into the working copy. `version` is that of the text which was opened, None for a new document.

    Errors inside the document do not matter yet. Raises ConfigurationError for a text that is not one document,
    UsageError for one of another kind or name, DraftConflictError when it is no longer the text that was opened.
    """
    text = body(text)
    _refuse_other(text, kind, name)

    async def put() -> WorkingDocument:
        copy = await _locked(tenant, (kind, name), version)
        known, now = copy.documents.get((kind, name)), context.clock.now()
        if known is None or known.removed or known.text != text:
            await _put(_row(tenant, known, kind, name, text, by, now))
            await _written(context, tenant, (kind, name), "edit", known.text if known else "", text, by)
        return (await working_copy(tenant)).documents[kind, name]

    return await transact(put)


async def remove_draft(context: Context, tenant: str, *, kind: str, name: str, version: str, by: str) -> None:
    """Marks the document as one that goes; a new one is gone at once. UsageError with whatever still uses it."""

    async def put() -> None:
        copy = await _locked(tenant, (kind, name), version)
        known = copy.documents.get((kind, name))
        if known is None:
            raise UsageError(_no_such(kind, name))
        _refuse_used(copy, kind, name)
        if known.base_text is None:
            await _forget(tenant, kind, name)
        else:
            row = _row(tenant, known, kind, name, known.base_text, by, context.clock.now())
            row.removed = True
            await _put(row)
        await _written(context, tenant, known.ref, "remove", known.text, "", by)

    await transact(put)


async def discard_draft(context: Context, tenant: str, *, kind: str, name: str, by: str) -> None:
    """Drops the draft, so that the live document stands again; the text stays in the document's history."""

    async def put() -> None:
        known = await _draft(tenant, kind, name)
        await _forget(tenant, kind, name)
        await _written(context, tenant, known.ref, "discard", known.text, known.base_text or "", by)

    await transact(put)


async def keep_draft(context: Context, tenant: str, *, kind: str, name: str, version: str, by: str) -> None:
    """Says that the draft is meant as it stands, though the live document changed after it was begun."""

    async def put() -> None:
        copy = await _locked(tenant, (kind, name), version)
        known = copy.drafts.get((kind, name))
        if known is None:
            raise UsageError(_no_draft(kind, name))
        base = version_of(known.base_text) if known.base_text is not None else ""
        await rows(DraftRow, tenant).filter(kind=kind, name=name).update(base=base)
        await _written(context, tenant, known.ref, "keep", known.base_text or "", known.text, by)

    await transact(put)


async def history_of(tenant: str, kind: str, name: str, *, limit: int = 200) -> list[DraftChangeRow]:
    """What was done to the document's drafts, the newest first."""
    found = rows(DraftChangeRow, tenant).filter(kind=kind, name=name).order_by("-at", "-id")
    return list(await found.limit(limit))


def users_of(copy: WorkingCopy, kind: str, name: str) -> tuple[Ref, ...]:
    """The documents of the working copy that name this one."""
    lineage, node = lineage_of(copy.loaded().release), Node(kind, name)
    found = (step.node.document for step in lineage.steps(node, "up"))
    return tuple(dict.fromkeys((each.kind, each.name) for each in found if each != node))


async def _locked(tenant: str, ref: Ref, version: str | None) -> WorkingCopy:
    """The working copy, which nobody else changes until this transaction ends, if the document is still of that version."""
    await lock_tenant(tenant)
    copy = await working_copy(tenant)
    known = copy.documents.get(ref)
    if (known.version if known else None) != version:
        raise DraftConflictError(_changed(ref, known), known)
    return copy


async def _draft(tenant: str, kind: str, name: str) -> WorkingDocument:
    await lock_tenant(tenant)
    known = (await working_copy(tenant)).drafts.get((kind, name))
    if known is None:
        raise UsageError(_no_draft(kind, name))
    return known


def _row(
    tenant: str, known: WorkingDocument | None, kind: str, name: str, text: str, by: str, now: datetime
) -> DraftRow:
    live = version_of(known.base_text) if known and known.base_text is not None else ""
    return DraftRow(
        tenant=tenant, kind=kind, name=name, file=known.file if known else f"{kind}/{name}.yaml", text=text,
        base=live, changed_by=by, changed_at=now,
    )  # fmt: skip


async def _put(row: DraftRow) -> None:
    """The row in place of the draft; a draft keeps what it was begun on, and one that says what is live is none."""
    known = await rows(DraftRow, row.tenant).get_or_none(kind=row.kind, name=row.name)
    if known is not None:
        row.base = known.base
    if not row.removed and version_of(row.text) == row.base:
        await _forget(row.tenant, row.kind, row.name)
        return
    changed = ("text", "removed", "base", "changed_by", "changed_at")
    await put_all([row], unique=("tenant", "kind", "name"), update=changed)


async def _forget(tenant: str, kind: str, name: str) -> None:
    await rows(DraftRow, tenant).filter(kind=kind, name=name).delete()


async def _written(context: Context, tenant: str, ref: Ref, what: str, before: str, after: str, by: str) -> None:
    now = context.clock.now()
    kind, name = ref
    await add(DraftChangeRow(tenant=tenant, kind=kind, name=name, at=now, by=by, what=what, before=before, after=after))
    await audit(tenant, by, f"draft-{what}", f"{kind}:{name}", {"before": before, "after": after}, now=now)
    publish_after_commit(context.events, tenant, "draft", {"kind": kind, "name": name, "by": by})


def _refuse_other(text: str, kind: str, name: str) -> None:
    """A text is saved when it is one document, and of the name under which it is edited."""
    loaded = load_text(text, f"{kind}/{name}.yaml")
    if len(loaded.written) != 1 or any(issue.code == "second-document" for issue in loaded.issues):
        raise ConfigurationError(tuple(issue for issue in loaded.issues if issue.level == "error"))
    found = next(iter(loaded.written))
    if found != (kind, name):
        raise UsageError(_other(found, (kind, name)))


def _refuse_used(copy: WorkingCopy, kind: str, name: str) -> None:
    used = ", ".join(f"{other} {each}" for other, each in users_of(copy, kind, name))
    if used:
        raise UsageError(
            Said(
                zh=f"不能删除 {kind} '{name}'：仍被使用：{used}；请先改这些文档",
                en=f"{kind} '{name}' cannot be deleted: it is used by {used}; change these documents first",
            )
        )


def _changed(ref: Ref, known: WorkingDocument | None) -> Said:
    kind, name = ref
    if known is None:
        return Said(
            zh=f"{kind} '{name}' 在您打开之后被删除；您的文本没有保存，可另存为新文档",
            en=f"{kind} '{name}' was deleted after you opened it; your text is not saved, save it as a new document",
        )
    who, at = known.changed_by or "-", known.changed_at.isoformat(" ", "minutes") if known.changed_at else "-"
    if not known.draft:
        return Said(
            zh=f"{kind} '{name}' 已存在，或在您打开之后有新版本发布；请对照现在的版本，再保存一次",
            en=f"{kind} '{name}' exists already, or a release changed it after you opened it; compare and save again",
        )
    return Said(
        zh=f"{kind} '{name}' 在您打开之后由 {who} 于 {at} 修改；没有覆盖任何内容，请对照两个版本后再保存",
        en=f"{kind} '{name}' was changed by {who} at {at} after you opened it; nothing was overwritten, compare and save again",
    )


def _other(found: Ref, expected: Ref) -> Said:
    is_, must = " ".join(found), " ".join(expected)
    return Said(
        zh=f"文本是 {is_ or '-'}，这里编辑的是 {must}；kind 和 name 不能改，改名请复制成新文档",
        en=f"the text is {is_ or '-'}, and {must} is edited here; kind and name stay, duplicate it for another name",
    )


def _no_such(kind: str, name: str) -> Said:
    kinds = ", ".join(BY_KIND)
    return Said(
        zh=f"没有 {kind} '{name}'；种类：{kinds}", en=f"there is no {kind} named '{name}'; the kinds are: {kinds}"
    )


def _no_draft(kind: str, name: str) -> Said:
    return Said(zh=f"{kind} '{name}' 没有草稿", en=f"{kind} '{name}' has no draft")
