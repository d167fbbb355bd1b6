"""Workbench: the documents of the live release."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from admin.pages.answer import deps_of, from_address, page, viewer_of
from runtime.board.workbench import WorkbenchView

MAX_TEXT = 20_000
"""Characters of a metric's text; what is beyond them is not read."""


@get("/workbench", opt={"entry": "workbench"})
async def workbench(request: Request[Any, Any, Any]) -> Response[Any]:
    return _page(request, await deps_of(request).views.workbench(viewer_of(request)), direct=False)


@get("/workbench/{kind:str}/{name:str}", opt={"entry": "workbench"})
async def document(request: Request[Any, Any, Any], kind: FromPath[str], name: FromPath[str]) -> Response[Any]:
    view = await deps_of(request).views.workbench(viewer_of(request), kind=kind, name=from_address(name))
    return _page(request, view, direct=True)


@post("/workbench/preview", opt={"entry": "workbench"}, status_code=200)
async def preview(request: Request[Any, Any, Any]) -> Response[Any]:
    """The metric in the form's `text`, as JSON: its problems, or what it would say now. Nothing is stored."""
    text = str((await request.form()).get("text", ""))[:MAX_TEXT]
    found = await deps_of(request).views.preview(viewer_of(request), text)
    if found is None:
        raise NotFoundException
    return Response(msgspec.json.encode(found), media_type="application/json", headers={"Cache-Control": "no-store"})


def _page(request: Request[Any, Any, Any], view: WorkbenchView | None, *, direct: bool) -> Response[Any]:
    if view is None or (direct and view.chosen is None):
        raise NotFoundException
    return page(request, "workbench.html", here="workbench", view=view, direct=direct)
