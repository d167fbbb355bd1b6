"""Workbench: the documents of the live release."""

from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from admin.pages.answer import deps_of, from_address, page, viewer_of
from runtime.board.workbench import WorkbenchView


@get("/workbench", opt={"entry": "workbench"})
async def workbench(request: Request[Any, Any, Any]) -> Response[Any]:
    return _page(request, await deps_of(request).views.workbench(viewer_of(request)), direct=False)


@get("/workbench/{kind:str}/{name:str}", opt={"entry": "workbench"})
async def document(request: Request[Any, Any, Any], kind: FromPath[str], name: FromPath[str]) -> Response[Any]:
    view = await deps_of(request).views.workbench(viewer_of(request), kind=kind, name=from_address(name))
    return _page(request, view, direct=True)


def _page(request: Request[Any, Any, Any], view: WorkbenchView | None, *, direct: bool) -> Response[Any]:
    if view is None or (direct and view.chosen is None):
        raise NotFoundException
    return page(request, "workbench.html", here="workbench", view=view, direct=direct)
