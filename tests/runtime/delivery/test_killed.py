"""A real working process, killed with SIGKILL on a message's way, and another one after it."""

import asyncio
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.alerts.test_live import day, live_on_pace
from tests.runtime.company import TENANT, Company, founded, noon, order

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests/runtime/processes/die_sending.py"

pytestmark = pytest.mark.slow


def work(settings: Settings, redis: str | None, moment: datetime, when: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DUIQI_DATABASE_URL": settings.database_url,
        "DUIQI_DATA_DIR": str(settings.data_dir),
        "DUIQI_SECRET_KEY": settings.secret_key,
        "DUIQI_ALLOW_LOOPBACK": "1",
        **({"DUIQI_REDIS_URL": redis} if redis else {}),
    }
    return subprocess.Popen([sys.executable, str(SCRIPT), moment.isoformat(), when], env=environment, cwd=ROOT)


async def until_sent(seconds: float) -> list[NotificationRow]:
    """The company's messages once all have gone out."""
    async with asyncio.timeout(seconds):
        while True:
            found = await rows(NotificationRow, TENANT)
            if found and all(row.state == "sent" for row in found):
                return found
            await asyncio.sleep(0.5)


async def behind_for_two_days(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("west",), days=2)
    await company.arrive(noon(day(2), 10), order("s", day(2), 50.0), order("h", day(2), 50.0, "s03", "hangzhou"))
    await company.until(noon(day(2), 17.9))
    assert company.simulator.messages == ()


@pytest.mark.parametrize(("when", "most"), [("before", 1), ("after", 2)])
async def test_killed_on_the_way_and_started_again_the_manager_is_told(
    database: str, settings: Settings, request: pytest.FixtureRequest, when: str, most: int
) -> None:
    """Killed between the commit and the call: exactly one message. Killed between the answer and its record: one, or twice the same key."""
    redis = request.getfixturevalue("redis_url") if database.startswith("postgres") else None
    async with founded(settings, noon(day(0), 9)) as company:
        await behind_for_two_days(company)
        moment = noon(day(2), 18) - timedelta(seconds=1)
        killed = await asyncio.to_thread(work(settings, redis, moment, when).wait, 60)
        assert killed == -9
        (committed,) = await rows(NotificationRow, TENANT)
        assert committed.state == "sending"
        assert len(company.simulator.messages) == most - 1

        second = work(settings, redis, noon(day(2), 18) + timedelta(minutes=1), "never")
        try:
            (sent,) = await until_sent(120)
        finally:
            second.kill()
            await asyncio.to_thread(second.wait)
        messages = company.simulator.messages
        assert len(messages) == most
        assert {message.key for message in messages} == {sent.key} == {committed.key}
        assert all(message.verified and message.rings == ("13800000004",) for message in messages)
        outcomes = [row.outcome for row in await rows(DeliveryRow, TENANT).order_by("number")]
        assert outcomes == ["started", "sent"]
