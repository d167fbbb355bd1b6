"""The editor of one document over the working copy: its form, its text, and the pane beside them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from difflib import unified_diff

import msgspec

from engine.lineage import Node, lineage_of
from runtime.board.marks import name_of
from runtime.board.preview import Problem
from runtime.board.preview_page import preview_metric
from runtime.board.viewer import Viewer
from runtime.calendars.table import dated_of
from runtime.drafts.copy import Ref, WorkingCopy, WorkingDocument, working_copy
from runtime.drafts.page import MAY_WRITE
from runtime.drafts.rows import DraftChangeRow
from runtime.drafts.save import DraftConflictError
from runtime.drafts.seen import may_see_draft
from runtime.editor.form import form_of, shown
from runtime.editor.rule_preview import preview_rule
from runtime.editor.view import Conflict, Differs, EditorView, HistoryView, Look, RulePreview, Step
from runtime.offline.configuration import checked
from runtime.people.rights import sight_in
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.releases.texts import body, loaded_of
from runtime.tenancy import rows
from schema_defs.editing import EditError, Value, edit, plain
from schema_defs.editing.edit import REMOVE
from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.text import Said, Text

RELEASES = 50


async def build_editor(
    configured: Prepared, viewer: Viewer, kind: str, name: str, *, text: str | None = None, version: str | None = None
) -> EditorView | None:
    """The document as it is, or with another `text` that was opened as `version`; None where there is no such document."""
    copy = await working_copy(configured.tenant)
    document = copy.documents.get((kind, name))
    if document is None:
        return None
    written = document.text if text is None else body(text.replace("\r\n", "\n"))
    document_of, unreadable = _plain(written, document.file)
    return EditorView(
        kind=kind,
        name=name,
        label=_label(document_of, name),
        file=document.file,
        text=written,
        version=document.version if version is None else version,
        draft=document.draft,
        removed=document.removed,
        may_edit=viewer.has(*MAY_WRITE) and not document.removed,
        changed_by=_who(configured, document.changed_by) if document.changed_by else None,
        changed_at=document.changed_at.astimezone(configured.calendar.tz) if document.changed_at else None,
        fields=form_of(kind, document_of) if unreadable is None else (),
        names=_names(copy),
        unreadable=unreadable,
        look=await look_at(copy, document, written),
    )


async def look_at(copy: WorkingCopy, document: WorkingDocument, text: str) -> Look:
    """What is wrong with the text, what it changes of the live one, and which documents name it."""
    loaded, file = _overlaid(copy, document, text)
    found = await asyncio.to_thread(checked, loaded)
    return Look(
        problems=tuple(_problem(issue) for issue in found.issues if issue.file == file),
        diff=diff_of(document.base_text or "", text),
        used_by=_users(loaded, document.kind, document.name),
    )


async def look_further(
    configured: Prepared, viewer: Viewer, now: datetime, kind: str, name: str, text: str
) -> Look | None:
    """The same with what a metric or a rule would say now, on real data, with the reader's rights."""
    copy = await working_copy(configured.tenant)
    document = copy.documents.get((kind, name))
    if document is None:
        return None
    look = await look_at(copy, document, body(text.replace("\r\n", "\n")))
    if any(problem.level == "error" for problem in look.problems):
        return look
    if kind == "metric":
        return msgspec.structs.replace(look, metric=await preview_metric(configured, viewer, now, text))
    if kind != "rule":
        return look
    release = await dated_of(configured.tenant, _overlaid(copy, document, text)[0].release)
    whole = Prepared(configured.tenant, configured.number, release, configured.org)
    if not may_see_draft(configured, whole, sight_in(configured, viewer, configured.calendar.today(now)), name):
        return msgspec.structs.replace(look, rule=RulePreview(hidden=True))
    return msgspec.structs.replace(look, rule=await preview_rule(whole, viewer, now, name))


def conflict_of(mine: str, error: DraftConflictError, file: str) -> Conflict:
    """In which values the text that somebody else saved differs from mine."""
    theirs = error.theirs
    their_text = theirs.text if theirs else ""
    fields = tuple(_differing(_plain(mine, file)[0], _plain(their_text, file)[0], ""))
    return Conflict(said=error.said, theirs=their_text, version=theirs.version if theirs else None, fields=fields)


async def build_history(configured: Prepared, kind: str, name: str) -> HistoryView | None:
    """Every draft step and every release that changed the document, the newest first; None where it never was."""
    steps = [*await _released(configured, kind, name), *await _drafted(configured, kind, name)]
    if not steps:
        return None
    copy = await working_copy(configured.tenant)
    known = copy.documents.get((kind, name))
    label = _label(_plain(known.text, known.file)[0], name) if known else name
    return HistoryView(
        kind=kind, name=name, label=label, steps=tuple(sorted(steps, key=lambda each: each.at, reverse=True))
    )


def diff_of(before: str, after: str) -> tuple[str, ...]:
    """The lines that differ, with three lines around each."""
    lines = unified_diff(
        before.rstrip().split("\n") if before else [], after.rstrip().split("\n") if after else [], lineterm=""
    )
    return tuple(line for line in lines if not line.startswith(("---", "+++")))


async def _released(configured: Prepared, kind: str, name: str) -> list[Step]:
    found = await rows(ReleaseRow, configured.tenant).order_by("-number").limit(RELEASES + 1)
    texts = [
        next((body(each["text"]) for each in row.documents if (each["kind"], each["name"]) == (kind, name)), "")
        for row in found
    ]
    before = [*texts[1:], "" if len(found) <= RELEASES else texts[-1] if texts else ""]
    return [
        Step(
            what="release", number=row.number, at=row.published_at.astimezone(configured.calendar.tz),
            by=_who(configured, row.published_by), diff=diff_of(was, is_),
        )
        for row, is_, was in zip(found, texts, before, strict=True)
        if is_ != was
    ]  # fmt: skip


async def _drafted(configured: Prepared, kind: str, name: str) -> list[Step]:
    found = await rows(DraftChangeRow, configured.tenant).filter(kind=kind, name=name).order_by("-at", "-id").limit(200)
    return [
        Step(
            what=row.what, at=row.at.astimezone(configured.calendar.tz), by=_who(configured, row.by),
            diff=diff_of(row.before, row.after) if row.what in ("edit", "remove", "discard") else (),
        )
        for row in found
        if row.what != "release"
    ]  # fmt: skip


def _overlaid(copy: WorkingCopy, document: WorkingDocument, text: str) -> tuple[Loaded, str]:
    """The working copy with this text in place of the document's, under a file name of its own."""
    file = f"{document.kind}/{document.name}/{document.file}"
    others = [each for each in copy.stored() if (each["kind"], each["name"]) != document.ref]
    return loaded_of([{**document.stored, "text": text, "file": file}, *others]), file


def _users(loaded: Loaded, kind: str, name: str) -> tuple[Ref, ...]:
    lineage, node = lineage_of(loaded.release), Node(kind, name)
    found = (step.node.document for step in lineage.steps(node, "up"))
    return tuple(dict.fromkeys((each.kind, each.name) for each in found if each != node))


def _names(copy: WorkingCopy) -> dict[str, tuple[str, ...]]:
    """The names of the documents by kind, for inputs that ask for one."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, name in sorted(copy.documents):
        found[kind].append(name)
    return {kind: tuple(names) for kind, names in found.items()}


def _plain(text: str, file: str) -> tuple[Value, Said | None]:
    try:
        edit(text, (), REMOVE, file=file)
        found = plain(text, file)
    except EditError as error:
        return None, error.said
    return found, None


def _label(document: Value, name: str) -> Text:
    label = document.get("label") if isinstance(document, dict) else None
    if isinstance(label, dict):
        return {"zh": shown(label.get("zh")) or name, "en": shown(label.get("en")) or name}
    return shown(label) or name


def _differing(mine: Value, theirs: Value, path: str) -> Iterator[Differs]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in dict.fromkeys((*mine, *theirs)):
            yield from _differing(mine.get(key), theirs.get(key), f"{path}.{key}" if path else key)
    elif isinstance(mine, list) and isinstance(theirs, list):
        for at in range(max(len(mine), len(theirs))):
            yield from _differing(
                mine[at] if at < len(mine) else None, theirs[at] if at < len(theirs) else None, f"{path}[{at}]"
            )
    elif mine != theirs:
        yield Differs(path=path, mine=_said(mine), theirs=_said(theirs))


def _said(value: Value) -> str:
    from schema_defs.editing.render import inline

    return "" if value is None else inline(value) if isinstance(value, dict | list) else shown(value)


def _who(configured: Prepared, who: str) -> Text:
    return name_of(configured, who) or who


def _problem(issue: Issue) -> Problem:
    suggestion = issue.suggestion
    return Problem(
        line=issue.line,
        column=issue.column,
        level=issue.level,
        code=issue.code,
        message={"zh": issue.message.zh, "en": issue.message.en},
        suggestion={"zh": suggestion.zh, "en": suggestion.en} if suggestion else None,
    )
