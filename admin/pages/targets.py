"""Targets: the split of a plan."""

from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Response

from admin.pages.answer import deps_of, page, viewer_of
from admin.pages.board import keys_of


@get("/targets", opt={"entry": "targets"})
async def targets(
    request: Request[Any, Any, Any], plan: FromQuery[str] = "", opened: FromQuery[str] = ""
) -> Response[Any]:
    view = await deps_of(request).views.targets(viewer_of(request), plan=plan or None, opened=keys_of(opened))
    if view is None:
        raise NotFoundException
    return page(request, "targets.html", here="targets", view=view, opened=keys_of(opened))
