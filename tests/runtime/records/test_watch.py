"""A running system looks at its folders: what a source writes is a record at once, whatever its schedule says."""

import asyncio

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.records.rows import RecordRow
from runtime.settings import Settings
from runtime.start import started
from runtime.tenancy import rows
from runtime.tenants.store import create_tenant
from tests.runtime.company import MONDAY, TENANT, Company, noon, order


async def records(count: int) -> None:
    async with asyncio.timeout(10):
        while await rows(RecordRow, TENANT).count() < count:
            await asyncio.sleep(0.02)
    assert await rows(RecordRow, TENANT).count() == count


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
