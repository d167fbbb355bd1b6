"""Since when the company knew a record: what a source brings when it is read for the first time was there long before."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from runtime.records.memory import Memory, stock_in_memory
from runtime.records.past import all_versions
from runtime.settings import Settings
from tests.runtime.company import MONDAY, TENANT, ZONE, Company, founded, noon, order

BEFORE = MONDAY - timedelta(days=10)
SINCE = datetime(2026, 2, 25, 9, tzinfo=ZONE)


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        yield one


async def known(company: Company) -> list[tuple[str, date, date]]:
    """Of every version the key, its day, and the day on which it became known."""
    configured = await company.prepared()
    document, zone = configured.release.datasets["orders"], configured.calendar.tz
    found = await all_versions(TENANT, document, configured.calendar)
    stock = await stock_in_memory(configured, "orders", Memory())
    assert sorted(record.known_at for record in found) == sorted(map(company_time, stock.known.tolist()))  # type: ignore[type-var]
    return sorted(
        (str(each.key[0]), each.day, each.known_at.astimezone(zone).date()) for each in found if each.known_at
    )


def company_time(micros: int) -> datetime:
    return datetime.fromtimestamp(0, ZONE) + timedelta(microseconds=micros)


async def test_the_first_import_was_known_all_along_and_what_comes_later_was_not(company: Company) -> None:
    await company.publish()
    ahead = MONDAY + timedelta(days=5)
    told = order("T", BEFORE) | {"_known_at": SINCE.isoformat()}
    await company.arrive(noon(MONDAY), order("A", BEFORE), order("F", ahead), told)
    await company.arrive(noon(MONDAY, 14), order("B", BEFORE), order("A", BEFORE, 7.0))
    assert await known(company) == [
        ("A", BEFORE, BEFORE),
        ("A", BEFORE, MONDAY),
        ("B", BEFORE, MONDAY),
        ("F", ahead, MONDAY),
        ("T", BEFORE, SINCE.date()),
    ]
