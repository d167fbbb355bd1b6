"""Calibration: the frozen boards, opened, downloaded, or frozen now."""

from typing import Any

from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from admin.pages.answer import deps_of, from_address, go, page, viewer_of
from admin.pages.board import board_context


@get("/calibration", opt={"entry": "calibration"})
async def calibration(request: Request[Any, Any, Any]) -> Response[Any]:
    view = await deps_of(request).views.snapshots(viewer_of(request))
    return page(request, "calibration.html", here="calibration", view=view)


@get("/calibration/{snapshot_id:str}", opt={"entry": "calibration"})
async def snapshot(request: Request[Any, Any, Any], snapshot_id: FromPath[str]) -> Response[Any]:
    found = await deps_of(request).views.snapshot(viewer_of(request), from_address(snapshot_id))
    if found is None:
        raise NotFoundException
    context = board_context(found.board, opened=(), focus=0)
    return page(request, "snapshot.html", here="calibration", line=found.line, **context)


@get("/calibration/{snapshot_id:str}/pdf", opt={"entry": "calibration"})
async def snapshot_pdf(request: Request[Any, Any, Any], snapshot_id: FromPath[str]) -> Response[bytes]:
    found = await deps_of(request).views.snapshot_pdf(viewer_of(request), from_address(snapshot_id))
    if found is None:
        raise NotFoundException
    headers = {"Content-Disposition": f'attachment; filename="{found.file_name}"', "Cache-Control": "private, no-store"}
    return Response(found.body, media_type="application/pdf", headers=headers)


@post("/calibration", opt={"entry": "calibration"})
async def freeze(request: Request[Any, Any, Any]) -> Redirect:
    await deps_of(request).verbs.freeze(viewer_of(request))
    return go("/calibration", "freezing")
