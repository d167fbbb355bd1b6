"""The editor of the running system: every reader of the workbench reads, authors write."""

import msgspec

from runtime.board.viewer import Viewer
from runtime.context import Context
from runtime.drafts.copy import WorkingDocument, working_copy
from runtime.drafts.page import MAY_WRITE
from runtime.drafts.save import DraftConflictError, remove_draft, save_draft
from runtime.editor.complete import complete
from runtime.editor.page import build_editor, build_history, conflict_of, look_further
from runtime.editor.posted import add_part, put_form, remove_part
from runtime.editor.view import EditorView, HistoryView, Look
from runtime.releases.prepared import prepared
from schema_defs.editing import edit
from schema_defs.errors import DuiqiError, RefusedError, UsageError
from schema_defs.loader.names import name_fault
from schema_defs.release import BY_KIND
from schema_defs.text import Said

MAX_NAME = 64


class RunningEditor:
    """Opens, changes and saves documents of the working copy."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def open(self, viewer: Viewer, kind: str, name: str) -> EditorView | None:
        configured = await prepared(viewer.tenant)
        return await build_editor(configured, viewer, kind, name) if configured else None

    async def change(
        self,
        viewer: Viewer,
        kind: str,
        name: str,
        *,
        text: str,
        version: str,
        posted: dict[str, str],
        do: str,
        key: str,
    ) -> EditorView | None:
        """The form's inputs, and what its button said, put into the text; nothing is saved."""
        configured = await prepared(viewer.tenant)
        document = (await working_copy(viewer.tenant)).documents.get((kind, name))
        if configured is None or document is None:
            return None
        error = None
        try:
            text = _changed(kind, text.replace("\r\n", "\n"), posted, do, key, document.file)
        except DuiqiError as found:
            error = found.said
        view = await build_editor(configured, viewer, kind, name, text=text, version=version)
        return _with(view, error)

    async def save(self, viewer: Viewer, kind: str, name: str, *, text: str, version: str) -> EditorView | None:
        """Saves the text as a draft: None. The page to show again where that cannot be."""
        _demand_author(viewer)
        text = _in_its_lines(text, (await working_copy(viewer.tenant)).documents.get((kind, name)))
        try:
            await save_draft(
                self._context, viewer.tenant, text, kind=kind, name=name, version=version, by=viewer.account
            )
        except DuiqiError as error:
            configured = await prepared(viewer.tenant)
            view = (
                await build_editor(configured, viewer, kind, name, text=text, version=version) if configured else None
            )
            if isinstance(error, DraftConflictError) and view is not None:
                return msgspec.structs.replace(view, conflict=conflict_of(view.text, error, view.file))
            if view is None:
                raise
            return _with(view, error.said)
        return None

    async def create(self, viewer: Viewer, kind: str, name: str, *, like: str = "") -> None:
        """A new document as a draft: a copy of the one that is named, or the least that can be written."""
        _demand_author(viewer)
        if kind not in BY_KIND:
            raise UsageError(Said(zh=f"没有种类 '{kind}'", en=f"there is no kind '{kind}'"))
        if fault := name_fault(name):
            raise UsageError(Said(zh=f"{fault[0].zh}；{fault[1].zh}", en=f"{fault[0].en}; {fault[1].en}"))
        if len(name) > MAX_NAME:
            raise UsageError(_TOO_LONG)
        text = f"kind: {kind}\nname: {name}\n"
        if like:
            other = (await working_copy(viewer.tenant)).documents.get((kind, like))
            if other is None:
                raise UsageError(Said(zh=f"没有 {kind} '{like}'", en=f"there is no {kind} named '{like}'"))
            text = edit(other.text, ("name",), name, file=other.file)
        await save_draft(self._context, viewer.tenant, text, kind=kind, name=name, version=None, by=viewer.account)

    async def remove(self, viewer: Viewer, kind: str, name: str, *, version: str) -> None:
        _demand_author(viewer)
        await remove_draft(self._context, viewer.tenant, kind=kind, name=name, version=version, by=viewer.account)

    async def look(self, viewer: Viewer, kind: str, name: str, text: str) -> Look | None:
        configured = await prepared(viewer.tenant)
        return (
            await look_further(configured, viewer, self._context.clock.now(), kind, name, text) if configured else None
        )

    async def history(self, viewer: Viewer, kind: str, name: str) -> HistoryView | None:
        configured = await prepared(viewer.tenant)
        return await build_history(configured, kind, name) if configured else None

    async def complete(self, viewer: Viewer, kind: str, text: str, offset: int) -> tuple[int, tuple[str, ...]]:
        copy = await working_copy(viewer.tenant)
        names: dict[str, tuple[str, ...]] = {}
        for each, name in sorted(copy.documents):
            names[each] = (*names.get(each, ()), name)
        return complete(kind, text, offset, names) if kind in BY_KIND else (offset, ())


def _changed(kind: str, text: str, posted: dict[str, str], do: str, key: str, file: str) -> str:
    text = put_form(kind, text, posted, file=file)
    what, _, pointer = do.partition(":")
    match what:
        case "add":
            return add_part(kind, text, pointer, key, file=file)
        case "remove":
            return remove_part(text, pointer, file=file)
        case _:
            return text


def _in_its_lines(text: str, document: WorkingDocument | None) -> str:
    """A browser sends every line end as two characters; the document keeps its own."""
    text = text.replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if document is not None and "\r\n" in document.text else text


def _with(view: EditorView | None, error: Said | None) -> EditorView | None:
    return msgspec.structs.replace(view, error=error) if view is not None and error is not None else view


def _demand_author(viewer: Viewer) -> None:
    if not viewer.has(*MAY_WRITE):
        raise RefusedError(_NOT_YOURS)


_TOO_LONG = Said(zh="名称最多 64 个字符", en="a name has at most 64 characters")
_NOT_YOURS = Said(
    zh="只有规则作者可以修改文档；请向他们提出", en="only the rules' authors change documents; please ask one of them"
)
