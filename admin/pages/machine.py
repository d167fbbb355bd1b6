"""What machines ask: health, static files, and the event stream."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response, ServerSentEvent, ServerSentEventMessage

from admin.assets import assets, version
from admin.deps import LiveEvent
from admin.pages.answer import deps_of, viewer_of
from admin.session import SESSION_COOKIE

PULSE = 15.0
"""Seconds between two comments on a quiet stream; at each the session is looked at again."""
LOOK_AGAIN = 2.0
"""On a busy stream, seconds after which it is looked at again: a change must not cost a query for every open page."""

FOR_EVER = "public, max-age=31536000, immutable"


@get("/health", opt={"open": True})
async def health(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """200 once the board is ready, 503 before."""
    ready = bool(await deps_of(request).ready())
    return Response({"status": "ready" if ready else "starting"}, status_code=200 if ready else 503)


@get("/static/{digest:str}/{file:path}", opt={"open": True})
async def static(request: Request[Any, Any, Any], digest: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    asset = assets().get(str(file).lstrip("/"))
    if asset is None:
        raise NotFoundException
    tag = f'"{version()}"'
    headers = {"ETag": tag, "Cache-Control": FOR_EVER if digest == version() else "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    if "gzip" in request.headers.get("accept-encoding", "") and len(asset.zipped) < len(asset.body):
        return Response(asset.zipped, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)


@get("/{rest:path}", opt={"open": True})
async def anything_else(rest: FromPath[str]) -> Response[bytes]:
    """No such page, said inside the shell."""
    raise NotFoundException


@get("/events", sync_to_thread=False)
def events(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """What changes for this reader, from now on or after `Last-Event-ID`; it ends when the session does."""
    return ServerSentEvent(_messages(request), headers={"Cache-Control": "no-store"})


async def _messages(request: Request[Any, Any, Any]) -> AsyncIterator[ServerSentEventMessage]:
    deps = deps_of(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    stream = deps.stream.subscribe(viewer_of(request), request.headers.get("last-event-id"))
    yield ServerSentEventMessage(data=None, comment="ready", retry=2000)
    waiting: asyncio.Future[LiveEvent] | None = None
    looked_at = time.monotonic()
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(stream))
            done, _ = await asyncio.wait({waiting}, timeout=PULSE)
            if not done or time.monotonic() - looked_at > LOOK_AGAIN:
                if await deps.doors.viewer(token) is None:
                    return
                looked_at = time.monotonic()
            if not done:
                yield ServerSentEventMessage(data=None, comment="pulse")
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield ServerSentEventMessage(data=msgspec.json.encode(event), event=event.kind, id=event.id)
    finally:
        if waiting is not None:
            waiting.cancel()
