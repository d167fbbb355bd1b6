"""Jobs: asked for once, claimed once, tried again, given up in the end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.database import transact
from runtime.queue import handlers
from runtime.queue.claims import LEASE, claim, finish, next_due, rescue
from runtime.queue.drain import drain, drain_until
from runtime.queue.handlers import TryLater, handler
from runtime.queue.jobs import TRIES, enqueue, find_job, list_jobs, retry_dead
from runtime.queue.rows import JobRow
from runtime.tenancy import rows
from runtime.tenants.rows import TenantRow
from schema_defs.errors import OutsideError, UsageError
from schema_defs.text import Said


@pytest.fixture(autouse=True)
def own_handlers() -> Any:
    """Handlers that a test registers end with it."""
    before = dict(handlers._handlers)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)


async def test_a_job_is_done_once_and_keeps_its_result(context: Context, tenant: str) -> None:
    seen: list[Any] = []

    @handler("add")
    async def add(_: Context, of: str, args: dict[str, Any]) -> dict[str, int]:
        seen.append((of, args))
        return {"sum": args["a"] + args["b"]}

    job_id = await enqueue(tenant, "add", args={"a": 1, "b": 2}, now=context.clock.now())
    assert await drain(context) == 1
    assert await drain(context) == 0
    job = await find_job(tenant, job_id)
    assert job is not None
    assert (job.state, job.result, seen) == ("done", {"sum": 3}, [("acme", {"a": 1, "b": 2})])


async def test_of_one_key_one_job_waits_and_the_earlier_moment_wins(context: Context, tenant: str) -> None:
    now = context.clock.now()
    first = await enqueue(tenant, "compute", "cells", now=now, run_after=now + timedelta(hours=2))
    second = await enqueue(tenant, "compute", "cells", now=now, run_after=now + timedelta(hours=1))
    third = await enqueue(tenant, "compute", "cells", now=now, run_after=now + timedelta(hours=3))
    other = await enqueue(tenant, "compute", "other", now=now)
    assert first == second == third != other
    job = await find_job(tenant, first)
    assert job is not None
    assert job.run_after == now + timedelta(hours=1)


async def test_asking_again_while_a_job_runs_makes_another_one_that_waits_for_it(context: Context, tenant: str) -> None:
    now = context.clock.now()
    await enqueue(tenant, "compute", "cells", now=now)
    running = await claim(tenant, now)
    assert running is not None
    again = await enqueue(tenant, "compute", "cells", now=now)
    assert again != running.id
    assert await claim(tenant, now) is None
    assert await finish(running, None, now)
    after = await claim(tenant, now)
    assert after is not None
    assert after.id == again


async def test_a_job_of_a_transaction_that_is_rolled_back_does_not_exist(context: Context, tenant: str) -> None:
    async def write_and_fail() -> None:
        await enqueue(tenant, "compute", now=context.clock.now())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await transact(write_and_fail)
    assert await list_jobs(tenant) == []


async def test_a_job_is_not_done_before_its_time(context: Context, clock: VirtualClock, tenant: str) -> None:
    done: list[datetime] = []

    @handler("later")
    async def later(given: Context, _: str, __: dict[str, Any]) -> None:
        done.append(given.clock.now())

    start = clock.now()
    await enqueue(tenant, "later", now=start, run_after=start + timedelta(hours=9))
    assert await drain(context) == 0
    assert await next_due() == start + timedelta(hours=9)
    assert await drain_until(context, clock, start + timedelta(days=1)) == 1
    assert done == [start + timedelta(hours=9)]
    assert clock.now() == start + timedelta(days=1)


async def test_a_failing_job_is_tried_five_times_and_then_dead_with_its_reason(
    context: Context, clock: VirtualClock, tenant: str
) -> None:
    @handler("poison")
    async def poison(_: Context, __: str, ___: dict[str, Any]) -> None:
        raise RuntimeError("cannot be")

    job_id = await enqueue(tenant, "poison", now=clock.now())
    assert await drain_until(context, clock, clock.now() + timedelta(days=1)) == TRIES == 5
    job = await find_job(tenant, job_id)
    assert job is not None
    assert (job.state, job.attempts, job.error) == ("dead", 5, "RuntimeError: cannot be")
    assert await drain_until(context, clock, clock.now() + timedelta(days=1)) == 0
    assert await retry_dead(tenant, job_id, now=clock.now())
    assert await drain(context) == 1


async def test_what_no_try_can_help_is_dead_at_once(context: Context, tenant: str) -> None:
    @handler("refused")
    async def refused(_: Context, __: str, ___: dict[str, Any]) -> None:
        raise UsageError(Said(zh="不行", en="not so"))

    job_id = await enqueue(tenant, "refused", now=context.clock.now())
    assert await drain(context) == 1
    job = await find_job(tenant, job_id)
    assert job is not None
    assert (job.state, job.error) == ("dead", "not so")


async def test_an_outside_system_says_how_long_to_wait(context: Context, clock: VirtualClock, tenant: str) -> None:
    @handler("send")
    async def send(_: Context, __: str, ___: dict[str, Any]) -> None:
        raise OutsideError(Said(zh="稍后", en="later"), permanent=False, retry_after=900)

    job_id = await enqueue(tenant, "send", now=clock.now())
    await drain(context)
    job = await find_job(tenant, job_id)
    assert job is not None
    assert (job.state, job.run_after) == ("failed", clock.now() + timedelta(seconds=900))


async def test_a_handler_that_asks_for_patience_uses_up_no_try(
    context: Context, clock: VirtualClock, tenant: str
) -> None:
    calls = 0

    @handler("patient")
    async def patient(_: Context, __: str, ___: dict[str, Any]) -> str:
        nonlocal calls
        calls += 1
        if calls < 12:
            raise TryLater(timedelta(minutes=1))
        return "at last"

    job_id = await enqueue(tenant, "patient", now=clock.now())
    assert await drain_until(context, clock, clock.now() + timedelta(hours=1)) == 12
    job = await find_job(tenant, job_id)
    assert job is not None
    assert (job.state, job.attempts, job.result) == ("done", 1, "at last")


async def test_a_job_of_an_unknown_kind_fails_with_its_name(context: Context, tenant: str) -> None:
    job_id = await enqueue(tenant, "nobody", now=context.clock.now())
    await drain(context)
    job = await find_job(tenant, job_id)
    assert job is not None
    assert "'nobody'" in (job.error or "")


async def test_the_job_of_a_dead_worker_is_rescued_and_its_late_result_is_ignored(
    context: Context, tenant: str
) -> None:
    now = context.clock.now()
    await enqueue(tenant, "compute", "cells", now=now)
    lost = await claim(tenant, now)
    assert lost is not None
    assert await rescue(now) == 0
    await rows(JobRow, tenant).update(lease_until=datetime.now(now.tzinfo) - LEASE)
    assert await rescue(now) == 1
    taken = await claim(tenant, now)
    assert taken is not None
    assert (taken.id, taken.attempts) == (lost.id, 2)
    assert not await finish(lost, "too late", now)
    assert await finish(taken, "in time", now)


async def test_a_job_that_kills_every_worker_is_dead_after_five(context: Context, tenant: str) -> None:
    now = context.clock.now()
    job_id = await enqueue(tenant, "killer", now=now)
    for _ in range(TRIES):
        assert await claim(tenant, now) is not None
        assert await rescue(now, all_running=True) == 1
    job = await find_job(tenant, job_id)
    assert job is not None
    assert job.state == "dead"
    assert await claim(tenant, now) is None


async def test_many_claimers_race_and_each_job_is_claimed_once(context: Context, tenant: str) -> None:
    now = context.clock.now()
    for number in range(30):
        await enqueue(tenant, "compute", f"k{number}", now=now)

    async def claim_all() -> list[str]:
        taken = []
        while (job := await claim(tenant, now)) is not None:
            taken.append(job.id)
        return taken

    claimed = [job_id for taken in await asyncio.gather(*[claim_all() for _ in range(4)]) for job_id in taken]
    assert len(claimed) == len(set(claimed)) == 30


async def test_many_ask_for_one_key_at_once_and_one_job_waits(context: Context, tenant: str) -> None:
    now = context.clock.now()
    asked = await asyncio.gather(*[enqueue(tenant, "compute", "cells", now=now) for _ in range(20)])
    assert len(set(asked)) == 1


async def test_asking_again_before_the_commit_keeps_the_job_from_being_claimed(context: Context, tenant: str) -> None:
    """Else the job could run before what the second asker wrote is visible, and nobody would compute it."""
    now = context.clock.now()
    await enqueue(tenant, "compute", "cells", now=now)
    asked, release, order = asyncio.Event(), asyncio.Event(), []

    async def ask() -> None:
        async def write() -> None:
            await enqueue(tenant, "compute", "cells", now=now)
            asked.set()
            await release.wait()
            order.append("committed")

        await transact(write)

    asker = asyncio.create_task(ask())
    await asked.wait()

    async def take() -> JobRow | None:
        job = await claim(tenant, now)
        order.append("claimed")
        return job

    taker = asyncio.create_task(take())
    await asyncio.sleep(0.15)
    assert order == []
    release.set()
    await asker
    assert await taker is not None
    assert order == ["committed", "claimed"]


async def test_one_tenants_jobs_are_not_anothers(context: Context, tenant: str) -> None:
    now = context.clock.now()
    job_id = await enqueue(tenant, "compute", now=now)
    assert await find_job("globex", job_id) is None
    assert await claim("globex", now) is None


async def test_nothing_is_done_for_a_suspended_tenant_until_it_is_active_again(context: Context, tenant: str) -> None:
    now = context.clock.now()
    await enqueue(tenant, "compute", now=now)
    await rows(TenantRow, tenant).update(state="suspended")
    assert await claim(tenant, now) is None
    assert await claim(None, now) is None
    assert await next_due() is None
    await rows(TenantRow, tenant).update(state="active")
    assert await claim(None, now) is not None
