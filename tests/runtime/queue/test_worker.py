"""The worker: woken at once, and finding by itself what nobody woke it for; with the embedded queue and with a real Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis

from runtime.clock import SystemClock, VirtualClock
from runtime.context import Context
from runtime.queue import handlers
from runtime.queue.embedded import embedded_worker
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue, find_job, list_jobs
from runtime.queue.rows import JobRow
from runtime.queue.server import server_worker
from runtime.queue.worker import QUEUE, decode, encode, working
from runtime.settings import Settings
from runtime.start import alone, opened, started
from runtime.tenancy import rows
from runtime.tenants.store import create_tenant
from schema_defs.errors import UsageError


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before = dict(handlers._handlers)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=sqlite_url, secret_key="a key for tests only")


@pytest.fixture
async def running(system: Settings) -> AsyncIterator[Context]:
    """A system with its worker and one tenant."""
    async with started(system) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        yield context


async def until(true: Callable[[], Any], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass")
        await asyncio.sleep(0.005)


async def test_a_job_begins_soon_after_its_commit(running: Context) -> None:
    begun: list[float] = []

    @handler("quick")
    async def quick(_: Context, __: str, ___: dict[str, Any]) -> None:
        begun.append(time.monotonic())

    waits = []
    for number in range(1, 11):
        asked = time.monotonic()
        await enqueue("acme", "quick", now=running.clock.now())
        await until(lambda number=number: len(begun) == number)
        waits.append(begun[-1] - asked)
    assert sorted(waits)[5] < 0.2


async def test_jobs_of_a_tenant_run_beside_each_other(running: Context) -> None:
    inside, most = 0, 0
    release = asyncio.Event()

    @handler("long")
    async def long(_: Context, __: str, ___: dict[str, Any]) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await release.wait()
        inside -= 1

    for number in range(3):
        await enqueue("acme", "long", f"k{number}", now=running.clock.now())
    await until(lambda: most == 3)
    release.set()
    await until(lambda: inside == 0)


async def test_a_job_for_later_is_found_when_its_time_comes(running: Context) -> None:
    done = asyncio.Event()

    @handler("later")
    async def later(_: Context, __: str, ___: dict[str, Any]) -> None:
        done.set()

    now = running.clock.now()
    await enqueue("acme", "later", now=now, run_after=now + timedelta(seconds=0.4))
    await asyncio.sleep(0.2)
    assert not done.is_set()
    await asyncio.wait_for(done.wait(), 16)


async def test_stopping_gives_unfinished_work_back(embedded: Settings) -> None:
    begun = asyncio.Event()

    @handler("endless")
    async def endless(_: Context, __: str, ___: dict[str, Any]) -> None:
        begun.set()
        await asyncio.sleep(3600)

    async with opened(embedded) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        job_id = await enqueue("acme", "endless", now=context.clock.now())
        async with working(embedded_worker(context), patience=0.1):
            await begun.wait()
        job = await find_job("acme", job_id)
        assert job is not None
        assert (job.state, job.attempts) == ("failed", 0)


async def test_a_second_process_on_one_sqlite_database_is_refused(embedded: Settings) -> None:
    async with started(embedded):
        with pytest.raises(UsageError), alone(embedded):
            pass


async def test_the_virtual_clock_brings_work_at_its_own_time(embedded: Settings, clock: VirtualClock) -> None:
    done: list[Any] = []

    @handler("daily")
    async def daily(context: Context, tenant: str, _: dict[str, Any]) -> None:
        done.append(context.clock.now())
        await enqueue(tenant, "daily", "next", now=context.clock.now(), run_after=done[-1] + timedelta(days=1))

    async with started(embedded, clock) as context:
        await create_tenant("acme", "Acme", now=clock.now())
        await enqueue("acme", "daily", "next", now=clock.now(), run_after=clock.now() + timedelta(days=1))
        await asyncio.sleep(0.05)
        assert done == []
        for day in range(1, 4):
            clock.advance(timedelta(days=1))
            await until(lambda day=day: len(done) == day)
            await until(lambda: context.clock.now() >= done[-1])


async def test_what_redis_lost_is_done_all_the_same(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    """The wake-ups are flushed before the worker starts; its first round finds every job in the table."""
    done: list[str] = []

    @handler("kept")
    async def kept(_: Context, __: str, args: dict[str, Any]) -> None:
        done.append(args["n"])

    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=redis_url, secret_key="a key for tests only"
    )
    async with opened(settings) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        for number in range(20):
            await enqueue("acme", "kept", args={"n": number}, now=context.clock.now())
        await asyncio.sleep(0.1)
        redis.Redis.from_url(redis_url).flushall()
        async with working(server_worker(context, redis_url)):
            await until(lambda: len(done) == 20)
    assert sorted(done) == list(range(20))


async def test_two_workers_share_the_work_and_do_nothing_twice(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    done: list[int] = []

    @handler("once")
    async def once(_: Context, __: str, args: dict[str, Any]) -> None:
        done.append(args["n"])
        await asyncio.sleep(0.001)

    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=redis_url, secret_key="a key for tests only"
    )
    async with (
        opened(settings) as context,
        working(server_worker(context, redis_url)),
        working(server_worker(context, redis_url)),
    ):
        await create_tenant("acme", "Acme", now=context.clock.now())
        await asyncio.gather(*[enqueue("acme", "once", args={"n": n}, now=context.clock.now()) for n in range(60)])
        await until(lambda: len(done) >= 60, 20)
        await asyncio.sleep(0.2)
        assert sorted(done) == list(range(60))
        assert {job.state for job in await list_jobs("acme", limit=100)} == {"done"}


async def test_without_redis_the_worker_goes_on_with_its_own_rounds(postgres_url: str, tmp_path: Path) -> None:
    done = asyncio.Event()

    @handler("alone")
    async def on_its_own(_: Context, __: str, ___: dict[str, Any]) -> None:
        done.set()

    nowhere = "redis://127.0.0.1:1/0"
    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=nowhere, secret_key="a key for tests only"
    )
    async with opened(settings) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        await enqueue("acme", "alone", now=context.clock.now())
        async with working(server_worker(context, nowhere)):
            await asyncio.wait_for(done.wait(), 10)


async def test_nothing_that_redis_holds_is_unpickled(running: Context) -> None:
    assert decode(encode({"a": [1, "b", None]})) == {"a": [1, "b", None]}
    with pytest.raises(Exception, match="MessagePack"):
        decode(b"\x80\x04cos\nsystem\n.")


async def test_a_wake_up_names_the_tenant_only(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=redis_url, secret_key="a key for tests only"
    )
    async with opened(settings):
        await create_tenant("acme", "Acme", now=SystemClock().now())
        await enqueue("acme", "secretive", args={"phone": "13800000001"}, now=SystemClock().now())
        await asyncio.sleep(0.1)
        client = redis.Redis.from_url(redis_url)
        assert client.zcard(QUEUE) == 1
        held = b"".join(client.get(key) or b"" for key in client.keys("arq:job:*"))
        assert b"acme" in held
        assert b"138" not in held


async def test_a_running_job_keeps_its_lease(running: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.queue.carry.HEARTBEAT_SECONDS", 0.05)
    begun, release = asyncio.Event(), asyncio.Event()

    @handler("slow")
    async def slow(_: Context, __: str, ___: dict[str, Any]) -> None:
        begun.set()
        await release.wait()

    job_id = await enqueue("acme", "slow", now=running.clock.now())
    await begun.wait()
    first = (await rows(JobRow, "acme").get(id=job_id)).lease_until
    await asyncio.sleep(0.3)
    row = await rows(JobRow, "acme").get(id=job_id)
    assert first is not None
    assert row.lease_until is not None
    assert row.lease_until > first
    release.set()


async def test_who_lost_the_job_stops(running: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.queue.carry.HEARTBEAT_SECONDS", 0.05)
    begun, stopped = asyncio.Event(), asyncio.Event()

    @handler("held-up")
    async def held_up(_: Context, __: str, ___: dict[str, Any]) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            stopped.set()
            raise

    job_id = await enqueue("acme", "held-up", now=running.clock.now())
    await begun.wait()
    await rows(JobRow, "acme").filter(id=job_id).update(attempts=2, state="done")
    await asyncio.wait_for(stopped.wait(), 5)


async def test_a_job_that_waits_for_a_running_one_does_not_keep_the_worker_spinning(
    running: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    async def counted(_: Any) -> int:
        nonlocal rounds
        rounds += 1
        return 0

    monkeypatch.setattr("runtime.queue.worker.rescue", counted)
    begun, release, done = asyncio.Event(), asyncio.Event(), []

    @handler("serial")
    async def serial(_: Context, __: str, args: dict[str, Any]) -> None:
        begun.set()
        await release.wait()
        done.append(args["n"])

    await enqueue("acme", "serial", "k", {"n": 1}, now=running.clock.now())
    await begun.wait()
    await enqueue("acme", "serial", "k", {"n": 2}, now=running.clock.now())
    before = rounds
    await asyncio.sleep(1.2)
    assert rounds - before <= 5
    assert done == []
    release.set()
    await until(lambda: done == [1, 2])


@pytest.mark.parametrize("turns", range(6))
async def test_a_worker_that_is_woken_while_it_is_stopped_ends(embedded: Settings, turns: int) -> None:
    async with opened(embedded) as context:
        worker = embedded_worker(context)
        running = asyncio.create_task(worker.async_run())
        await asyncio.sleep(0.2)
        worker.wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await worker.stop(patience=1)
            await asyncio.gather(running, return_exceptions=True)
    assert running.done()
