"""The tenant's table of days: what it says now, and releases that run by it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from engine.year_plans import DayKind, TableDay, dated
from runtime.bulk import read_many
from runtime.calendars.rows import CalendarDayRow
from runtime.tenancy import rows
from schema_defs.release import Release

COUNTRY: Literal["CN"] = "CN"
_COLUMNS = ("id", "day", "kind", "name", "source", "by", "known_at")
_dated: dict[str, tuple[Release, tuple[str, ...], Release]] = {}
"""Per tenant the release that was dated last, by which rows, and the release with their days."""


class StoredDay(msgspec.Struct, frozen=True):
    """A day of the table as it is known now, and who brought it."""

    id: str
    day: date
    kind: DayKind
    name: str
    source: str
    by: str
    known_at: datetime

    @property
    def plain(self) -> TableDay:
        return TableDay(day=self.day, kind=self.kind, name=self.name)


async def days_of(tenant: str) -> list[StoredDay]:
    """Every day of the table, as it is known now."""
    where = [("country", "=", COUNTRY), ("superseded_at", "is null", True)]
    found = await read_many(CalendarDayRow, tenant, _COLUMNS, where, order=("day",))
    return [StoredDay(*row) for row in found]


async def dated_of(tenant: str, release: Release) -> Release:
    """The release by the tenant's table; the same one as long as neither changes."""
    if release.calendar.country is None:
        return release
    days = await days_of(tenant)
    mark = tuple(each.id for each in days)
    known = _dated.get(tenant)
    if known is None or known[0] is not release or known[1] != mark:
        known = _dated[tenant] = release, mark, dated(release, [each.plain for each in days])
    return known[2]


async def history_of(tenant: str, year: int) -> Sequence[CalendarDayRow]:
    """All that was ever said of the days of a year, the newest first."""
    query = rows(CalendarDayRow, tenant).filter(country=COUNTRY, day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    return await query.order_by("-known_at", "-id")
