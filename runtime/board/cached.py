"""The board kept between requests: built again when a number, an alert, a release or the minute changed."""

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime

from runtime.board.build import build_board
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from runtime.numbers.read import numbers_mark
from runtime.releases.prepared import Prepared
from schema_defs.errors import UsageError
from schema_defs.text import Said

KEPT = 256
Key = tuple[str, ...]
_boards: OrderedDict[Key, tuple[str, BoardView]] = OrderedDict()


async def cached_board(
    configured: Prepared, viewer: Viewer, now: datetime, *, opened: Collection[str] = ()
) -> BoardView:
    """The first board that the reader may see, as it stands now."""
    board = next(
        (each for each in configured.release.boards.values() if not each.visible_to or viewer.has(*each.visible_to)),
        None,
    )
    if board is None:
        raise UsageError(Said(zh="当前版本没有看板", en="the live release has no board"))
    key = (configured.tenant, board.name, viewer.person or "", ",".join(viewer.roles), ",".join(sorted(opened)))
    mark = f"{configured.number} {await numbers_mark(configured.tenant)} {now:%Y-%m-%dT%H:%M}"
    kept = _boards.get(key)
    if kept is None or kept[0] != mark:
        kept = mark, await build_board(configured, board, viewer, now, opened=opened)
        _boards[key] = kept
        while len(_boards) > KEPT:
            _boards.popitem(last=False)
    _boards.move_to_end(key)
    return kept[1]
