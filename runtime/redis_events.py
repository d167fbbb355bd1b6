"""Events between processes, through Redis: a stream per tenant keeps them, a channel says that there are new ones."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.events import GAP, KEPT, Event, Stream

log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 1.0
_ROUND_SECONDS = 15.0


class RedisEvents:
    """One listener per process and tenant reads the stream in its order and passes it on to all pages."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(url)
        self._streams: dict[str, Stream] = {}
        self._listeners: dict[str, asyncio.Task[None]] = {}
        self._starting = asyncio.Lock()

    async def publish(self, tenant: str, kind: str, data: dict[str, Any]) -> None:
        body = msgspec.json.encode({"kind": kind, "data": data})
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.xadd(_key(tenant), {"body": body}, maxlen=KEPT, approximate=True)
                pipe.publish(_channel(tenant), b"new")
                await pipe.execute()
        except (RedisError, OSError):
            log.warning("event not published", tenant=tenant, kind=kind)

    async def subscribe(self, tenant: str, after: str | None = None) -> AsyncIterator[Event]:
        stream = await self._listening(tenant)
        async for event in stream.read(after):
            yield event

    async def close(self) -> None:
        for listener in self._listeners.values():
            listener.cancel()
        await asyncio.gather(*self._listeners.values(), return_exceptions=True)
        await self._redis.aclose()

    async def _listening(self, tenant: str) -> Stream:
        """The tenant's stream, filled with what Redis keeps, and a listener that goes on filling it."""
        async with self._starting:
            if tenant not in self._streams:
                stream = Stream()
                with contextlib.suppress(RedisError, OSError):
                    await self._read_new(tenant, stream)
                self._streams[tenant] = stream
                self._listeners[tenant] = asyncio.create_task(self._listen(tenant, stream))
            return self._streams[tenant]

    async def _listen(self, tenant: str, stream: Stream) -> None:
        """Reads whenever the channel says so, and now and then anyway; after a break the pages are told to load again."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(_channel(tenant))
                    while True:
                        await self._read_new(tenant, stream)
                        await channel.get_message(ignore_subscribe_messages=True, timeout=_ROUND_SECONDS)
            except (RedisError, OSError):
                log.warning("events interrupted", tenant=tenant)
                await asyncio.sleep(_PAUSE_SECONDS)
                stream.append(Event(id=stream.last_id or "0-0", kind=GAP))

    async def _read_new(self, tenant: str, stream: Stream) -> None:
        start = f"({stream.last_id}" if stream.last_id else "-"
        for event_id, fields in await self._redis.xrange(_key(tenant), min=start):
            body = msgspec.json.decode(fields[b"body"])
            stream.append(Event(id=event_id.decode(), kind=body["kind"], data=body["data"]))


def _key(tenant: str) -> str:
    return f"duiqi:events:{tenant}"


def _channel(tenant: str) -> str:
    return f"duiqi:new-events:{tenant}"
