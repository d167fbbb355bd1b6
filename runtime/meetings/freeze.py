"""Freezing a board into a snapshot: at a release and a watermark, never changed afterwards."""

import asyncio
import base64
import hashlib
from datetime import date, datetime
from typing import Any

import msgspec

from runtime.board.build import build_board
from runtime.board.view import BoardView
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.meetings.pdf import pdf_of
from runtime.meetings.rows import SnapshotRow
from runtime.people.rights import everything
from runtime.queue.handlers import handler
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import add, rows
from schema_defs.board import Board
from schema_defs.errors import UsageError
from schema_defs.text import Said


@handler("snapshot")
async def snapshot(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, str]:
    """Freezes what `args` ask for, once: the same `reason` again gives the same snapshot."""
    row = await freeze(
        context,
        tenant,
        args["board"],
        reason=args["reason"],
        kind=args.get("kind", "asked"),
        meeting=args.get("meeting"),
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
) -> SnapshotRow:
    """The snapshot of the board as it stands now, or at the end of `day`; `reason` names what asked for it and is unique.

    Raises UsageError when the live release has no such board.
    """
    if existing := await rows(SnapshotRow, tenant).filter(requested_by=reason).order_by("created_at").limit(1):
        return existing[0]
    configured, board = await _board(tenant, board_name)
    now = context.clock.now()
    view = await build_board(configured, board, everything(configured), now, day=day)
    content_hash = hash_of(view)
    frozen_at = now.astimezone(configured.calendar.tz)
    code = code_of(content_hash, now)
    pdf = await asyncio.to_thread(pdf_of, view, "zh", code=code, frozen_at=frozen_at)
    row = SnapshotRow(
        tenant=tenant,
        kind=kind,
        board=board.name,
        meeting=meeting,
        period={"day": view.day.isoformat(), "month": view.month},
        release=configured.number,
        watermark=view.complete_up_to,
        as_of=view.day,
        content=msgspec.to_builtins(view),
        content_hash=content_hash,
        pdf_hash=hashlib.sha256(pdf).hexdigest(),
        pdf=pdf,
        state="done",
        requested_by=reason,
        created_at=now,
        code=code,
    )
    return await transact(lambda: _store(context, row))


async def _store(context: Context, row: SnapshotRow) -> SnapshotRow:
    """Writes the snapshot unless another worker was quicker."""
    existing = await rows(SnapshotRow, row.tenant).filter(requested_by=row.requested_by).limit(1)
    if existing:
        return existing[0]
    publish_after_commit(context.events, row.tenant, "snapshot", {"id": row.id})
    return await add(row)


def board_of(row: SnapshotRow) -> BoardView:
    """The frozen board, with the snapshot's id."""
    view = msgspec.convert(row.content, BoardView)
    return msgspec.structs.replace(view, snapshot=row.id)


def hash_of(view: BoardView) -> str:
    """The same for the same board, whenever and wherever it was frozen."""
    return hashlib.sha256(msgspec.json.encode(view, order="deterministic")).hexdigest()


def code_of(content_hash: str, moment: datetime) -> str:
    """A code that people can say aloud, such as `K7QF-2M9D`: of the content and its moment."""
    digest = hashlib.sha256(f"{content_hash} {moment.isoformat()}".encode()).digest()
    letters = base64.b32encode(digest).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"


async def _board(tenant: str, name: str) -> tuple[Prepared, Board]:
    configured = await prepared(tenant)
    if configured is None:
        raise UsageError(Said(zh=f"租户 {tenant} 还没有发布版本", en=f"the tenant {tenant} has no release yet"))
    board = configured.release.boards.get(name)
    if board is None:
        known = ", ".join(configured.release.boards)
        raise UsageError(
            Said(zh=f"没有看板 '{name}'；已有：{known}", en=f"there is no board '{name}'; the boards are: {known}")
        )
    return configured, board
