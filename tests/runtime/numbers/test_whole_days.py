"""Many whole days are computed from columns, and are stored as if each place had been computed from its own records."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from runtime.database import transact
from runtime.numbers.compute import MANY_RECORDS
from runtime.numbers.recompute import mark_datasets
from runtime.numbers.rows import CellRow
from runtime.queue.drain import drain
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import MONDAY, TENANT, Company, founded, noon, order


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY)) as one:
        await one.publish()
        yield one


async def cells() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    found = rows(CellRow, TENANT).order_by("metric", "scope", "key", "day")
    columns = ("metric", "scope", "key", "day", "partial", "number")
    return {row[:4]: (str(row[4]), row[5]) for row in await found.values_list(*columns)}


def some_order(rng: Random, number: int) -> dict[str, object]:
    day, seller = MONDAY + timedelta(days=rng.randrange(6)), rng.choice(["s01", "s02", "s04"])
    return order(
        f"A{number}",
        day,
        rng.choice([0.1, 12.5, 99999.99, -3.33]),
        seller,
        rng.choice(["shanghai", "west"]),
        customer=rng.choice(["c1", "c2", "客户", None]),
        kind=rng.choice(["high", "low"]),
        status=rng.choice(["open", "open", "cancelled"]),
        pieces=rng.choice([None, 0.1, 0.2, 3.0, 1e300]),
    )


async def test_whole_days_from_columns_give_the_cells_that_single_places_gave(company: Company) -> None:
    rng = Random(7)
    company.write(*(some_order(rng, number) for number in range(2 * MANY_RECORDS)))
    await company.sync()
    by_place = await cells()
    assert len(by_place) > 300
    await rows(CellRow, TENANT).delete()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    await drain(company.context)
    assert await cells() == by_place
