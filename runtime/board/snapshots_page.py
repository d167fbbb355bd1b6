"""Frozen boards: the list, one opened, and its PDF, each with the reader's rights."""

import asyncio
from datetime import datetime

import msgspec

from runtime.board import view
from runtime.board.marks import name_of
from runtime.board.snapshots import SnapshotLine, SnapshotsView, SnapshotView
from runtime.board.viewer import Viewer
from runtime.meetings.freeze import board_of
from runtime.meetings.pdf import pdf_of
from runtime.meetings.rows import SnapshotRow
from runtime.meetings.schedule import next_freeze
from runtime.people.rights import Sight, sight_of
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from runtime.wording import day as day_words
from schema_defs.text import Text

LISTED = 60
_LISTED_COLUMNS = (
    "id", "tenant", "kind", "board", "release", "watermark", "as_of", "content_hash", "requested_by", "created_at", "code",
)  # fmt: skip


async def build_snapshots(configured: Prepared, viewer: Viewer, now: datetime) -> SnapshotsView:
    """The newest snapshots first, and when the next one is made."""
    query = rows(SnapshotRow, configured.tenant).order_by("-created_at").limit(LISTED)
    meeting = next(iter(configured.release.meetings.values()), None)
    following = next_freeze(meeting, configured.calendar, now) if meeting else None
    return SnapshotsView(
        snapshots=tuple(_line(configured, row) for row in await query.only(*_LISTED_COLUMNS)),
        next_freeze=following[0] if following else None,
        meeting=(meeting.label or meeting.name) if meeting else None,
        may_freeze=viewer.has("manager", "director", "author"),
    )


async def build_snapshot(configured: Prepared, viewer: Viewer, snapshot: str) -> SnapshotView | None:
    """One snapshot, as far as the reader may see it by the organisation of its day."""
    row = await rows(SnapshotRow, configured.tenant).get_or_none(id=snapshot)
    if row is None:
        return None
    sight = sight_of(configured.org, viewer, row.as_of)
    return SnapshotView(line=_line(configured, row), board=seen_by(board_of(row), sight))


async def snapshot_pdf(configured: Prepared, viewer: Viewer, snapshot: str) -> tuple[bytes, str] | None:
    """The PDF in the reader's language and with the reader's rights, and its file name."""
    row = await rows(SnapshotRow, configured.tenant).get_or_none(id=snapshot)
    if row is None:
        return None
    name = f"{row.board}-{row.as_of}-{row.code}.pdf"
    sight = sight_of(configured.org, viewer, row.as_of)
    if sight.everything and viewer.lang == "zh" and row.pdf:
        return bytes(row.pdf), name
    board = seen_by(board_of(row), sight)
    frozen_at = row.created_at.astimezone(configured.calendar.tz)
    return await asyncio.to_thread(pdf_of, board, viewer.lang, code=row.code, frozen_at=frozen_at), name


def seen_by(board: view.BoardView, sight: Sight) -> view.BoardView:
    """The board with only those rows and alerts that the reader may see."""
    if sight.everything:
        return board
    sections = tuple(_seen(section, sight) for section in board.sections)
    return msgspec.structs.replace(board, sections=sections, moved=())


def _seen(section: view.Section, sight: Sight) -> view.Section:
    if isinstance(section, view.AlertsSection):
        alerts = tuple(alert for alert in section.alerts if sight.sees(alert.scope, alert.key))
        return msgspec.structs.replace(section, alerts=alerts)
    seen = [row for row in section.rows if sight.sees(row.scope, row.key)]
    ids = {row.id for row in seen}
    shift = min((row.level for row in seen), default=0)
    kept = tuple(
        msgspec.structs.replace(row, level=row.level - shift, parent=row.parent if row.parent in ids else None)
        for row in seen
    )
    return msgspec.structs.replace(section, rows=kept)


def _line(configured: Prepared, row: SnapshotRow) -> SnapshotLine:
    zone = configured.calendar.tz
    board = configured.release.boards.get(row.board)
    return SnapshotLine(
        id=row.id,
        title=(board.label or board.name) if board else row.board,
        reason=row.kind if row.kind in ("meeting", "alert", "asked") else "asked",  # type: ignore[arg-type]
        frozen_at=row.created_at.astimezone(zone),
        complete_up_to=row.watermark.astimezone(zone) if row.watermark else None,
        period=_period(row),
        release=row.release,
        digest=row.content_hash[:16],
        pdf_bytes=None,
        asked_by=name_of(configured, row.requested_by.removeprefix("asked:").split(":")[0])
        if row.kind == "asked"
        else None,
    )


def _period(row: SnapshotRow) -> Text:
    return {
        "zh": f"截至 {day_words(row.as_of, 'zh', year=True)}",
        "en": f"to {day_words(row.as_of, 'en', year=True)}",
    }
