"""Who is asking: the session cookie, the reader's language, and what is open without signing in."""

from typing import Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from admin.deps import Deps
from admin.errors import ForbiddenError, SignInNeededError
from admin.menu import may_open
from runtime.board.viewer import Viewer
from schema_defs.text import LANGS, Lang

SESSION_COOKIE = "duiqi_session"
LANGUAGE_COOKIE = "duiqi_language"
THIRTY_DAYS = 30 * 24 * 3600


class WhoIsAsking(AbstractAuthenticationMiddleware):
    """Puts the `Viewer` of the session, or None, into `request.user`, the token into `request.auth`."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        token = connection.cookies.get(SESSION_COOKIE)
        deps: Deps = connection.app.state["deps"]
        viewer = await deps.doors.viewer(token) if token else None
        chosen = _chosen(connection.cookies.get(LANGUAGE_COOKIE))
        if viewer is not None and chosen is not None:
            viewer = msgspec.structs.replace(viewer, lang=chosen)
        return AuthenticationResult(user=viewer, auth=token if viewer else None)


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: everything but what says `opt={"open": True}` needs a session, and the right to its menu entry."""
    if handler.opt.get("open"):
        return
    viewer = connection.scope.get("user")
    if not isinstance(viewer, Viewer):
        raise SignInNeededError
    entry = handler.opt.get("entry")
    if entry and not may_open(viewer, entry):
        raise ForbiddenError


def language_of(request: Request[Any, Any, Any]) -> Lang:
    """The cookie's, else the account's, else the first that the browser names, else Chinese."""
    chosen = _chosen(request.cookies.get(LANGUAGE_COOKIE))
    if chosen is not None:
        return chosen
    viewer = request.scope.get("user")
    if isinstance(viewer, Viewer):
        return viewer.lang
    named = request.headers.get("accept-language", "").lower()
    places = {lang: named.find(lang) for lang in LANGS if lang in named}
    return min(places, key=lambda lang: places[lang]) if places else "zh"


def _chosen(cookie: str | None) -> Lang | None:
    """The language that the reader chose on this device."""
    return next((lang for lang in LANGS if lang == cookie), None)


def session_cookie(token: str, *, secure: bool) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE, value=token, max_age=THIRTY_DAYS, path="/", httponly=True, samesite="lax", secure=secure
    )


def language_cookie(lang: Lang, *, secure: bool) -> Cookie:
    return Cookie(
        key=LANGUAGE_COOKIE,
        value=lang,
        max_age=12 * THIRTY_DAYS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def safe_next(address: str | None) -> str:
    """Where to go on: only a path of our own, never another host."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return "/board"
    return address if address.isprintable() and len(address) <= 500 else "/board"
