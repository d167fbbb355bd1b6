"""The board kept between requests: built again when a number, an alert, a release or the minute changed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta

from runtime.board.build import FRESH, build_board
from runtime.board.empty import empty_board
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from runtime.numbers.read import numbers_mark
from runtime.people.rights import sees_everything
from runtime.releases.prepared import Prepared

KEPT = 256
TRUSTED = 0.5
"""Seconds for which a reader's board is shown again without a look at what is stored."""
Key = tuple[str, ...]


class Boards:
    """The boards of one process. Readers with the same rights share one, and wait for one building of it.

    A cell says for `fresh` what moved it, in the tenants' time.
    """

    def __init__(self, fresh: timedelta = FRESH) -> None:
        self._fresh = fresh
        self._looked_at: dict[Key, tuple[float, Key]] = {}
        self._changed_at: dict[str, float] = {}
        self._kept: OrderedDict[Key, tuple[str, asyncio.Task[BoardView]]] = OrderedDict()

    def just_seen(self, viewer: Viewer, opened: Collection[str] = ()) -> BoardView | None:
        """The board that this reader was shown within the last half second, unless something has changed since: no query."""
        looked_at, key = self._looked_at.get(_reader(viewer, opened), (0.0, ()))
        is_new = looked_at > max(self._changed_at.get(viewer.tenant, 0.0), time.monotonic() - TRUSTED)
        kept = self._kept.get(key) if is_new else None
        return kept[1].result() if kept and kept[1].done() and not _failed(kept[1]) else None

    def changed(self, tenant: str) -> None:
        """Something of the tenant has changed: whoever is told of it must not be shown what was there before."""
        self._changed_at[tenant] = time.monotonic()

    async def board(
        self, configured: Prepared, viewer: Viewer, now: datetime, *, opened: Collection[str] = ()
    ) -> BoardView:
        """The first board that the reader may see, as it stands now."""
        looked_at, boards = time.monotonic(), configured.release.boards.values()
        board = next((each for each in boards if not each.visible_to or viewer.has(*each.visible_to)), None)
        if board is None:
            return empty_board(viewer, now, configured.calendar, configured.number)
        who = "" if sees_everything(configured, viewer) else viewer.person or ""
        key = (configured.tenant, board.name, who, ",".join(sorted(viewer.roles)), ",".join(sorted(opened)))
        mark = f"{configured.number} {await numbers_mark(configured.tenant)} {now:%Y-%m-%dT%H:%M}"
        kept = self._kept.get(key)
        if kept is None or kept[0] != mark or _failed(kept[1]):
            kept = (
                mark,
                asyncio.create_task(build_board(configured, board, viewer, now, opened=opened, fresh=self._fresh)),
            )
            self._kept[key] = kept
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found = await asyncio.shield(kept[1])
        if len(self._looked_at) > KEPT:
            self._looked_at.clear()
        self._looked_at[_reader(viewer, opened)] = looked_at, key
        return found


def _reader(viewer: Viewer, opened: Collection[str]) -> Key:
    return (viewer.tenant, viewer.person or "", ",".join(viewer.roles), *sorted(opened))


def _failed(building: asyncio.Task[BoardView]) -> bool:
    """What failed for one reader is tried again for the next."""
    return building.done() and (building.cancelled() or building.exception() is not None)
