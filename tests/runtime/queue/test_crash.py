"""SIGKILL: whenever a worker dies, every job is done, and its effect is there exactly once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.clock import SystemClock
from runtime.database import close_database, open_database
from runtime.numbers.rows import NumbersRow
from runtime.queue.jobs import enqueue, list_jobs
from runtime.queue.rows import JobRow
from runtime.tenancy import add, rows
from runtime.tenants.store import create_tenant

ROOT = Path(__file__).parents[3]
PROCESSES = ROOT / "tests" / "runtime" / "processes"
JOBS, STEPS, KILLS = 6, 4, 4


@pytest.fixture(params=["embedded", "redis"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a process: once with everything inside it, once with PostgreSQL and Redis."""
    wanted = ("sqlite_url",) if request.param == "embedded" else ("postgres_url", "redis_url")
    urls = dict(zip(("DUIQI_DATABASE_URL", "DUIQI_REDIS_URL"), map(request.getfixturevalue, wanted), strict=False))
    own = {"DUIQI_DATA_DIR": str(tmp_path), "DUIQI_SECRET_KEY": "a key for tests only", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **urls, **own}


@contextmanager
def process(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A working process; it is killed at the end."""
    started = subprocess.Popen(
        [sys.executable, str(PROCESSES / "work.py")], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == "working\n"
        yield started
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()


async def ask(url: str) -> None:
    await open_database(url)
    now = SystemClock().now()
    await create_tenant("acme", "Acme", now=now)
    await add(NumbersRow(tenant="acme", seq=0, changed_at=now))
    for number in range(JOBS):
        await enqueue("acme", "count", f"k{number}", {"name": f"job{number}", "steps": STEPS, "pause": 0.05}, now=now)
    await close_database()


async def state_of(url: str) -> tuple[int, list[str]]:
    await open_database(url)
    counted = (await rows(NumbersRow, "acme").get()).seq
    states = [job.state for job in await list_jobs("acme")]
    await close_database()
    return counted, states


async def expire(url: str) -> None:
    """Lets the leases of dead workers run out at once, instead of in half a minute."""
    await open_database(url)
    await rows(JobRow, "acme").filter(state="running").update(lease_until=SystemClock().now())
    await close_database()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(environment: dict[str, str]) -> None:
    url = environment["DUIQI_DATABASE_URL"]
    asyncio.run(ask(url))
    for _ in range(KILLS):
        with process(environment):
            time.sleep(0.15)
        if "DUIQI_REDIS_URL" in environment:
            asyncio.run(expire(url))
    with process(environment):
        end = time.monotonic() + 60
        while asyncio.run(state_of(url))[1] != ["done"] * JOBS and time.monotonic() < end:
            time.sleep(0.2)
    assert asyncio.run(state_of(url)) == (JOBS * STEPS, ["done"] * JOBS)


@pytest.mark.slow
def test_whatever_statement_a_worker_dies_at_the_effect_is_there_once(database_url: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(PROCESSES / "die_at_each_statement.py"), database_url],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    deaths = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(deaths) > 20
    assert [death for death in deaths if death["seq"] != 2 or death["states"] != ["done"]] == []
