"""How a page answers: the shell's context, one-time messages, and what a script asks for a part of."""

from typing import Annotated, Any
from urllib.parse import quote, unquote

from litestar import Request
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect, Response
from litestar.status_codes import HTTP_303_SEE_OTHER

from admin.catalogue import say
from admin.deps import Deps
from admin.freshness import TOKEN_COOKIE
from admin.kept import Kept
from admin.menu import menu_of
from admin.session import language_of
from runtime.board.viewer import Viewer

PageNumber = Annotated[int, QueryParameter(name="page", ge=1)]
"""Which page of a long table, from 1."""

FLASH_COOKIE = "duiqi_flash"
PART_HEADER = "x-part"


def deps_of(request: Request[Any, Any, Any]) -> Deps:
    deps: Deps = request.app.state["deps"]
    return deps


def viewer_of(request: Request[Any, Any, Any]) -> Viewer:
    """The signed-in reader, in the language they read now. Only behind the guard."""
    viewer = request.scope["user"]
    assert isinstance(viewer, Viewer)
    return viewer


def wants_part(request: Request[Any, Any, Any]) -> bool:
    """A script asks for the inner part only, to put it into the open page."""
    return PART_HEADER in request.headers


def page(
    request: Request[Any, Any, Any],
    name: str,
    *,
    here: str | None,
    status: int = 200,
    about: object = None,
    **context: Any,
) -> Response[bytes]:
    """The template with everything that the shell needs.

    A page is kept for its reader where it says what it is `about`: all else that it reads has to be in its address. One with
    a one-time message is not, nor one whose form token has only just been made.
    """
    viewer, lang, address = request.scope.get("user"), language_of(request), _address(request)
    flash, form_token = request.cookies.get(FLASH_COOKIE), request.cookies.get(TOKEN_COOKIE)
    kept: Kept = request.app.state["kept"]

    def render() -> str:
        templates = request.app.template_engine
        assert templates is not None
        return str(templates.get_template(name).render(**_shell(request, here, flash), **context))

    if about is None or flash or form_token is None:
        body = kept.fill(render().encode())
    else:
        body = kept.page((name, address, lang, request.auth, form_token), viewer, about, render)
    gone = [Cookie(key=FLASH_COOKIE, value="", max_age=0, path="/", httponly=True)] if flash else []
    headers = {"Vary": "Cookie, X-Part"}
    return Response(body, media_type="text/html; charset=utf-8", status_code=status, cookies=gone, headers=headers)


def _shell(request: Request[Any, Any, Any], here: str | None, flash: str | None) -> dict[str, Any]:
    """What the frame of every page reads."""
    viewer, lang = request.scope.get("user"), language_of(request)
    return {
        "viewer": viewer,
        "lang": lang,
        "here": here,
        "menu": menu_of(viewer, chat=deps_of(request).chat) if isinstance(viewer, Viewer) else (),
        "flash": say(lang, f"flash.{flash}") if flash in FLASHES else None,
        "address": _address(request),
        "request": request,
    }


def _address(request: Request[Any, Any, Any]) -> str:
    """The path with its query, to come back to."""
    query = request.scope["query_string"].decode("latin-1")
    return str(request.scope["path"]) + (f"?{query}" if query else "")


FLASHES = (
    "answered", "record_saved", "freezing", "signed_out", "calendar_imported", "calendar_corrected", "draft_saved", "draft_removed", "released", "planned",
    "approved", "discarded", "kept", "cancelled", "rolled_back",
)  # fmt: skip
"""Messages that survive one redirect, by name: the cookie never carries text."""


def go(address: str, flash: str | None = None) -> Redirect:
    """See other, with a message for the next page."""
    cookies = (
        [Cookie(key=FLASH_COOKIE, value=flash, max_age=60, path="/", httponly=True, samesite="lax")] if flash else []
    )
    return Redirect(address, status_code=HTTP_303_SEE_OTHER, cookies=cookies)


def in_address(text: str) -> str:
    """A key inside a path."""
    return quote(text, safe="")


def from_address(text: str) -> str:
    return unquote(text)
