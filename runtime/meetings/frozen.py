"""What a snapshot holds for ever: the board with everybody's rows, its moment, and its code."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from runtime.board import view
from runtime.meetings.rows import SnapshotRow

RESTS: Mapping[str, int] = {"firing": 0, "recovering": 1, "no_data": 2, "pending": 3}


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """Page, PDF and export of a snapshot are made of nothing but this, so they never change and always agree.

    `frozen_at` and, where the calendar asked for it, `planned_at` are in the tenant's zone. `restricted` names the metrics that are made of fields which not everybody may
    see, each with the roles that may see those fields.
    """

    board: view.BoardView
    frozen_at: datetime
    code: str
    planned_at: datetime | None = None
    restricted: dict[str, tuple[tuple[str, ...], ...]] = {}


def frozen_of(row: SnapshotRow) -> Frozen:
    """The snapshot's content; its board carries the snapshot's id."""
    frozen = msgspec.convert(row.content, Frozen)
    return msgspec.structs.replace(frozen, board=msgspec.structs.replace(frozen.board, snapshot=row.id))


def stilled(board: view.BoardView) -> view.BoardView:
    """The board without what flashes for a moment, and with alerts and marks in an order of their own."""
    return msgspec.structs.replace(board, sections=tuple(_stilled(section) for section in board.sections), moved=())


def hash_of(board: view.BoardView) -> str:
    """The same for the same board, whenever and in whichever process it was frozen."""
    return hashlib.sha256(msgspec.json.encode(board, order="deterministic")).hexdigest()


def code_of(content_hash: str, moment: datetime, reason: str) -> str:
    """A code that people can say aloud, such as `K7QF-2M9D`: of the content, its moment and who asked for it."""
    digest = hashlib.sha256(f"{content_hash} {moment.timestamp()} {reason}".encode()).digest()
    letters = base64.b32encode(digest).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"


def _stilled(section: view.Section) -> view.Section:
    if isinstance(section, view.AlertsSection):
        ordered = sorted(section.alerts, key=lambda each: (RESTS.get(each.state, 9), -each.days, each.key, each.id))
        return msgspec.structs.replace(section, alerts=tuple(ordered))
    return msgspec.structs.replace(section, rows=tuple(_still_row(row) for row in section.rows))


def _still_row(row: view.Row) -> view.Row:
    cells = tuple(msgspec.structs.replace(cell, changed=None) for cell in row.cells)
    marks = tuple(sorted(row.marks, key=lambda mark: (mark.colour != "red", RESTS.get(mark.state, 9), mark.rule)))
    return msgspec.structs.replace(row, cells=cells, marks=marks)


def plain(frozen: Frozen) -> dict[str, Any]:
    """The content as it is stored."""
    return msgspec.to_builtins(frozen)  # type: ignore[no-any-return]
