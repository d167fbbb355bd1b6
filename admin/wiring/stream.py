"""The running system's events as a reader's pages need them: only what is theirs."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from admin.deps import LiveEvent
from runtime.board.viewer import Viewer
from runtime.context import Context
from runtime.events import GAP, Event
from runtime.people.rights import Sight, sight_in
from runtime.releases.prepared import prepared

LOOK_AGAIN = 5.0
"""Seconds after which a reader's rights are looked up anew; after a release at once."""


class RunningStream:
    """`changed` is told the tenant of every event before its readers are."""

    def __init__(self, context: Context, changed: Callable[[str], None] = lambda tenant: None) -> None:
        self._context = context
        self._changed = changed

    async def subscribe(self, viewer: Viewer, last: str | None) -> AsyncIterator[LiveEvent]:
        """What changes for this reader from now on, after `last` where it is still known."""
        sight, looked_at = None, 0.0
        async for event in self._context.events.subscribe(viewer.tenant, last):
            self._changed(viewer.tenant)
            if sight is None or event.kind == "release" or time.monotonic() - looked_at > LOOK_AGAIN:
                sight, looked_at = await self._sight(viewer), time.monotonic()
            found = live_event(event, sight) if sight else None
            if found is not None:
                yield found

    async def _sight(self, viewer: Viewer) -> Sight | None:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return None
        return sight_in(configured, viewer, configured.calendar.today(self._context.clock.now()))


def live_event(event: Event, sight: Sight) -> LiveEvent | None:
    """The event as pages know it; None when nothing of it is the reader's."""
    match event.kind:
        case "numbers":
            rows = tuple(row for row in event.data.get("rows", ()) if sight.sees(*_scope_and_key(row)))
            everything = bool(event.data.get("all"))
            return LiveEvent(id=event.id, kind="cells", rows=rows, all=everything) if rows or everything else None
        case "alert" if "scope" in event.data and not sight.sees(event.data["scope"], event.data["key"]):
            return None
        case "alert":
            return LiveEvent(id=event.id, kind="alerts", all=True)
        case "delivery":
            return LiveEvent(id=event.id, kind="messages")
        case "release" | "source":
            return LiveEvent(id=event.id, kind="release", all=event.kind == "release")
        case "snapshot":
            return LiveEvent(id=event.id, kind="snapshots")
        case kind if kind == GAP:
            return LiveEvent(id=event.id, kind="cells", all=True)
        case _:
            return None


def _scope_and_key(row: Any) -> tuple[str, str]:
    scope, _, key = str(row).partition(":")
    return scope, key
