"""Bringing days into the table: every number, target, rule and pace that reads them follows, as after a changed calendar document."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from engine.checks.calendars import not_whole
from engine.year_plans import DayKind, TableDay, missing_of
from runtime.audit.log import note
from runtime.calendars.rows import CalendarDayRow
from runtime.calendars.table import COUNTRY, StoredDay, days_of
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.releases.hooks import Publishing, call_hooks
from runtime.releases.live import live
from runtime.releases.publish import lock_live
from runtime.tenancy import add_all, rows
from schema_defs.errors import AuthorError

CORRECTION = "correction"


async def import_days(context: Context, tenant: str, days: Sequence[TableDay], *, source: str, by: str) -> list[int]:
    """Takes the days as the whole official plans of their years, in place of what the table said of these, and returns the years.

    Raises AuthorError for a year that is not whole; nothing has changed then.
    """
    years = sorted({each.day.year for each in days})
    for year in years:
        off = [each.day for each in days if each.kind == "off"]
        if missing := missing_of(year, off):
            raise AuthorError(not_whole(year, missing))
    detail = {"years": years, "days": len(days), "source": source}
    await _change(context, tenant, years, list(days), source=source, by=by, detail=detail)
    return years


async def correct_day(context: Context, tenant: str, day: date, kind: DayKind, name: str, *, by: str) -> None:
    """Says what one day is, whatever was said before."""
    detail = {"day": day.isoformat(), "kind": kind, "name": name}
    await _change(
        context, tenant, [], [TableDay(day=day, kind=kind, name=name)], source=CORRECTION, by=by, detail=detail
    )


async def _change(
    context: Context, tenant: str, whole_years: Collection[int], days: Sequence[TableDay], *, source: str, by: str,
    detail: dict[str, Any],
) -> None:  # fmt: skip
    async def write() -> None:
        now, before = context.clock.now(), await lock_live(tenant)
        wanted, present = {each.day: each for each in days}, await days_of(tenant)
        gone = [each for each in present if _is_replaced(each, wanted, whole_years)]
        same = {each.day for each in present if each.plain == wanted.get(each.day)}
        await rows(CalendarDayRow, tenant).filter(id__in=[each.id for each in gone]).update(superseded_at=now)
        await add_all([_row(tenant, each, source, by, now) for each in days if each.day not in same])
        await note(tenant, by, "calendar", COUNTRY, detail, now=now)
        after = await live(tenant)
        if before is not None and after is not None and before.release.calendar != after.release.calendar:
            await call_hooks(Publishing(context=context, tenant=tenant, by=by, now=now, live=after, before=before))
            publish_after_commit(context.events, tenant, "release", {"number": after.number})

    await transact(write)


def _is_replaced(each: StoredDay, wanted: dict[date, TableDay], whole_years: Collection[int]) -> bool:
    other = wanted.get(each.day)
    return (other is not None or each.day.year in whole_years) and each.plain != other


def _row(tenant: str, each: TableDay, source: str, by: str, now: datetime) -> CalendarDayRow:
    return CalendarDayRow(
        tenant=tenant, country=COUNTRY, day=each.day, kind=each.kind, name=each.name, source=source, by=by, known_at=now
    )
