"""Backtest: a rule tried on the past, as known then and with hindsight."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Response

from admin.pages.answer import deps_of, go, page, viewer_of
from runtime.backtests.tried import MODES
from schema_defs.errors import UsageError
from schema_defs.text import Said

REFRESH = {"Refresh": "2"}
"""While the work is under way the page asks again, in seconds; it needs no script."""


YEARS = range(1950, 2150)


class TryForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: Annotated[str, msgspec.Meta(max_length=200)]
    first: str
    last: str
    csrf: str = msgspec.field(name="_csrf_token", default="")


@get("/alerts/backtest", opt={"entry": "alerts"})
async def backtest(
    request: Request[Any, Any, Any],
    rule: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    mode: FromQuery[str] = "both",
    of: FromQuery[str] = "",
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The rule over the days: how to ask for it, its progress, or what it found; `of` and `day` explain one day."""
    if mode not in MODES:
        raise NotFoundException
    asked = _day(day)
    view = await deps_of(request).views.tried(
        viewer_of(request),
        rule=rule or None,
        first=_day(first),
        last=_day(last),
        mode=mode,
        explain=(of, asked) if of and asked else None,
    )
    if view is None:
        raise NotFoundException
    shown = page(request, "backtest.html", here="alerts", view=view)
    if view.state == "running":
        shown.headers.update(REFRESH)
    return shown


@post("/alerts/backtest", opt={"entry": "alerts"})
async def begin(request: Request[Any, Any, Any], data: URLEncodedBody[TryForm]) -> Redirect:
    first, last = _demanded(data.first), _demanded(data.last)
    await deps_of(request).verbs.try_rule(viewer_of(request), rule=data.rule, first=first, last=last)
    return go("/alerts/backtest?" + urlencode({"rule": data.rule, "first": first, "last": last}))


def _day(text: str) -> date | None:
    found = _parsed(text)
    if text and found is None:
        raise NotFoundException
    return found


def _demanded(text: str) -> date:
    found = _parsed(text)
    if found is None:
        raise UsageError(
            Said(
                zh=f"'{text}' 不是日期；请写成 2026-06-10 的样子",
                en=f"'{text}' is no date; write it like 2026-06-10",
            )
        )
    return found


def _parsed(text: str) -> date | None:
    """The day, where it is one of these centuries."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
