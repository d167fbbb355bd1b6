"""Workbench: the calendar of a year, the import of an official plan, and the correction of a day."""

from datetime import date
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from admin.pages.answer import deps_of, go, page, viewer_of
from schema_defs.errors import DuiqiError, RefusedError
from schema_defs.text import Said


@get("/workbench/calendar", opt={"entry": "workbench"})
async def calendar(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _page(request, None)


@get("/workbench/calendar/{year:int}", opt={"entry": "workbench"})
async def calendar_of_year(request: Request[Any, Any, Any], year: FromPath[int]) -> Response[Any]:
    return await _page(request, year)


@post("/workbench/calendar/{year:int}/import", opt={"entry": "workbench"})
async def import_plan(request: Request[Any, Any, Any], year: FromPath[int]) -> Response[Any] | Redirect:
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return await _page(request, year, error=_NO_FILE)
    try:
        content = await given.read()
        years = await deps_of(request).verbs.import_calendar(viewer_of(request), given.filename, content)
    except RefusedError:
        raise
    except DuiqiError as error:
        return await _page(request, year, error=error.said)
    return go(f"/workbench/calendar/{years[0]}", "calendar_imported")


@post("/workbench/calendar/{year:int}/day", opt={"entry": "workbench"})
async def correct(request: Request[Any, Any, Any], year: FromPath[int]) -> Response[Any] | Redirect:
    form = await request.form()
    try:
        day = date.fromisoformat(str(form.get("day")))
    except ValueError:
        return await _page(request, year, error=_NO_DAY)
    try:
        kind, name = str(form.get("kind")), str(form.get("name") or "").strip()[:80]
        await deps_of(request).verbs.correct_calendar(viewer_of(request), day, kind, name)
    except RefusedError:
        raise
    except DuiqiError as error:
        return await _page(request, year, error=error.said)
    return go(f"/workbench/calendar/{day.year}", "calendar_corrected")


async def _page(request: Request[Any, Any, Any], year: int | None, error: Said | None = None) -> Response[Any]:
    view = await deps_of(request).views.calendar(viewer_of(request), year=year)
    if view is None:
        raise NotFoundException
    shown = None if error is None else {"zh": error.zh, "en": error.en}
    return page(request, "calendar.html", here="workbench", status=422 if error else 200, view=view, error=shown)


_NO_FILE = Said(
    zh="没有选择文件；请选择含 day, kind, name 三列的 CSV 或 Excel 文件",
    en="no file was chosen; choose a CSV or Excel file with the columns day, kind, name",
)
_NO_DAY = Said(zh="没有选择日期；写成 2027-02-06", en="no day was chosen; write it as 2027-02-06")
