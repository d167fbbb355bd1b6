"""The guarded client: what leaves this machine on a user's behalf goes to public addresses and nowhere else.

Every address behind the name is checked, and the connection is made to the address that was checked: a name that
resolves differently a moment later gains nothing. TLS and the Host header keep the name.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import httpcore
import httpx

from connectors.http.addresses import is_loopback, is_public
from connectors.http.target import check_target, is_loopback_name, refuse_private

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
ADDRESSES = 4
"""So many of a name's addresses are tried."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the operating system knows for the name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks every address, and dials a checked one."""

    def __init__(self, resolve: Resolve, dial: httpcore.AsyncNetworkBackend, *, allow_loopback: bool) -> None:
        self._resolve = resolve
        self._dial = dial
        self._allow_loopback = allow_loopback

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        problem: Exception = httpcore.ConnectError("the name has no address")
        for address in (await self._checked(host, port, timeout))[:ADDRESSES]:
            try:
                return await self._dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                problem = failed
        raise problem

    async def sleep(self, seconds: float) -> None:
        await self._dial.sleep(seconds)

    async def _checked(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout("resolving took too long") from None
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("the name cannot be resolved") from None
        own = self._allow_loopback and is_loopback_name(host)
        if not all(is_loopback(address) if own else is_public(address) for address in addresses):
            refuse_private(host)
        return addresses


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over the guarded backend; each request resolves anew."""

    def __init__(self, backend: GuardedBackend, verify: Any, *, allow_loopback: bool) -> None:
        super().__init__(verify=verify, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify, max_connections=100, max_keepalive_connections=0, network_backend=backend
        )
        self._allow_loopback = allow_loopback

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_target(request.url, allow_loopback=self._allow_loopback)
        return await super().handle_async_request(request)


def outbound_client(
    *,
    allow_loopback: bool = False,
    resolve: Resolve = system_resolve,
    dial: httpcore.AsyncNetworkBackend | None = None,
    verify: Any = None,
    timeout: httpx.Timeout = TIMEOUT,
) -> httpx.AsyncClient:
    """The client for all requests to addresses that users configured: no redirects, no proxies of the environment,
    10 s to connect. `allow_loopback` opens this machine itself (the demo's simulator). `resolve`, `dial` and `verify`
    (an SSL context) replace the system's own."""
    backend = GuardedBackend(resolve, dial or httpcore.AnyIOBackend(), allow_loopback=allow_loopback)
    transport = GuardedTransport(backend, verify or httpx.create_ssl_context(), allow_loopback=allow_loopback)
    keep_secrets_out_of_logs()
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


class HostOnly(logging.Filter):
    """httpx logs each request's whole address; tokens stand in it, so only the host stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(shown(one) for one in record.args)
        return True


def shown(value: object) -> object:
    return f"{value.scheme}://{value.netloc.decode()}/…" if isinstance(value, httpx.URL) else value


def keep_secrets_out_of_logs() -> None:
    logger = logging.getLogger("httpx")
    if not any(isinstance(one, HostOnly) for one in logger.filters):
        logger.addFilter(HostOnly())
