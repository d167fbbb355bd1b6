"""A worker dies by SIGKILL between deciding and sending, or between sending and recording; the next one goes on."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import redis

from runtime.database import close_database, open_database
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import MONDAY, TENANT, Company, founded, noon, order

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).with_name("worker_that_dies.py")
CLOSING = noon(MONDAY + timedelta(days=2), 18)
KEY = "a key for tests only"

pytestmark = pytest.mark.slow


@pytest.fixture(params=["embedded", "redis"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Once SQLite with the queue inside the process, once PostgreSQL with a real Redis."""
    if request.param == "embedded":
        return Settings(data_dir=tmp_path, database_url=request.getfixturevalue("sqlite_url"), secret_key=KEY)
    url, redis_url = request.getfixturevalue("postgres_url"), request.getfixturevalue("redis_url")
    return Settings(data_dir=tmp_path, database_url=url, redis_url=redis_url, secret_key=KEY)


@pytest.fixture
async def company(settings: Settings) -> AsyncIterator[Company]:
    """Three days behind the pace in the west; a second is left until the third day closes. The database is closed."""
    await open_database(settings.database_url)
    async with founded(settings, noon(MONDAY, 9)) as one:
        await one.publish()
        for number in range(3):
            day = MONDAY + timedelta(days=number)
            regions = (("shanghai", "s01", 50.0), ("hangzhou", "s03", 50.0), ("west", "s04", 2.0))
            some = (order(f"{region}{number}", day, amount, seller, region) for region, seller, amount in regions)
            await one.arrive(noon(day, 10), *some)
        await one.until(CLOSING - timedelta(seconds=1))
        await close_database()
        yield one
        await close_database()


def process(company: Company, moment: str, start: datetime) -> "subprocess.Popen[str]":
    settings = company.context.settings
    own = {
        "DUIQI_DATABASE_URL": settings.database_url, "DUIQI_DATA_DIR": str(settings.data_dir), "DUIQI_SECRET_KEY": KEY,
        "DUIQI_ALLOW_LOOPBACK": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    if settings.redis_url:
        own["DUIQI_REDIS_URL"] = settings.redis_url
    command = [sys.executable, str(WORKER), moment, start.isoformat()]
    return subprocess.Popen(command, env={**os.environ, **own}, cwd=ROOT, stdout=subprocess.DEVNULL)


async def ended(worker: "subprocess.Popen[str]", seconds: float = 60) -> int | None:
    for _ in range(int(seconds * 20)):
        if worker.poll() is not None:
            return worker.returncode
        await asyncio.sleep(0.05)
    return None


async def settled(company: Company, *workers: "subprocess.Popen[str]", seconds: float = 60) -> list[NotificationRow]:
    """Lets the workers work until every message is out, and a little longer; then they end."""
    await open_database(company.context.settings.database_url)
    try:
        for _ in range(int(seconds * 5)):
            found = await company.messages()
            if found and all(row.state == "sent" for row in found):
                break
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)
        return await company.messages()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


@pytest.mark.parametrize(("moment", "arrived"), [("decided", 1), ("claimed", 1), ("sent", 2)])
async def test_a_killed_worker_loses_no_message_and_doubles_none_that_was_not_sent(
    company: Company, moment: str, arrived: int
) -> None:
    assert await ended(process(company, moment, CLOSING - timedelta(seconds=1))) == -9
    [row] = await settled(company, process(company, "never", CLOSING + timedelta(seconds=5)))
    assert (row.scope_key, row.notice, row.state) == ("west", "fired", "sent")
    assert len(company.simulator.messages) == arrived
    assert {shown.key for shown in company.simulator.messages} == {row.key}
    assert [mention.name for mention in company.simulator.messages[0].mentions] == ["经理三"]
    assert all(shown.verified for shown in company.simulator.messages)
    outcomes = [each.outcome for each in await rows(DeliveryRow, TENANT).order_by("number")]
    assert outcomes == (["sent"] if moment == "decided" else ["started", "sent"])


@pytest.mark.parametrize("settings", ["redis"], indirect=True)
async def test_two_workers_send_each_message_once(company: Company) -> None:
    workers = [process(company, "never", CLOSING - timedelta(seconds=1)) for _ in range(2)]
    [row] = await settled(company, *workers)
    assert Counter(shown.key for shown in company.simulator.messages) == Counter({row.key: 1})


@pytest.mark.parametrize("settings", ["redis"], indirect=True)
async def test_a_redis_that_forgets_everything_loses_nothing(company: Company) -> None:
    assert company.context.settings.redis_url
    assert await ended(process(company, "decided", CLOSING - timedelta(seconds=1))) == -9
    with redis.Redis.from_url(company.context.settings.redis_url) as client:
        client.flushall()
    worker = process(company, "never", CLOSING + timedelta(seconds=5))
    await asyncio.sleep(1)
    with redis.Redis.from_url(company.context.settings.redis_url) as client:
        client.flushall()
    [row] = await settled(company, worker)
    assert [shown.key for shown in company.simulator.messages] == [row.key]
