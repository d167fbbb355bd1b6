"""Workbench: the editor of a document: its form and its text, its history, a new one, a copy, and its deletion."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from admin.deps import Editor
from admin.pages.answer import deps_of, from_address, go, in_address, page, viewer_of
from runtime.board.preview import Problem
from runtime.editor.view import EditorView
from schema_defs.errors import DuiqiError, RefusedError
from schema_defs.release import BY_KIND
from schema_defs.text import Said

MAX_TEXT = 900_000
"""Characters of a document's text that the page takes."""
INPUT = "f:"
"""Before the pointers of the form's inputs."""


@get("/workbench/new", opt={"entry": "workbench"})
async def new(
    request: Request[Any, Any, Any], kind: FromQuery[str] = "metric", like: FromQuery[str] = ""
) -> Response[Any]:
    return _new(request, kind, "", like, None)


@post("/workbench/new", opt={"entry": "workbench"})
async def create(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    form = await request.form()
    kind, name, like = (str(form.get(key) or "").strip()[:128] for key in ("kind", "name", "like"))
    try:
        await _editor(request).create(viewer_of(request), kind, name, like=like)
    except RefusedError:
        raise
    except DuiqiError as error:
        return _new(request, kind, name, like, error.said)
    return go(_address(kind, name))


@get(["/workbench/{kind:str}/{name:str}/edit", "/workbench/calendar/{name:str}/edit"], opt={"entry": "workbench"})
async def edit(request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar") -> Response[Any]:
    return _page(request, await _editor(request).open(viewer_of(request), kind, from_address(name)))


@post(
    ["/workbench/{kind:str}/{name:str}/edit", "/workbench/calendar/{name:str}/edit"],
    opt={"entry": "workbench"},
    status_code=200,
)
async def change(
    request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar"
) -> Response[Any] | Redirect:
    """Saves what was written as text (`do=save`) or by form (`do=save_form`); else the page with what the form now says."""
    form, name, viewer = await request.form(), from_address(name), viewer_of(request)
    text, version, do = (str(form.get(key) or "") for key in ("text", "version", "do"))
    text = text[:MAX_TEXT]
    if do != "save":
        posted = {key.removeprefix(INPUT): str(value) for key, value in form.items() if key.startswith(INPUT)}
        added = str(form.get(f"key:{do.partition(':')[2]}") or "")
        view = await _editor(request).change(
            viewer, kind, name, text=text, version=version, posted=posted, do=do, key=added
        )
        if do != "save_form" or view is None or view.error:
            return _page(request, view)
        text = view.text
    refused = await _editor(request).save(viewer, kind, name, text=text, version=version)
    return _page(request, refused) if refused else go(_address(kind, name), "draft_saved")


@post(
    ["/workbench/{kind:str}/{name:str}/look", "/workbench/calendar/{name:str}/look"],
    opt={"entry": "workbench"},
    status_code=200,
)
async def look(request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar") -> Response[Any]:
    """The pane beside the editor, for the form's `text`."""
    text = str((await request.form()).get("text") or "")[:MAX_TEXT]
    found = await _editor(request).look(viewer_of(request), kind, from_address(name), text)
    if found is None:
        raise NotFoundException
    return page(request, "editor_look.html", here="workbench", look=found, further=True)


@post(
    ["/workbench/{kind:str}/{name:str}/check", "/workbench/calendar/{name:str}/check"],
    opt={"entry": "workbench"},
    status_code=200,
)
async def check(
    request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar"
) -> Response[Any]:
    """The problems of the form's `text` as JSON, with their lines and columns."""
    text = str((await request.form()).get("text") or "")[:MAX_TEXT]
    view = await _editor(request).change(
        viewer_of(request), kind, from_address(name), text=text, version="", posted={}, do="look", key=""
    )
    if view is None:
        raise NotFoundException
    return _json({"problems": view.look.problems})


@post(
    ["/workbench/{kind:str}/{name:str}/complete", "/workbench/calendar/{name:str}/complete"],
    opt={"entry": "workbench"},
    status_code=200,
)
async def complete(
    request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar"
) -> Response[Any]:
    """What may be written at `offset` of the form's `text`, as JSON."""
    form = await request.form()
    text, offset = str(form.get("text") or "")[:MAX_TEXT], str(form.get("offset") or "")
    at = min(int(offset), len(text)) if offset.isdecimal() and len(offset) < 8 else len(text)
    start, options = await _editor(request).complete(viewer_of(request), kind, text, at)
    return _json({"from": start, "options": options})


@get(["/workbench/{kind:str}/{name:str}/history", "/workbench/calendar/{name:str}/history"], opt={"entry": "workbench"})
async def history(
    request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar"
) -> Response[Any]:
    view = await _editor(request).history(viewer_of(request), kind, from_address(name))
    if view is None:
        raise NotFoundException
    return page(request, "document_history.html", here="workbench", view=view)


@post(["/workbench/{kind:str}/{name:str}/delete", "/workbench/calendar/{name:str}/delete"], opt={"entry": "workbench"})
async def delete(
    request: Request[Any, Any, Any], name: FromPath[str], kind: FromPath[str] = "calendar"
) -> Response[Any] | Redirect:
    version, name = str((await request.form()).get("version") or ""), from_address(name)
    try:
        await _editor(request).remove(viewer_of(request), kind, name, version=version)
    except RefusedError:
        raise
    except DuiqiError as error:
        view = await _editor(request).open(viewer_of(request), kind, name)
        return _page(request, msgspec.structs.replace(view, error=error.said) if view else None)
    return go("/workbench/changes", "draft_removed")


def _editor(request: Request[Any, Any, Any]) -> Editor:
    found = deps_of(request).editor
    if found is None:
        raise NotFoundException
    return found


def _page(request: Request[Any, Any, Any], view: EditorView | None) -> Response[Any]:
    if view is None:
        raise NotFoundException
    status = 409 if view.conflict else 422 if view.error else 200
    return page(request, "editor.html", here="workbench", status=status, view=view, further=False)


def _new(request: Request[Any, Any, Any], kind: str, name: str, like: str, error: Said | None) -> Response[Any]:
    status = 422 if error else 200
    return page(
        request,
        "document_new.html",
        here="workbench",
        status=status,
        kinds=tuple(BY_KIND),
        kind=kind,
        given=name,
        like=like,
        error=error,
    )


def _address(kind: str, name: str) -> str:
    return f"/workbench/{in_address(kind)}/{in_address(name)}/edit"


def _json(found: dict[str, tuple[Problem, ...] | tuple[str, ...] | int]) -> Response[Any]:
    return Response(msgspec.json.encode(found), media_type="application/json", headers={"Cache-Control": "no-store"})
