"""What releasing some of the drafts would be: problems, failing tests, what else is needed, what changes, who has to approve."""

import asyncio
from collections.abc import Collection, Iterable, Sequence

import msgspec

from engine.checks import check
from runtime.calendars.table import dated_of
from runtime.drafts.approval import Approval, approvals_of, needed_of
from runtime.drafts.copy import Ref, WorkingCopy, WorkingDocument, working_copy
from runtime.offline.available import available
from runtime.offline.comparing import Compared, compare_loaded
from runtime.releases.tested import failed_tests
from schema_defs.errors import UsageError
from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.nearest import nearest
from schema_defs.text import Said

TRIED = 60
"""With more drafts than this the missing ones are not narrowed down one by one: all that were left out are named."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen drafts over the live release.

    `missing` are the drafts that were left out and without which the chosen ones have errors; `overtaken` those whose live
    document became another one meanwhile; `approvals` what has to be approved, and by whom it was.
    """

    copy: WorkingCopy
    chosen: tuple[Ref, ...]
    loaded: Loaded
    issues: tuple[Issue, ...]
    failed: tuple[Issue, ...]
    missing: tuple[Ref, ...]
    changes: tuple[Compared, ...]
    approvals: tuple[Approval, ...]

    @property
    def documents(self) -> tuple[WorkingDocument, ...]:
        return tuple(self.copy.documents[ref] for ref in self.chosen)

    @property
    def errors(self) -> tuple[Issue, ...]:
        return (*(issue for issue in self.issues if issue.level == "error"), *self.failed)

    @property
    def overtaken(self) -> tuple[Ref, ...]:
        return tuple(each.ref for each in self.documents if each.overtaken)

    @property
    def unapproved(self) -> tuple[Ref, ...]:
        return tuple(each.ref for each in self.approvals if not each.given)

    @property
    def ready(self) -> bool:
        return bool(self.chosen) and not (self.errors or self.overtaken or self.unapproved)


async def propose(tenant: str, chosen: Collection[Ref] | None = None) -> Proposal:
    """The chosen drafts, or all of them, as a release. UsageError for a document that has no draft."""
    copy = await working_copy(tenant)
    return await proposal_of(copy, tuple(copy.drafts) if chosen is None else _known(copy, chosen))


async def proposal_of(copy: WorkingCopy, refs: tuple[Ref, ...]) -> Proposal:
    """Some drafts of a working copy as a release."""
    tenant = copy.tenant
    loaded = await _by_table(tenant, copy.loaded(refs))
    before = await _by_table(tenant, copy.before())
    issues = _problems(loaded)
    failed = await asyncio.to_thread(failed_tests, loaded) if not _errors(issues) else []
    return Proposal(
        copy=copy,
        chosen=refs,
        loaded=loaded,
        issues=issues,
        failed=tuple(failed),
        missing=await _missing(tenant, copy, refs, issues),
        changes=tuple(compare_loaded(before, loaded)),
        approvals=await approvals_of(tenant, needed_of(before.release, loaded.release, copy, refs)),
    )


async def _by_table(tenant: str, loaded: Loaded) -> Loaded:
    return msgspec.structs.replace(loaded, release=await dated_of(tenant, loaded.release))


def _problems(loaded: Loaded) -> tuple[Issue, ...]:
    found = dict.fromkeys((*loaded.issues, *check(loaded, available())))
    return tuple(sorted(found, key=lambda issue: (issue.file, issue.line, issue.column)))


def _errors(issues: Iterable[Issue]) -> frozenset[tuple[str, str]]:
    """Errors, whatever their line: another document in the same file moves it."""
    return frozenset((issue.code, issue.message.en) for issue in issues if issue.level == "error")


async def _missing(tenant: str, copy: WorkingCopy, chosen: Sequence[Ref], issues: Sequence[Issue]) -> tuple[Ref, ...]:
    """Of the drafts left out, a smallest set that takes away all errors which taking every draft would take away."""
    left, errors = [ref for ref in copy.drafts if ref not in chosen], _errors(issues)
    if not left or not errors:
        return ()
    stay = _errors(_problems(await _by_table(tenant, copy.loaded())))
    if errors <= stay:
        return ()
    for ref in list(left) if len(left) <= TRIED else ():
        fewer = [other for other in left if other != ref]
        found = _errors(_problems(await _by_table(tenant, copy.loaded([*chosen, *fewer]))))
        if not (found & errors) - stay and not found - errors - stay:
            left = fewer
    return tuple(left)


def _known(copy: WorkingCopy, chosen: Collection[Ref]) -> tuple[Ref, ...]:
    wanted = dict.fromkeys(chosen)
    for ref in wanted:
        if ref not in copy.drafts:
            raise UsageError(_no_draft(ref, copy))
    return tuple(ref for ref in copy.drafts if ref in wanted)


def _no_draft(ref: Ref, copy: WorkingCopy) -> Said:
    given, drafts = ":".join(ref), [":".join(each) for each in copy.drafts]
    near = nearest(given, drafts)
    listed = ", ".join(drafts) or "-"
    return Said(
        zh=f"'{given}' 没有草稿" + (f"；是不是 '{near}'？" if near else f"；现有草稿：{listed}"),
        en=f"'{given}' has no draft" + (f"; did you mean '{near}'?" if near else f"; the drafts are: {listed}"),
    )
