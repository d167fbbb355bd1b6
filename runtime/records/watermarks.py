"""How far each source was complete, and since when that was known: its clock, and what the clock showed on past days."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.calendar import WorkCalendar
from engine.rules.known import known_day
from runtime.bulk import read_many, write_many
from runtime.records.rows import SourceStateRow, SyncRunRow, WatermarkRow
from runtime.tenancy import rows

_KEY = ("tenant", "source", "day")
_VALUES = ("watermark", "known_at")

Mark = tuple[date, datetime]
"""From the close of a day on, a source was known to be complete up to a moment."""


async def set_watermark(tenant: str, source: str, watermark: datetime, calendar: WorkCalendar, now: datetime) -> None:
    """Moves the source's clock, inside the caller's transaction; what it showed at the close of earlier days stays."""
    if await rows(SourceStateRow, tenant).filter(source=source).update(watermark=watermark):
        mark = (source, known_day(calendar, now), watermark, now)
        await write_many(WatermarkRow, tenant, (*_KEY[1:], *_VALUES), [mark], unique=_KEY, update=_VALUES)


async def past_watermarks(tenant: str, calendar: WorkCalendar) -> Mapping[str, Sequence[Mark]]:
    """By source, what its clock showed, ascending by day; before the marks were kept, as far as the runs tell."""
    kept: dict[str, dict[date, datetime]] = defaultdict(dict)
    for source, day, watermark in await read_many(WatermarkRow, tenant, ("source", "day", "watermark")):
        kept[source][day] = watermark
    clocks = dict(await read_many(SourceStateRow, tenant, ("source", "watermark"), [("watermark", "is null", False)]))
    runs = await _runs(tenant, calendar, clocks)
    return {name: sorted(_joined(runs.get(name, {}), kept.get(name, {})).items()) for name in {*runs, *kept}}


async def _runs(
    tenant: str, calendar: WorkCalendar, clocks: Mapping[str, datetime]
) -> Mapping[str, Mapping[date, datetime]]:
    """Of every source that came, what its readings tell: complete from the end of each up to its watermark, never beyond the clock."""
    columns, done = ("source", "finished_at", "watermark"), [("watermark", "is null", False), ("state", "=", "done")]
    found: dict[str, dict[date, datetime]] = defaultdict(dict)
    for source, ended, watermark in await read_many(SyncRunRow, tenant, columns, done, order=("started_at", "id")):
        if source in clocks and ended is not None:
            found[source][known_day(calendar, ended)] = min(watermark, clocks[source])
    for source, clock in clocks.items():
        found[source] = found[source] or {known_day(calendar, clock): clock}
    return found


def _joined(runs: Mapping[date, datetime], kept: Mapping[date, datetime]) -> dict[date, datetime]:
    """The marks that were kept, and of the runs those before the first of them."""
    first = min(kept, default=date.max)
    return {day: mark for day, mark in runs.items() if day < first} | dict(kept)
