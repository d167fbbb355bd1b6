"""Starting and ending the running system, whichever process it is in."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager

from runtime.clock import Clock, SystemClock
from runtime.context import Context
from runtime.database import close_database, open_database
from runtime.delivery.channels import close_channels
from runtime.events import Events, LocalEvents
from runtime.migrations._apply import migrate, pending
from runtime.queue.claims import rescue
from runtime.queue.wake import Nobody, install
from runtime.queue.worker import working
from runtime.records.watch import watch_folders
from runtime.redis_events import RedisEvents
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from schema_defs.errors import UsageError
from schema_defs.text import Said


@asynccontextmanager
async def opened(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Context]:
    """The database, migrated where it belongs to this machine alone, and the context; no work is done. For commands and web processes."""
    async with AsyncExitStack() as stack:
        await open_database(settings.database_url)
        stack.push_async_callback(close_database)
        await _bring_up_to_date(settings)
        events: Events = RedisEvents(settings.redis_url) if settings.redis_url else LocalEvents()
        stack.push_async_callback(events.close)
        if settings.redis_url:
            from runtime.queue.server import RedisWaker

            waker = RedisWaker(settings.redis_url)
            stack.push_async_callback(waker.close)
            install(waker)
            stack.callback(install, Nobody())
        context = Context(
            settings=settings, clock=clock or SystemClock(), events=events, secrets=Secrets(settings.secret_key)
        )
        stack.push_async_callback(close_channels, context)
        yield context


@asynccontextmanager
async def started(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Context]:
    """As `opened`, with a worker in this process: the embedded one, or with Redis one of many."""
    # Only here: a command that does no work starts a second earlier without the queue's libraries.
    from runtime.queue.embedded import EmbeddedWaker, embedded_worker
    from runtime.queue.server import server_worker

    async with opened(settings, clock) as context:
        if settings.redis_url:
            async with working(server_worker(context, settings.redis_url)), _watching(context):
                yield context
            return
        with alone(settings):
            await rescue(context.clock.now(), all_running=settings.sqlite)
            worker = embedded_worker(context)
            install(EmbeddedWaker(worker))
            try:
                async with working(worker), _watching(context):
                    yield context
            finally:
                install(Nobody())


async def migrate_database(settings: Settings) -> list[str]:
    """Brings the database to this version, and returns the names of the steps that were needed."""
    await open_database(settings.database_url)
    try:
        return await migrate(settings.database_url)
    finally:
        await close_database()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """With SQLite one process does the work and serves the pages; a second one is refused. The lock ends with the process."""
    if not settings.sqlite or settings.database_url.endswith(":memory:"):
        yield
        return
    path = f"{settings.database_url.split('://', 1)[1].split('?', 1)[0]}.running"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise UsageError(_NOT_ALONE) from error
        yield


def is_served(settings: Settings) -> bool:
    """Whether a process with a worker has the SQLite database in hand now."""
    try:
        with alone(settings):
            return False
    except UsageError:
        return True


@asynccontextmanager
async def _watching(context: Context) -> AsyncIterator[None]:
    """Looks at the watched folders as long as the worker works."""
    watch = asyncio.create_task(watch_folders(context))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _bring_up_to_date(settings: Settings) -> None:
    """SQLite is migrated at the start; a server's database by `duiqi migrate`, when its owner wants it."""
    if settings.sqlite:
        await migrate(settings.database_url)
    elif await pending(settings.database_url):
        raise UsageError(_NOT_MIGRATED)


_NOT_MIGRATED = Said(
    zh="数据库还不是这个版本：先运行 `duiqi migrate`",
    en="the database is not of this version yet: run `duiqi migrate` first",
)
_NOT_ALONE = Said(
    zh="已有一个 Duiqi 进程在用这个 SQLite 数据库；先停掉它，或改用 PostgreSQL 和 Redis（DUIQI_DATABASE_URL、DUIQI_REDIS_URL）",
    en="another Duiqi process uses this SQLite database already; stop it first, or use PostgreSQL and Redis"
    " (DUIQI_DATABASE_URL, DUIQI_REDIS_URL)",
)
