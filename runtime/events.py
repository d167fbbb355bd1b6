"""Small events from whoever changed something to whoever looks at it, per tenant."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Protocol

import msgspec

from runtime.database import after_commit
from runtime.ids import new_id

KEPT = 1000
"""So many events of a tenant can be read again after a break."""
GAP = "gap"


class Event(msgspec.Struct, frozen=True):
    """Something changed. Of kind `gap`: events were missed, load everything again."""

    id: str
    kind: str
    data: dict[str, Any] = {}


class Events(Protocol):
    """The way from a change to the open pages of the same tenant."""

    async def publish(self, tenant: str, kind: str, data: dict[str, Any]) -> None:
        """Sends an event; losing it loses nothing but speed, so it never raises."""
        ...

    def subscribe(self, tenant: str, after: str | None = None) -> AsyncIterator[Event]:
        """Events from now on, or from the one whose id is `after` (the browser's Last-Event-ID) on."""
        ...

    async def close(self) -> None: ...


class Stream:
    """The last events of one tenant, and those who wait for the next one."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._moved = asyncio.Event()
        self._total = 0
        self.readers = 0

    @property
    def last_id(self) -> str | None:
        return self._events[-1].id if self._events else None

    def append(self, event: Event) -> None:
        self._events.append(event)
        self._total += 1
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def read(self, after: str | None) -> AsyncIterator[Event]:
        """Without end; a reader that fell behind what is kept, or comes with an unknown id, is told so by a gap."""
        position = self._position(after)
        while True:
            oldest = self._total - len(self._events)
            if position is None or position < oldest:
                position = self._total
                yield Event(id=self.last_id or "", kind=GAP)
            while position < self._total and position >= self._total - len(self._events):
                event = self._events[position - (self._total - len(self._events))]
                position += 1
                yield event
            if position == self._total:
                await self._moved.wait()

    def _position(self, after: str | None) -> int | None:
        if after is None:
            return self._total
        for back, event in enumerate(reversed(self._events)):
            if event.id == after:
                return self._total - back
        return None


class LocalEvents:
    """Events inside one process."""

    def __init__(self) -> None:
        self._streams: dict[str, Stream] = {}

    async def publish(self, tenant: str, kind: str, data: dict[str, Any]) -> None:
        self._stream(tenant).append(Event(id=new_id(), kind=kind, data=data))

    async def subscribe(self, tenant: str, after: str | None = None) -> AsyncIterator[Event]:
        async for event in self._stream(tenant).read(after):
            yield event

    async def close(self) -> None:
        self._streams.clear()

    def _stream(self, tenant: str) -> Stream:
        return self._streams.setdefault(tenant, Stream())


_publishing: set[asyncio.Task[None]] = set()


def publish_after_commit(events: Events, tenant: str, kind: str, data: dict[str, Any]) -> None:
    """Publishes when the surrounding transaction has been committed; at once without one."""

    def publish() -> None:
        task = asyncio.get_running_loop().create_task(events.publish(tenant, kind, data))
        _publishing.add(task)
        task.add_done_callback(_publishing.discard)

    after_commit(publish)
