"""The simulator behind a real socket on the loopback address."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.simulators.dingtalk.app import ABORT, App, Receive, Scope, Send
from connectors.simulators.dingtalk.simulator import Simulator

Open = dict[tuple[str, int], asyncio.Transport]


class QuietServer(uvicorn.Server):
    """A server inside somebody else's process, whose signals are not its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(simulator: Simulator, port: int = 0) -> AsyncIterator[str]:
    """Serves until the context ends; gives the address, such as `http://127.0.0.1:40123`. Port 0 takes a free one."""
    listener = socket.create_server(("127.0.0.1", port))
    connections: Open = {}
    config = uvicorn.Config(
        with_abort(simulator.app, connections),
        http=remembering(connections),
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def with_abort(app: App, connections: Open) -> App:
    """The application with a way to break the connection that a request came by."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")

        def breaks() -> None:
            transport = connections.get(tuple(client)) if client else None
            if transport is not None:
                reset(transport)

        extensions = {**(scope.get("extensions") or {}), ABORT: breaks}
        await app({**scope, "extensions": extensions}, receive, send)

    return wrapped


def reset(transport: asyncio.Transport) -> None:
    """Closes the connection with a reset instead of an orderly end."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def remembering(connections: Open) -> type[H11Protocol]:
    """uvicorn's protocol, which also notes the open connections by their client's address."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.peer = transport.get_extra_info("peername")
            connections[self.peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.peer, None)
            super().connection_lost(exc)

    return Remembering
