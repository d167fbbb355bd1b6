"""How far every source is complete, and which are late."""

from datetime import datetime

from runtime.board.view import SourceClock
from runtime.records.lateness import is_late
from runtime.records.rows import SourceStateRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.source import Source


async def source_clocks(configured: Prepared, now: datetime) -> tuple[SourceClock, ...]:
    """One clock per source, in the order of the documents."""
    states = {row.source: row for row in await rows(SourceStateRow, configured.tenant)}
    return tuple(
        _clock(configured, source, states.get(source.name), now) for source in configured.release.sources.values()
    )


def complete_up_to(clocks: tuple[SourceClock, ...]) -> datetime | None:
    """Up to when everything is complete: the earliest of the clocks; None when one has not begun."""
    moments = [clock.complete_up_to for clock in clocks]
    return min((moment for moment in moments if moment), default=None) if all(moments) else None


def _clock(configured: Prepared, source: Source, state: SourceStateRow | None, now: datetime) -> SourceClock:
    watermark = state.watermark if state else None
    return SourceClock(
        name=source.name,
        label=source.label or source.name,
        complete_up_to=watermark.astimezone(configured.calendar.tz) if watermark else None,
        late=is_late(source, watermark, now),
    )
