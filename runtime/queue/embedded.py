"""The queue inside one process: the same arq code on a Redis made of Python."""

import asyncio

from fakeredis import FakeAsyncRedisConnection, FakeServer
from redis.asyncio import ConnectionPool

from runtime.context import Context
from runtime.queue.worker import DuiqiWorker, arq_redis

ROUND_SECONDS = 2.0
POLL_SECONDS = 1.0


class EmbeddedWaker:
    """Wakes the worker of this process."""

    def __init__(self, worker: DuiqiWorker) -> None:
        self._worker = worker
        self._tenants: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def wake(self, tenant: str) -> None:
        """Several calls before the worker gets its turn are one."""
        self._tenants.add(tenant)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._pass_on())

    async def _pass_on(self) -> None:
        while self._tenants:
            await self._worker.pool.enqueue_job("look", self._tenants.pop())
        self._worker.wake()


def embedded_worker(context: Context) -> DuiqiWorker:
    """A worker with a Redis of its own, which ends with the process and need not be kept."""
    pool = ConnectionPool(connection_class=FakeAsyncRedisConnection, server=FakeServer())
    return DuiqiWorker(context, arq_redis(pool), round_seconds=ROUND_SECONDS, poll_seconds=POLL_SECONDS)
