"""The years and days that this version knows, and those of a tenant."""

from engine.calendar import calendar_of
from engine.year_plans import KINDS as KINDS
from engine.year_plans import DayKind as DayKind
from engine.year_plans import TableDay as TableDay
from engine.year_plans import official_days
from runtime.calendars.table import COUNTRY, days_of
from runtime.calendars.year import Year, years_of
from runtime.releases.live import demand_live
from schema_defs.calendar import Calendar


def known_years() -> list[Year]:
    """The years by the plans that this version knows."""
    return years_of(calendar_of(Calendar(country=COUNTRY)), [])


def known_days() -> list[TableDay]:
    """The days of all plans that this version knows."""
    return list(official_days())


async def years_of_tenant(tenant: str) -> list[Year]:
    """The years by the tenant's live calendar and table."""
    release = (await demand_live(tenant)).release
    return years_of(calendar_of(release.calendar), await days_of_tenant(tenant))


async def days_of_tenant(tenant: str) -> list[TableDay]:
    """The days of the tenant's table."""
    return [each.plain for each in await days_of(tenant)]
