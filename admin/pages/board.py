"""The war room: the board, its wall, its rows when something moved, and why a number is what it is."""

from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from admin.pages.answer import PageNumber, deps_of, page, viewer_of, wants_part
from runtime.board.drill import WhyView
from runtime.board.question import question_of
from runtime.board.view import BoardView, Cell, TableSection, TilesSection
from runtime.board.viewer import Viewer

MAX_KEYS = 200


@get("/", opt={"entry": "board"})
async def root() -> Redirect:
    return Redirect("/board")


@get("/board", opt={"entry": "board"})
async def board(
    request: Request[Any, Any, Any],
    opened: FromQuery[str] = "",
    focus: FromQuery[int] = 0,
    wall: FromQuery[int] = 0,
    why: FromQuery[str] = "",
) -> Response[Any]:
    viewer = viewer_of(request)
    shown = await deps_of(request).views.board(viewer, opened=keys_of(opened))
    context = board_context(shown, opened=keys_of(opened), focus=focus)
    if wall:
        return page(request, "wall.html", here="board", about=shown, **context)
    chosen = await _why(request, viewer, why, 1) if why else None
    return page(request, "board.html", here="board", about=None if why else shown, why=chosen, **context)


@get("/board/rows", opt={"entry": "board"})
async def rows(
    request: Request[Any, Any, Any],
    keys: FromQuery[str] = "",
    opened: FromQuery[str] = "",
    under: FromQuery[str] = "",
    wall: FromQuery[int] = 0,
) -> Response[Any]:
    """Rows by id, or the rows below `under`, with the parts of the page that go with every change."""
    open_rows = keys_of(opened) + ((under,) if under else ())
    shown = await deps_of(request).views.board(viewer_of(request), opened=open_rows)
    wanted = set(keys_of(keys))
    if under:
        wanted |= {
            row.id
            for section in shown.sections
            if isinstance(section, TableSection)
            for row in section.rows
            if row.parent == under
        }
    context = board_context(shown, opened=open_rows, focus=0)
    name = "wall_part.html" if wall else "board/rows_kept.html"
    return page(request, name, here="board", wanted=wanted, fresh=not under, **context)


@get("/board/why", opt={"entry": "board"})
async def why(request: Request[Any, Any, Any], why: FromQuery[str], page_number: PageNumber = 1) -> Response[Any]:
    """The explanation as a page of its own, or as the drawer's content."""
    found = await _why(request, viewer_of(request), why, page_number)
    return page(request, "why_part.html" if wants_part(request) else "why.html", here="board", why=found)


async def _why(request: Request[Any, Any, Any], viewer: Viewer, address: str, number: int) -> WhyView:
    asked = question_of(address, number)
    found = await deps_of(request).views.why(viewer, asked) if asked else None
    if found is None:
        raise NotFoundException
    return found


def keys_of(text: str) -> tuple[str, ...]:
    """Row ids out of an address, at most `MAX_KEYS`."""
    return tuple(key for key in text.split(",") if key)[:MAX_KEYS]


def board_context(shown: BoardView, *, opened: tuple[str, ...], focus: int) -> dict[str, Any]:
    return {"board": shown, "opened": opened, "focus": focus, "headline": headline(shown)}


def headline(shown: BoardView) -> Cell | None:
    """The first figure of the board: the pace in the page's lead is this cell's."""
    for section in shown.sections:
        if isinstance(section, TilesSection | TableSection) and section.rows and section.rows[0].cells:
            cell = section.rows[0].cells[0]
            return cell if cell.pace is not None else None
    return None
