"""The drafts as a page: what each changes, what stands against releasing the chosen ones, and what becomes of running alerts."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import msgspec

from engine.diff import Change
from runtime.board.marks import name_of
from runtime.board.viewer import Viewer
from runtime.drafts.approval import Approval, approvals_of, authors_of, needed_of
from runtime.drafts.copy import Ref, WorkingCopy, WorkingDocument, working_copy
from runtime.drafts.effects import Effect, effects_of
from runtime.drafts.planned import FURTHEST, Planned, planned_releases
from runtime.drafts.proposal import Proposal, proposal_of
from runtime.drafts.seen import seen_effects
from runtime.offline.comparing import Compared, compare_loaded
from runtime.releases.prepared import Prepared
from schema_defs.issue import Issue
from schema_defs.text import Text

MAY_WRITE = ("author",)
MAY_RELEASE = ("author", "director")
MAY_APPROVE = ("author", "director")


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """One draft: what it changes in words and raw, by whom, and where its approval stands (None: none is needed)."""

    kind: str
    name: str
    version: str
    change: Change
    raw: tuple[str, ...]
    chosen: bool
    overtaken: bool
    removed: bool
    by: Text
    at: datetime | None
    approval: Approval | None = None
    approved_by: tuple[Text, ...] = ()
    mine: bool = False

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"


class PlannedLine(msgspec.Struct, frozen=True, kw_only=True):
    planned: Planned
    by: Text


class ChangesView(msgspec.Struct, frozen=True, kw_only=True):
    """`missing` are drafts that the chosen ones need; `earliest` and `latest` bound the day from which a release may be planned."""

    number: int
    lines: tuple[DraftLine, ...] = ()
    issues: tuple[Issue, ...] = ()
    failed: tuple[Issue, ...] = ()
    missing: tuple[Ref, ...] = ()
    effects: tuple[Effect, ...] = ()
    ready: bool = False
    planned: tuple[PlannedLine, ...] = ()
    earliest: date
    latest: date
    may_write: bool = False
    may_release: bool = False
    may_approve: bool = False

    @property
    def chosen(self) -> int:
        return sum(line.chosen for line in self.lines)

    @property
    def errors(self) -> int:
        return len(self.failed) + sum(issue.level == "error" for issue in self.issues)


async def build_changes(
    configured: Prepared, viewer: Viewer, now: datetime, *, only: Collection[Ref] | None = None
) -> ChangesView:
    """All drafts, with the chosen ones (default: all) tried as a release. A chosen draft that is gone is left out."""
    copy = await working_copy(configured.tenant)
    refs = tuple(ref for ref in copy.drafts if only is None or ref in only)
    proposal, today = await proposal_of(copy, refs), configured.calendar.today(now)
    return ChangesView(
        number=copy.number,
        lines=await _lines(configured, viewer, copy, refs),
        issues=_about(proposal),
        failed=proposal.failed,
        missing=proposal.missing,
        effects=await _effects(configured, viewer, proposal, now),
        ready=proposal.ready,
        planned=tuple(_planned(configured, each) for each in await planned_releases(configured.tenant, limit=10)),
        earliest=today + timedelta(days=1),
        latest=today + timedelta(days=FURTHEST),
        may_write=viewer.has(*MAY_WRITE),
        may_release=viewer.has(*MAY_RELEASE),
        may_approve=viewer.has(*MAY_APPROVE),
    )


def _about(proposal: Proposal) -> tuple[Issue, ...]:
    """All errors, and the warnings of the chosen documents: those of the others are no news."""
    files = {document.file for document in proposal.documents}
    return tuple(each for each in proposal.issues if each.level == "error" or each.file in files)


async def _effects(configured: Prepared, viewer: Viewer, proposal: Proposal, now: datetime) -> tuple[Effect, ...]:
    if not proposal.chosen or proposal.errors:
        return ()
    after = proposal.loaded.release
    found = await effects_of(configured.tenant, configured.release, after, now)
    return seen_effects(configured, viewer, after, found, now)


async def _lines(
    configured: Prepared, viewer: Viewer, copy: WorkingCopy, chosen: Iterable[Ref]
) -> tuple[DraftLine, ...]:
    before, after = copy.before(), copy.loaded()
    compared = {(each.change.kind, each.change.name): each for each in compare_loaded(before, after)}
    needed = needed_of(before.release, after.release, copy, copy.drafts)
    approvals = {each.ref: each for each in await approvals_of(configured.tenant, needed)}
    return tuple(
        [
            await _line(configured, viewer, copy.drafts[ref], compared[ref], approvals.get(ref), ref in chosen)
            for ref in copy.drafts
            if ref in compared
        ]
    )


async def _line(
    configured: Prepared,
    viewer: Viewer,
    document: WorkingDocument,
    compared: Compared,
    approval: Approval | None,
    chosen: bool,
) -> DraftLine:
    authors = await authors_of(configured.tenant, document)
    return DraftLine(
        kind=document.kind,
        name=document.name,
        version=document.version,
        change=compared.change,
        raw=compared.raw,
        chosen=chosen,
        overtaken=document.overtaken,
        removed=document.removed,
        by=_name(configured, document.changed_by),
        at=document.changed_at.astimezone(configured.calendar.tz) if document.changed_at else None,
        approval=approval,
        approved_by=tuple(_name(configured, by) for by in approval.by) if approval else (),
        mine=viewer.account in authors,
    )


def _planned(configured: Prepared, planned: Planned) -> PlannedLine:
    local = msgspec.structs.replace(planned, at=planned.at.astimezone(configured.calendar.tz))
    return PlannedLine(planned=local, by=_name(configured, planned.by))


def _name(configured: Prepared, who: str | None) -> Text:
    return name_of(configured, who) or who or "-"
