"""The worker: arq tells it to look, the jobs' table says what to do.

arq's jobs carry no work. Each says "look at this tenant's jobs"; when Redis loses them or is away, the worker's own
rounds over the table find the same jobs, only later.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from runtime.context import Context
from runtime.queue.carry import carry_out_due
from runtime.queue.claims import forget, next_due, rescue

log = structlog.get_logger(__name__)

QUEUE = "duiqi:looks"
AT_ONCE = 8
KEPT = timedelta(days=3)
"""So long a job that is done stays to be looked at."""
_BREATH_SECONDS = 0.02
_BLOCKED_SECONDS = 0.5
_LONGEST_LOOK_SECONDS = 6 * 3600


def encode(value: Any) -> bytes:
    """arq's own default is pickle, with which whoever writes to Redis could run code here."""
    return msgspec.msgpack.encode(value, enc_hook=repr)


decode = msgspec.msgpack.decode


def arq_redis(pool: ConnectionPool) -> ArqRedis:
    return ArqRedis(pool, job_serializer=encode, job_deserializer=decode, default_queue_name=QUEUE)


async def look(ctx: dict[Any, Any], tenant: str) -> None:
    """arq's job: everything of one tenant that is due."""
    worker: DuiqiWorker = ctx["worker"]
    await carry_out_due(worker.context, tenant, go_on=worker.goes_on)


class DuiqiWorker(Worker):
    """arq's worker that is woken instead of polling, and outlives Redis."""

    def __init__(
        self,
        context: Context,
        redis: ArqRedis,
        *,
        round_seconds: float,
        poll_seconds: float,
        listen: "Callable[[DuiqiWorker], Coroutine[Any, Any, None]] | None" = None,
    ) -> None:
        super().__init__(
            functions=[func(look, name="look", keep_result=0, timeout=_LONGEST_LOOK_SECONDS, max_tries=1_000_000)],
            redis_pool=redis,
            queue_name=QUEUE,
            handle_signals=False,
            max_jobs=AT_ONCE,
            poll_delay=poll_seconds,
            job_serializer=encode,
            job_deserializer=decode,
            log_results=False,
            keep_result=0,
        )
        self.context = context
        self._woken = asyncio.Event()
        self._nudged = asyncio.Event()
        self.stopping = False
        self._listen = listen
        self._round_seconds = round_seconds
        self.ctx["worker"] = self

    def wake(self) -> None:
        """Looks now, and asks again when the next job is due."""
        self._woken.set()
        self._nudged.set()

    def goes_on(self) -> bool:
        return not self.stopping

    async def main(self) -> None:
        """Until cancelled. arq's own version asks Redis for its INFO first, which the embedded one has not, and ends with Redis."""
        beside = [asyncio.create_task(self._rounds())]
        if self._listen is not None:
            beside.append(asyncio.create_task(self._listen(self)))
        try:
            while True:
                await self._look_at_redis()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(
                        self.poll_delay_s
                    ):  # 3.11's wait_for forgets a stop that comes with a wake-up
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def stop(self, patience: float) -> None:
        """Takes no new job, waits for those that run, and gives back what is not done in time."""
        self.stopping = True
        self.allow_pick_jobs = False
        running = [task for task in self.tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=patience)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self.main_task:
            self.main_task.cancel()
            await asyncio.gather(self.main_task, return_exceptions=True)

    async def _look_at_redis(self) -> None:
        try:
            await self._poll_iteration()
        except (RedisError, OSError):
            log.warning("redis is away; the worker goes on with its own rounds")
            await asyncio.sleep(1.0)

    async def _rounds(self) -> None:
        """What nobody woke us for: jobs whose time has come, lost wake-ups, jobs of dead workers."""
        while True:
            try:
                now = self.context.clock.now()
                await rescue(now)
                await forget(now - KEPT)
                await carry_out_due(self.context, go_on=self.goes_on)
                await self._pause(now)
            except Exception:
                log.exception("a round of the worker failed")
                await asyncio.sleep(self._round_seconds)

    async def _pause(self, looked_at: datetime) -> None:
        """A round's pause, or less when a job falls due; being woken may mean that one falls due earlier.

        What was due already when we looked waits for something that runs: looking again at once would not help.
        """
        end = self.loop.time() + self._round_seconds
        while (left := end - self.loop.time()) > 0:
            self._nudged.clear()
            due = await next_due()
            if due is not None and due <= looked_at:
                left, due = min(left, _BLOCKED_SECONDS), None
            if not await self._nudged_within(left, due):
                return
            await asyncio.sleep(_BREATH_SECONDS)

    async def _nudged_within(self, seconds: float, due: datetime | None) -> bool:
        """Whether somebody woke us before the time was over and before the next job fell due."""
        nudge = asyncio.create_task(self._nudged.wait())
        waits = {nudge} | ({asyncio.create_task(self._falls_due(due))} if due else set())
        try:
            done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        return done == {nudge}

    async def _falls_due(self, due: datetime) -> bool:
        await self.context.clock.wait_until(due)
        return True


@asynccontextmanager
async def working(worker: DuiqiWorker, *, patience: float = 20.0) -> AsyncIterator[DuiqiWorker]:
    """The worker runs beside what is inside the block, and ends with it; jobs that run then have `patience` seconds."""
    task = asyncio.create_task(worker.async_run())
    try:
        yield worker
    finally:
        await worker.stop(patience)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
