"""Frozen boards: the list, one opened, and its PDF, each with the reader's rights."""

import asyncio
from datetime import datetime

from runtime.board.marks import name_of
from runtime.board.snapshots import SnapshotLine, SnapshotsView, SnapshotView
from runtime.board.viewer import Viewer
from runtime.meetings.frozen import Frozen, frozen_of
from runtime.meetings.occurrences import days_predicted, next_freeze
from runtime.meetings.pdf import pdf_of
from runtime.meetings.reading import seen_by
from runtime.meetings.rows import SnapshotRow
from runtime.people.rights import sight_in
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from runtime.wording import day as day_words
from schema_defs.text import Text

LISTED = 60
MAY_FREEZE = ("manager", "director", "author")
_LISTED_COLUMNS = (
    "id", "tenant", "kind", "board", "title", "visible_to", "release", "watermark", "as_of", "content_hash", "pdf_bytes",
    "requested_by", "created_at", "code",
)  # fmt: skip


async def build_snapshots(configured: Prepared, viewer: Viewer, now: datetime) -> SnapshotsView:
    """The newest snapshots that the reader may open first, and when the next one is made."""
    query = rows(SnapshotRow, configured.tenant).order_by("-created_at").limit(LISTED)
    listed = [row for row in await query.only(*_LISTED_COLUMNS) if _may_open(row, viewer)]
    meeting = next(iter(configured.release.meetings.values()), None)
    following = next_freeze(meeting, configured.calendar, now) if meeting else None
    return SnapshotsView(
        snapshots=tuple(_line(configured, row) for row in listed),
        next_freeze=following.freeze_at if following else None,
        days_predicted=meeting is not None
        and following is not None
        and days_predicted(meeting, configured.calendar, following),
        meeting=(meeting.label or meeting.name) if meeting else None,
        may_freeze=viewer.has(*MAY_FREEZE),
    )


async def build_snapshot(configured: Prepared, viewer: Viewer, snapshot: str) -> SnapshotView | None:
    """One snapshot, as far as the reader may see it by the organisation of its day."""
    row = await _opened(configured, viewer, snapshot)
    return SnapshotView(line=_line(configured, row), board=_seen(configured, viewer, row).board) if row else None


async def snapshot_pdf(configured: Prepared, viewer: Viewer, snapshot: str) -> tuple[bytes, str] | None:
    """The PDF in the reader's language and with the reader's rights, and its file name."""
    row = await _opened(configured, viewer, snapshot)
    if row is None:
        return None
    name = f"{row.board}-{row.as_of}-{row.code}.pdf"
    whole, seen = frozen_of(row), _seen(configured, viewer, row)
    if seen == whole and viewer.lang == "zh":
        return bytes(row.pdf), name
    return await asyncio.to_thread(pdf_of, seen, viewer.lang), name


async def _opened(configured: Prepared, viewer: Viewer, snapshot: str) -> SnapshotRow | None:
    row = await rows(SnapshotRow, configured.tenant).get_or_none(id=snapshot)
    return row if row is not None and _may_open(row, viewer) else None


def _may_open(row: SnapshotRow, viewer: Viewer) -> bool:
    return not row.visible_to or viewer.has(*row.visible_to)


def _seen(configured: Prepared, viewer: Viewer, row: SnapshotRow) -> Frozen:
    return seen_by(frozen_of(row), sight_in(configured, viewer, row.as_of))


def _line(configured: Prepared, row: SnapshotRow) -> SnapshotLine:
    zone = configured.calendar.tz
    return SnapshotLine(
        id=row.id,
        title=row.title[0],
        reason=row.kind if row.kind in ("meeting", "alert", "asked") else "asked",  # type: ignore[arg-type]
        frozen_at=row.created_at.astimezone(zone),
        complete_up_to=row.watermark.astimezone(zone) if row.watermark else None,
        period=_period(row),
        release=row.release,
        digest=row.content_hash[:16],
        pdf_bytes=row.pdf_bytes,
        asked_by=name_of(configured, row.requested_by.removeprefix("asked:").split(":")[0])
        if row.kind == "asked"
        else None,
    )


def _period(row: SnapshotRow) -> Text:
    return {
        "zh": f"截至 {day_words(row.as_of, 'zh', year=True)}",
        "en": f"to {day_words(row.as_of, 'en', year=True)}",
    }
