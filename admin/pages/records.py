"""Records: search, read with their versions, and, where the source is ours, edit at the source."""

from typing import Any

from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from admin.pages.answer import PageNumber, deps_of, from_address, go, in_address, page, viewer_of
from runtime.board.records import RecordView

MAX_FIELD = 2000


@get("/records", opt={"entry": "records"})
async def records(
    request: Request[Any, Any, Any],
    dataset: FromQuery[str] = "",
    search: FromQuery[str] = "",
    page_number: PageNumber = 1,
) -> Response[Any]:
    view = await deps_of(request).views.records(
        viewer_of(request), dataset=dataset or None, search=search.strip()[:200], page=page_number
    )
    if view is None:
        raise NotFoundException
    return page(request, "records.html", here="records", view=view)


@get("/records/{dataset:str}/{record_id:str}", opt={"entry": "records"})
async def record(request: Request[Any, Any, Any], dataset: FromPath[str], record_id: FromPath[str]) -> Response[Any]:
    view = await deps_of(request).views.record(viewer_of(request), dataset=dataset, record=from_address(record_id))
    return _page(request, view)


@post("/records/{dataset:str}/{record_id:str}", opt={"entry": "records"})
async def save(
    request: Request[Any, Any, Any], dataset: FromPath[str], record_id: FromPath[str]
) -> Response[Any] | Redirect:
    """The form's fields are the source's own, so they are read as they come: names starting with `f.`, texts only."""
    form = await request.form()
    values = {name[2:]: str(value)[:MAX_FIELD] for name, value in form.items() if name.startswith("f.")}
    view = await deps_of(request).verbs.edit_record(
        viewer_of(request), dataset=dataset, record=from_address(record_id), values=values
    )
    if view is None or any(field.error for field in view.fields):
        return _page(request, view, status=422)
    return go(f"/records/{in_address(dataset)}/{in_address(view.id)}", "record_saved")


def _page(request: Request[Any, Any, Any], view: RecordView | None, status: int = 200) -> Response[Any]:
    if view is None:
        raise NotFoundException
    return page(request, "record.html", here="records", status=status, view=view)
