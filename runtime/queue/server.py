"""The queue between processes: a real Redis passes the wake-ups on."""

import asyncio

import structlog
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from runtime.context import Context
from runtime.queue.worker import DuiqiWorker, arq_redis

log = structlog.get_logger(__name__)

CHANNEL = "duiqi:wake"
ROUND_SECONDS = 15.0
POLL_SECONDS = 1.0
_PAUSE_SECONDS = 1.0


class RedisWaker:
    """Wakes the workers of all machines. Without Redis it does nothing: their rounds find the job within 15 seconds."""

    def __init__(self, url: str) -> None:
        self._redis = arq_redis(_pool(url))
        self._tenants: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def wake(self, tenant: str) -> None:
        self._tenants.add(tenant)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._pass_on())

    async def close(self) -> None:
        """Passes on what is still to be passed on."""
        if self._task is not None:
            await self._task
        await self._redis.aclose()

    async def _pass_on(self) -> None:
        while self._tenants:
            tenant = self._tenants.pop()
            try:
                await self._redis.enqueue_job("look", tenant)
                await self._redis.publish(CHANNEL, tenant)
            except (RedisError, OSError):
                log.warning("workers not woken; they look by themselves", tenant=tenant)


def server_worker(context: Context, url: str) -> DuiqiWorker:
    """A worker of this machine; any number of them may run."""
    return DuiqiWorker(
        context, arq_redis(_pool(url)), round_seconds=ROUND_SECONDS, poll_seconds=POLL_SECONDS, listen=_listen
    )


async def _listen(worker: DuiqiWorker) -> None:
    """Wakes the worker when the channel says that there is something."""
    while True:
        try:
            async with worker.pool.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for _message in channel.listen():
                    worker.wake()
        except (RedisError, OSError):
            await asyncio.sleep(_PAUSE_SECONDS)


def _pool(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(url)
