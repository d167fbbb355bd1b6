"""Workbench: the drafts and what releasing them does; the releases and the way back."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from admin.deps import Verbs
from admin.pages.answer import deps_of, go, page, viewer_of
from runtime.board.viewer import Viewer
from schema_defs.errors import DuiqiError, RefusedError, UsageError
from schema_defs.text import Said

CHANGES = "/workbench/changes"
RELEASES = "/workbench/releases"
NOTHING = ":"
"""Stands in the address for no draft at all; an address without a choice means all of them."""
NOTE = 300
"""Characters of a note; what is beyond them is cut off."""
Ref = tuple[str, str]


@get(CHANGES, opt={"entry": "workbench"})
async def changes(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = request.query_params.getall("only", [])
    return await _changes(request, _refs(asked) if asked else None)


@post(f"{CHANGES}/choose", opt={"entry": "workbench"})
async def choose(request: Request[Any, Any, Any]) -> Redirect:
    """The page with another choice; `also` names drafts that are added to it."""
    form = await request.form()
    wanted = [*form.getall("chosen", []), *filter(None, str(form.get("also") or "").split(","))]
    return go(f"{CHANGES}?{urlencode([('only', str(each)) for each in wanted or [NOTHING]])}")


@post(f"{CHANGES}/release", opt={"entry": "workbench"})
async def release(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    form = await request.form()
    chosen, note, from_day = _chosen(form), _note(form), str(form.get("from") or "")

    async def do(verbs: Verbs, viewer: Viewer) -> str:
        if not from_day:
            await verbs.release(viewer, chosen, note=note)
            return "released"
        await verbs.plan_release(viewer, chosen, from_day=_day(from_day), note=note)
        return "planned"

    return await _done(request, chosen, do)


@post(f"{CHANGES}/approve", opt={"entry": "workbench"})
async def approve(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    form = await request.form()
    chosen, note = _chosen(form), _note(form)

    async def do(verbs: Verbs, viewer: Viewer) -> str:
        await verbs.approve_drafts(viewer, chosen, note=note)
        return "approved"

    return await _done(request, chosen, do)


@post(f"{CHANGES}/discard", opt={"entry": "workbench"})
async def discard(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    kind, name, _ = _one(await request.form())

    async def do(verbs: Verbs, viewer: Viewer) -> str:
        await verbs.discard_draft(viewer, (kind, name))
        return "discarded"

    return await _done(request, None, do)


@post(f"{CHANGES}/keep", opt={"entry": "workbench"})
async def keep(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    kind, name, version = _one(await request.form())

    async def do(verbs: Verbs, viewer: Viewer) -> str:
        await verbs.keep_draft(viewer, (kind, name), version=version)
        return "kept"

    return await _done(request, None, do)


@post(f"{CHANGES}/cancel", opt={"entry": "workbench"})
async def cancel(request: Request[Any, Any, Any]) -> Response[Any] | Redirect:
    planned = str((await request.form()).get("planned") or "")

    async def do(verbs: Verbs, viewer: Viewer) -> str:
        await verbs.cancel_release(viewer, planned)
        return "cancelled"

    return await _done(request, None, do)


@get(RELEASES, opt={"entry": "workbench"})
async def releases(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _releases(request, None)


@get(f"{RELEASES}/{{number:int}}", opt={"entry": "workbench"})
async def one_release(request: Request[Any, Any, Any], number: FromPath[int]) -> Response[Any]:
    return await _releases(request, number)


@post(f"{RELEASES}/{{number:int}}/rollback", opt={"entry": "workbench"})
async def roll_back(request: Request[Any, Any, Any], number: FromPath[int]) -> Response[Any] | Redirect:
    try:
        await deps_of(request).verbs.roll_back(viewer_of(request), number)
    except RefusedError:
        raise
    except DuiqiError as error:
        return await _releases(request, number, error.said)
    return go(RELEASES, "rolled_back")


async def _done(
    request: Request[Any, Any, Any], chosen: list[Ref] | None, do: Callable[[Verbs, Viewer], Awaitable[str]]
) -> Response[Any] | Redirect:
    """What was asked for, or the page again with what stands against it; the choice stays."""
    try:
        flash = await do(deps_of(request).verbs, viewer_of(request))
    except RefusedError as error:
        if chosen is None:
            raise
        return await _changes(request, chosen, error.said)
    except DuiqiError as error:
        return await _changes(request, chosen, error.said)
    return go(RELEASES if flash == "released" else CHANGES, flash)


async def _changes(request: Request[Any, Any, Any], only: list[Ref] | None, error: Said | None = None) -> Response[Any]:
    view = await deps_of(request).views.changes(viewer_of(request), only=only)
    if view is None:
        raise NotFoundException
    return _page(request, "changes.html", view, error)


async def _releases(request: Request[Any, Any, Any], number: int | None, error: Said | None = None) -> Response[Any]:
    view = await deps_of(request).views.releases(viewer_of(request), number=number)
    if view is None:
        raise NotFoundException
    return _page(request, "releases.html", view, error)


def _page(request: Request[Any, Any, Any], template: str, view: object, error: Said | None) -> Response[Any]:
    return page(request, template, here="workbench", status=422 if error else 200, view=view, error=error)


def _chosen(form: Any) -> list[Ref]:
    return _refs(form.getall("chosen", []))


def _refs(written: list[Any]) -> list[Ref]:
    """`KIND:NAME` each."""
    parts = (str(each).partition(":") for each in written)
    return [(kind, name) for kind, _, name in parts]


def _one(form: Any) -> tuple[str, str, str]:
    """`KIND:NAME:VERSION` of the button that was pressed; what is not there is empty."""
    kind, _, rest = str(form.get("one") or "").partition(":")
    name, _, version = rest.partition(":")
    return kind, name, version


def _note(form: Any) -> str:
    return str(form.get("note") or "").strip()[:NOTE]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Said(zh=f"“{text[:20]}”不是日期；写成 2026-03-09", en=f"'{text[:20]}' is no day; write it as 2026-03-09")
        ) from None
