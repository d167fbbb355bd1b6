"""Frozen boards: the list, and one opened."""

from datetime import datetime
from typing import Literal

import msgspec

from runtime.board.view import BoardView
from schema_defs.text import Text


class SnapshotLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: Text
    reason: Literal["meeting", "alert", "asked"]
    frozen_at: datetime
    complete_up_to: datetime | None
    period: Text
    release: int
    digest: str
    """The hash of the frozen content."""
    pdf_bytes: int | None = None
    """None while the PDF is being made."""
    asked_by: Text | None = None


class SnapshotsView(msgspec.Struct, frozen=True, kw_only=True):
    snapshots: tuple[SnapshotLine, ...] = ()
    next_freeze: datetime | None = None
    days_predicted: bool = False
    """The day of the next freeze is by days off that are predicted."""
    meeting: Text | None = None
    may_freeze: bool = False


class SnapshotView(msgspec.Struct, frozen=True, kw_only=True):
    line: SnapshotLine
    board: BoardView
