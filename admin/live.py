"""From the runtime's events to what one reader's open page is told: only what the reader may see."""

from collections.abc import AsyncIterator

from admin.deps import LiveEvent
from runtime.board.viewer import Viewer
from runtime.clock import Clock
from runtime.events import GAP, Event, Events
from runtime.people.rights import Sight, sight_of
from runtime.releases.prepared import prepared

KINDS: dict[str, str] = {
    "numbers": "cells", "source": "cells", "alert": "alerts", "delivery": "messages", "release": "release", "snapshot": "snapshots",
    GAP: "cells",
}  # fmt: skip
"""The runtime's kinds that a page cares about, and what it calls them."""


class RuntimeStream:
    """The tenant comes from the reader's session alone; rights are looked at for every event, so a change of roles counts at once."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self.events = events
        self.clock = clock

    async def subscribe(self, viewer: Viewer, last: str | None) -> AsyncIterator[LiveEvent]:
        async for event in self.events.subscribe(viewer.tenant, after=last):
            told = live_event(event, await self._sight(viewer))
            if told is not None:
                yield told

    async def _sight(self, viewer: Viewer) -> Sight:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return Sight(roles=frozenset(viewer.roles))
        return sight_of(configured.org, viewer, configured.calendar.today(self.clock.now()))


def live_event(event: Event, sight: Sight) -> LiveEvent | None:
    """What the page is told of the event: None for what is not for pages, or about rows that the reader may not see."""
    kind = KINDS.get(event.kind)
    if kind is None:
        return None
    named = _rows(event)
    seen = tuple(row for row in named if sight.sees(*row.split(":", 1)))
    if named and not seen:
        return None
    return LiveEvent(id=event.id, kind=kind, rows=seen, all=event.kind == GAP or bool(event.data.get("all")))  # type: ignore[arg-type]  # the table's values


def _rows(event: Event) -> tuple[str, ...]:
    if event.kind == "alert" and "scope" in event.data:
        return (f"{event.data['scope']}:{event.data['key']}",)
    return tuple(str(row) for row in event.data.get("rows", ()) if ":" in str(row))
