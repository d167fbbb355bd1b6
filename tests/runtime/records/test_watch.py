"""A running system looks at its folders: what a source writes is a record at once, whatever its schedule says."""

import asyncio
from pathlib import Path

import pytest

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.records.rows import RecordRow
from runtime.settings import Settings
from runtime.start import started
from runtime.tenancy import rows
from runtime.tenants.store import create_tenant
from tests.runtime.company import MONDAY, TENANT, Company, noon, order


@pytest.fixture(params=["embedded", "redis"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Once everything in one process on SQLite, once on PostgreSQL with Redis."""
    wanted = ("sqlite_url",) if request.param == "embedded" else ("postgres_url", "redis_url")
    url, *redis_url = [request.getfixturevalue(name) for name in wanted]
    return Settings(
        data_dir=tmp_path,
        database_url=url,
        redis_url=redis_url[0] if redis_url else None,
        secret_key="a key for tests only",
    )


async def records(count: int) -> None:
    async with asyncio.timeout(10):
        while await rows(RecordRow, TENANT).count() < count:
            await asyncio.sleep(0.02)


async def test_a_new_line_is_a_record_although_the_schedule_is_a_day_away(system: Settings) -> None:
    clock = VirtualClock(noon(MONDAY))
    async with started(system, clock) as context:
        await create_tenant(TENANT, "Acme", now=clock.now())
        company = _company(context, clock)
        company.write(order("A1", MONDAY))
        await company.publish()
        await records(1)

        company.write(order("A2", MONDAY))
        await records(2)


def _company(context: Context, clock: VirtualClock) -> Company:
    return Company(context, clock, None, "")  # type: ignore[arg-type]  # nothing is sent
