"""Alerts: the open ones, why each fired, who was told, and the answer."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Response

from admin.pages.answer import deps_of, from_address, go, in_address, page, viewer_of
from runtime.alerts.answer import LONGEST, REASONS, AlertAnswer
from runtime.board.alerts import AlertsView


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["seen", "reason", "support"]
    reason: str = ""
    text: Annotated[str, msgspec.Meta(max_length=LONGEST)] = ""
    promised: str = ""
    mention: str = ""
    csrf: str = msgspec.field(name="_csrf_token", default="")


@get("/alerts", opt={"entry": "alerts"})
async def alerts(request: Request[Any, Any, Any]) -> Response[Any]:
    view = await deps_of(request).views.alerts(viewer_of(request))
    return _page(request, view, direct=False)


@get("/alerts/why", opt={"entry": "alerts"})
async def watch(
    request: Request[Any, Any, Any], rule: FromQuery[str], of: FromQuery[str], day: FromQuery[str] = ""
) -> Response[Any]:
    """How a rule sees a scope (`region:shanghai`): the last judged day, or another one, condition by condition."""
    scope, _, key = of.partition(":")
    chosen = _day(day)
    view = await deps_of(request).views.watch(viewer_of(request), rule=rule, scope=scope, key=key, day=chosen)
    if view is None:
        raise NotFoundException
    return page(request, "watch.html", here="alerts", view=view, asked=chosen)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotFoundException from error


@get("/alerts/{alert_id:str}", opt={"entry": "alerts"})
async def alert(request: Request[Any, Any, Any], alert_id: FromPath[str]) -> Response[Any]:
    view = await deps_of(request).views.alerts(viewer_of(request), chosen=from_address(alert_id))
    return _page(request, view, direct=True)


@post("/alerts/{alert_id:str}", opt={"entry": "alerts"})
async def answer(
    request: Request[Any, Any, Any], alert_id: FromPath[str], data: URLEncodedBody[AnswerForm]
) -> Response[Any] | Redirect:
    viewer = viewer_of(request)
    key = from_address(alert_id)
    errors, promised = _errors(data)
    if errors:
        view = await deps_of(request).views.alerts(viewer, chosen=key)
        return _page(request, view, direct=True, given=data, errors=errors, status=422)
    said = AlertAnswer(
        kind=data.kind,
        reason=data.reason if data.kind == "reason" else None,
        text=data.text.strip(),
        promised_on=promised,
    )
    await deps_of(request).verbs.answer(viewer, key, said, (data.mention,) if data.mention else ())
    return go(f"/alerts/{in_address(key)}", "answered")


def _errors(data: AnswerForm) -> tuple[dict[str, str], date | None]:
    """Keys of the texts by field, and the promised day."""
    errors: dict[str, str] = {}
    promised = None
    if data.kind == "reason" and data.reason not in REASONS:
        errors["reason"] = "answer.needs_reason"
    if data.kind == "support" and not data.text.strip():
        errors["text"] = "answer.needs_support"
    if data.kind == "reason" and data.promised:
        try:
            promised = date.fromisoformat(data.promised)
        except ValueError:
            errors["promised"] = "answer.needs_day"
    return errors, promised


def _page(
    request: Request[Any, Any, Any],
    view: AlertsView | None,
    *,
    direct: bool,
    given: AnswerForm | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    if view is None or (direct and view.chosen is None):
        raise NotFoundException
    given = given or AnswerForm(kind="reason")
    return page(
        request,
        "alerts.html",
        here="alerts",
        status=status,
        view=view,
        direct=direct,
        given=given,
        errors={"reason": None, "text": None, "promised": None, **(errors or {})},
        reasons=REASONS,
    )
