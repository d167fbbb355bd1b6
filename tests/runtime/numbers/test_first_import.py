"""What moved a number is told of orders that come, and not of the first import of a source."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.numbers.compute import compute_dirty
from runtime.numbers.rows import CellRow, MovementRow
from runtime.records.import_file import Import, import_file
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, MONDAY, SOURCE, TENANT, Company, founded, noon, order

NO_SOURCE = COMPANY.replace(f"---\n{SOURCE.strip()}\n", "")


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        yield one


async def told() -> dict[str, str]:
    """What moved the amount of each region."""
    found = rows(MovementRow, TENANT).filter(metric="amount", scope="region")
    return {row.key: row.reason["en"] for row in await found}


async def test_the_first_import_is_no_movement_and_the_next_order_is(company: Company) -> None:
    await company.publish()
    company.write(order("A", MONDAY), file="orders-1.jsonl")
    company.write(order("B", MONDAY, region="west"), file="orders-2.jsonl")
    await company.until(noon(MONDAY))
    assert await rows(CellRow, TENANT).filter(metric="amount", scope="region").count() == 3
    assert await told() == {}
    await company.arrive(noon(MONDAY, 13), order("C", MONDAY, region="west"))
    assert await told() == {"west": "C is new"}
    await company.arrive(noon(MONDAY, 14), order("A", MONDAY, 9.0))
    assert (await told()).keys() == {"east", "shanghai", "west"}


async def test_a_new_file_of_a_source_that_has_come_is_a_movement(company: Company) -> None:
    await company.publish()
    await company.arrive(noon(MONDAY), order("A", MONDAY))
    company.write(order("B", MONDAY, region="west"), file="orders-2.jsonl")
    await company.sync()
    assert await told() == {"west": "B is new"}


async def test_a_release_that_reads_a_source_otherwise_makes_no_first_import_of_it(company: Company) -> None:
    await company.publish()
    await company.arrive(noon(MONDAY), order("A", MONDAY))
    await company.publish(COMPANY.replace("void: status == 'cancelled'", "void: status == 'open'"))
    await company.until(noon(MONDAY, 13))
    assert (await told()).keys() == {"east", "shanghai"}


async def test_an_import_by_hand_is_the_first_one_once(company: Company, tmp_path: Path) -> None:
    await company.publish(NO_SOURCE)
    for number, expected in (("A", {}), ("B", {"west": "B is new"})):
        file = tmp_path / f"{number}.csv"
        file.write_text(f"number,ordered,seller,region,amount\n{number},{MONDAY},s04,west,9\n", encoding="utf-8")
        await import_file(company.context, TENANT, Import(path=file, dataset="orders"))
        await compute_dirty(company.context, TENANT)
        assert await told() == expected
