"""Errors as pages and as short answers: a sentence, what to do next, never a traceback."""

import logging
import secrets
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, NotFoundException, PermissionDeniedException, ValidationException
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from schema_defs.errors import ConflictError, DuiqiError, OutsideError, RefusedError

LOG = logging.getLogger("duiqi.admin")


class SignInNeededError(Exception):
    """Nobody is signed in, and this page needs somebody."""


class ForbiddenError(Exception):
    """This reader's roles do not include the page."""


def status_of(error: DuiqiError) -> int:
    match error:
        case RefusedError():
            return 403
        case ConflictError():
            return 409
        case OutsideError():
            return 503
        case _:
            return 422


def sign_in_first(request: Request[Any, Any, Any], error: SignInNeededError) -> Response[Any]:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        query = f"?{request.scope['query_string'].decode('latin-1')}" if request.scope["query_string"] else ""
        return Redirect(f"/login?next={_quoted(request.scope['path'] + query)}", status_code=HTTP_303_SEE_OTHER)
    return _error_page(request, 401, "sign_in")


def forbidden(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    is_csrf = isinstance(error, PermissionDeniedException) and "CSRF" in str(error.detail)
    return _error_page(request, 403, "stale" if is_csrf else "forbidden")


def not_found(request: Request[Any, Any, Any], error: NotFoundException) -> Response[Any]:
    return _error_page(request, 404, "not_found")


def refused(request: Request[Any, Any, Any], error: DuiqiError) -> Response[Any]:
    return _error_page(request, status_of(error), "said", said=error.said)


def unreadable(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    return _error_page(request, 422, "unreadable")


def other_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return _error_page(request, error.status_code, "not_allowed" if error.status_code == 405 else "unreadable")


def broken(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Our own fault: logged with a reference that the page shows."""
    reference = secrets.token_hex(4)
    LOG.error("unexpected error %s at %s", reference, request.scope["path"], exc_info=error)
    return _error_page(request, 500, "broken", reference=reference)


def _error_page(request: Request[Any, Any, Any], status: int, key: str, **context: Any) -> Response[Any]:
    from admin.pages.answer import page

    values: dict[str, Any] = {"said": None, "reference": None, **context}
    return page(request, "error.html", status=status, here=None, problem=key, status_code=status, **values)


def _quoted(address: str) -> str:
    from urllib.parse import quote

    return quote(address, safe="/")


HANDLERS: dict[int | type[Exception], Any] = {
    SignInNeededError: sign_in_first, ForbiddenError: forbidden, PermissionDeniedException: forbidden, NotFoundException: not_found,
    DuiqiError: refused, ValidationException: unreadable, HTTPException: other_http, Exception: broken,
}  # fmt: skip
