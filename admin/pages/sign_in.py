"""Signing in and out, and the language."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Response

from admin.errors import ForbiddenError
from admin.pages.answer import deps_of, go, page
from admin.session import SESSION_COOKIE, language_cookie, language_of, safe_next, session_cookie
from runtime.board.viewer import Viewer
from schema_defs.text import LANGS, Lang


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`as` for the demo's cards, login and password elsewhere."""

    as_: str = msgspec.field(name="as", default="")
    login: str = ""
    password: str = ""
    next: str = ""
    csrf: str = msgspec.field(name="_csrf_token", default="")


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lang: Lang
    next: str = ""
    csrf: str = msgspec.field(name="_csrf_token", default="")


@get("/login", opt={"open": True})
async def sign_in_page(request: Request[Any, Any, Any], next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002
    if isinstance(request.scope.get("user"), Viewer):
        return Redirect(safe_next(next))
    return await _form(request, next_address=next)


@post("/login", opt={"open": True})
async def sign_in(request: Request[Any, Any, Any], data: URLEncodedBody[SignIn]) -> Response[Any]:
    _same_origin(request)
    deps = deps_of(request)
    old = request.cookies.get(SESSION_COOKIE)
    token = await (
        deps.doors.sign_in_as(data.as_, old) if data.as_ else deps.doors.sign_in(data.login, data.password, old)
    )
    if token is None:
        return await _form(request, next_address=data.next, login=data.login, wrong=True, status=422)
    answer = go(safe_next(data.next))
    answer.set_cookie(session_cookie(token, secure=deps.secure_cookies))
    return answer


@post("/logout", opt={"open": True})
async def sign_out(request: Request[Any, Any, Any]) -> Redirect:
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        await deps_of(request).doors.sign_out(token)
    answer = go("/login", "signed_out")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@post("/language", opt={"open": True})
async def language(request: Request[Any, Any, Any], data: URLEncodedBody[Language]) -> Redirect:
    assert data.lang in LANGS
    if request.auth:
        await deps_of(request).doors.set_language(request.auth, data.lang)
    answer = go(safe_next(data.next))
    answer.set_cookie(language_cookie(data.lang, secure=deps_of(request).secure_cookies))
    return answer


async def _form(
    request: Request[Any, Any, Any], *, next_address: str, login: str = "", wrong: bool = False, status: int = 200
) -> Response[Any]:
    view = await deps_of(request).doors.page(language_of(request))
    return page(
        request, "sign_in.html", here=None, status=status, sign_in=view, next=next_address, login=login, wrong=wrong
    )


def _same_origin(request: Request[Any, Any, Any]) -> None:
    """Signing in needs no token, since there is no session yet; but another site may not do it for somebody."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and origin.split("://", 1)[-1] != request.headers.get("host"):
        raise ForbiddenError
