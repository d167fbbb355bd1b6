"""The simulated DingTalk: what a manager's phone would show."""

from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Response

from admin.pages.answer import deps_of, page, viewer_of


@get("/chat", opt={"entry": "chat"})
async def chat(request: Request[Any, Any, Any], conversation: FromQuery[str] = "") -> Response[Any]:
    if not deps_of(request).chat:
        raise NotFoundException
    view = await deps_of(request).views.chat(viewer_of(request), conversation=conversation or None)
    if view is None:
        raise NotFoundException
    return page(request, "chat.html", here="chat", view=view)
