"""Serving the pages of a running system."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from admin.app import create_app
from admin.deps import Deps
from admin.wiring.doors import RunningDoors
from admin.wiring.editor import RunningEditor
from admin.wiring.stream import RunningStream
from admin.wiring.verbs import RunningVerbs
from admin.wiring.views import RunningViews
from runtime.context import Context
from runtime.database import answers
from schema_defs.errors import UsageError
from schema_defs.text import Said


def deps_of(context: Context, *, secure_cookies: bool = False, views: RunningViews | None = None) -> Deps:
    """The pages' dependencies for `duiqi serve`; `views` are those of the demo."""
    views = views or RunningViews(context)

    async def ready() -> bool:
        return await answers()

    return Deps(
        views=views,
        verbs=RunningVerbs(context),
        doors=RunningDoors(),
        editor=RunningEditor(context),
        stream=RunningStream(context, views.changed),
        ready=ready,
        secret=context.settings.secret_key,
        secure_cookies=secure_cookies,
    )


class Server(uvicorn.Server):
    """A server whose signals are its owner's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listener_on(host: str, port: int) -> socket.socket:
    """An open socket; raises UsageError when the port is taken."""
    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        raise UsageError(
            Said(
                zh=f"无法监听 {host}:{port}（{error.strerror}）；请换一个端口：--port {port + 1}",
                en=f"cannot listen on {host}:{port} ({error.strerror}); choose another port: --port {port + 1}",
            )
        ) from None


async def serve(deps: Deps, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serves until `stop` is set; open streams end within a second."""
    config = uvicorn.Config(
        create_app(deps),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    await serving
