"""Freezing a board into a snapshot: at a release and a watermark, never changed afterwards."""

import asyncio
import hashlib
from datetime import date, datetime
from typing import Any

import msgspec
from tortoise.exceptions import IntegrityError

from engine.periods import month_bounds, month_of
from runtime.board.build import build_board
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from runtime.context import Context
from runtime.database import connection, is_sqlite, transact, transaction
from runtime.events import publish_after_commit
from runtime.meetings.frozen import Frozen, code_of, frozen_of, hash_of, plain, stilled
from runtime.meetings.pdf import pdf_of
from runtime.meetings.restricted import restricted_metrics
from runtime.meetings.rows import SnapshotRow
from runtime.numbers.compute import compute_dirty
from runtime.numbers.read import numbers_mark
from runtime.people.rights import everything
from runtime.queue.handlers import handler
from runtime.releases.prepared import Prepared, demand_prepared
from runtime.tenancy import add, rows
from schema_defs.board import Board
from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.text import Said

QUIET_TRIES = 3
"""So often a board is read anew when its numbers change under the reader; then the numbers have to wait."""


@handler("snapshot")
async def snapshot(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, str]:
    """Freezes what `args` ask for, once: the same `reason` again gives the same snapshot."""
    row = await freeze(
        context,
        tenant,
        args["board"],
        reason=args["reason"],
        kind=args.get("kind", "asked"),
        day=date.fromisoformat(args["day"]) if args.get("day") else None,
    )
    return {"snapshot": row.id}


async def freeze(
    context: Context,
    tenant: str,
    board_name: str,
    *,
    reason: str,
    kind: str = "asked",
    meeting: str | None = None,
    day: date | None = None,
    planned_at: datetime | None = None,
) -> SnapshotRow:
    """The snapshot of the board as it stands now; `reason` names what asked for it, and gives one snapshot however often it asks.

    With a past `day` its numbers stand at the end of that day, as they are known now; marks, alerts and the clocks of the
    sources are always those of the moment. `planned_at` is when it should have been made. Raises UsageError when the live release has no such board.
    """
    if existing := await _asked_before(tenant, reason):
        return existing
    configured, board, view = await _standing(context, tenant, board_name, day)
    now, content_hash = context.clock.now(), hash_of(view)
    frozen = Frozen(
        board=view,
        frozen_at=now.astimezone(configured.calendar.tz),
        code=code_of(content_hash, now, reason),
        planned_at=planned_at,
        restricted=restricted_metrics(configured),
    )
    pdf = await asyncio.to_thread(pdf_of, frozen, "zh")
    row = SnapshotRow(
        tenant=tenant,
        kind=kind,
        board=board.name,
        meeting=meeting,
        title=[view.title],
        visible_to=list(board.visible_to),
        release=configured.number,
        watermark=view.complete_up_to,
        as_of=view.day,
        content=plain(frozen),
        content_hash=content_hash,
        pdf=pdf,
        pdf_hash=hashlib.sha256(pdf).hexdigest(),
        pdf_bytes=len(pdf),
        requested_by=reason,
        created_at=now,
        code=frozen.code,
    )
    return await _stored(context, row)


def board_of(row: SnapshotRow) -> BoardView:
    """The frozen board with everybody's rows, and the snapshot's id."""
    return frozen_of(row).board


async def _asked_before(tenant: str, reason: str) -> SnapshotRow | None:
    return await rows(SnapshotRow, tenant).get_or_none(requested_by=reason)


async def _stored(context: Context, row: SnapshotRow) -> SnapshotRow:
    """Writes the snapshot, unless another worker was quicker: then that worker's is the one."""

    async def write() -> SnapshotRow:
        publish_after_commit(context.events, row.tenant, "snapshot", {"id": row.id})
        return await add(row)

    try:
        return await transact(write)
    except IntegrityError:
        existing = await _asked_before(row.tenant, row.requested_by)
        if existing is None:
            raise
        return existing


async def _standing(
    context: Context, tenant: str, board_name: str, day: date | None
) -> tuple[Prepared, Board, BoardView]:
    """The board of one moment: nothing changed from the first number read to the last, and none was waiting to be computed."""
    for _ in range(QUIET_TRIES):
        configured = await demand_prepared(tenant)
        await _compute_waiting(context, configured, day)
        mark = await numbers_mark(tenant)
        board = _board(configured, board_name)
        view = await _built(context, configured, board, day)
        if mark == await numbers_mark(tenant) and configured is await demand_prepared(tenant):
            return configured, board, view
    async with transaction():
        if not is_sqlite():
            await connection().execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        configured = await demand_prepared(tenant)
        board = _board(configured, board_name)
        return configured, board, await _built(context, configured, board, day)


async def _built(context: Context, configured: Prepared, board: Board, day: date | None) -> BoardView:
    now = context.clock.now()
    return stilled(await build_board(configured, board, _everybody(configured), now, day=day, opened=None))


def _everybody(configured: Prepared) -> Viewer:
    """A reader with every role, so that nothing is missing for anyone; who may see what is decided at reading."""
    datasets = configured.release.datasets.values()
    roles = {role for dataset in datasets for name in dataset.fields for role in dataset.field(name).visible_to or ()}
    viewer = everything(configured)
    return msgspec.structs.replace(viewer, roles=(*viewer.roles, *sorted(roles.difference(viewer.roles))))


async def _compute_waiting(context: Context, configured: Prepared, day: date | None) -> None:
    """Computes what records have changed in the month that the board shows, so that no number is frozen on its way."""
    first, last = month_bounds(month_of(day or configured.calendar.today(context.clock.now())))
    await compute_dirty(context, configured.tenant, [("day", ">=", first), ("day", "<=", last)])


def _board(configured: Prepared, name: str) -> Board:
    boards = configured.release.boards
    if name in boards:
        return boards[name]
    near, known = nearest(name, boards), ", ".join(boards)
    raise UsageError(
        Said(
            zh=f"没有看板 '{name}'；" + (f"是否指 '{near}'？" if near else "") + f"已有：{known}",
            en=f"there is no board '{name}'; "
            + (f"did you mean '{near}'? " if near else "")
            + f"the boards are: {known}",
        )
    )
