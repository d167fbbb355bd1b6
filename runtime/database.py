"""Opening and closing the database, and transactions."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

T = TypeVar("T")

APP = "duiqi"
CONNECTION = "default"
ROWS = tuple(
    f"runtime.{room}.rows"
    for room in (
        "tenants", "releases", "drafts", "records", "numbers", "targets", "alerts", "delivery", "meetings", "people", "audit",
        "queue", "secrets", "calendars",
    )
)  # fmt: skip
"""The modules that hold tables: a new room adds itself here."""

TRIES = 8
ROLLED_BACK = "40"
"""PostgreSQL's class of errors after which a transaction may be run again: serialization failure, deadlock."""
_context: TortoiseContext | None = None
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


def configuration(database_url: str) -> dict[str, Any]:
    """Tortoise's configuration for an address such as `sqlite:///path/duiqi.db` or `postgres://user:password@host/name`."""
    connection = expand_db_url(database_url)
    connection["engine"] = "runtime.sqlite" if database_url.startswith("sqlite:") else "runtime.postgres"
    return {
        "connections": {CONNECTION: connection},
        "apps": {APP: {"models": list(ROWS), "default_connection": CONNECTION, "migrations": "runtime.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(database_url: str) -> None:
    """Connects this process. Every task sees the connection, whichever opened it; a process has one database at a time."""
    global _context
    if database_url.startswith("sqlite:"):
        file_path = Path(expand_db_url(database_url)["credentials"]["file_path"])
        file_path.parent.mkdir(parents=True, exist_ok=True)
    # Tortoise keeps the text of its INSERTs by table only; after another kind of database they would have its placeholders.
    EXECUTOR_CACHE.clear()
    context = TortoiseContext()
    with context:
        await context.init(config=configuration(database_url), _enable_global_fallback=True)
    _context = context


async def close_database() -> None:
    """Disconnects; nothing happens when nothing is open."""
    global _context
    context, _context = _context, None
    if context is not None:
        await context.close_connections()


def connection() -> BaseDBAsyncClient:
    """The current connection; inside a transaction, the transaction's."""
    return get_connections().get(CONNECTION)


def is_sqlite() -> bool:
    return connection().capabilities.dialect == "sqlite"


async def database_now() -> datetime:
    """The database's time: leases are kept by it, since the clocks of two machines differ."""
    if is_sqlite():
        return datetime.now(UTC)
    row = (await connection().execute_query_dict("SELECT clock_timestamp() AS now"))[0]
    moment: datetime = row["now"]
    return moment.astimezone(UTC)


def in_a_transaction() -> bool:
    return _after_commit.get() is not None


def after_commit(call: Callable[[], None]) -> None:
    """Calls `call` when the surrounding transaction has been committed (never if it is rolled back); at once without one."""
    waiting = _after_commit.get()
    if waiting is None:
        call()
    else:
        waiting.append(call)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing. Inside another transaction it is part of that one. Keep it short: no network, no PDF, no waiting for people."""
    if in_a_transaction():
        yield
        return
    waiting: list[Callable[[], None]] = []
    token = _after_commit.set(waiting)
    try:
        async with in_transaction(CONNECTION):
            yield
    finally:
        _after_commit.reset(token)
    for call in waiting:
        call()


async def transact(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work` in a transaction, again from its start when the database made it yield to another one."""
    if in_a_transaction():
        return await work()
    for attempt in range(TRIES):
        try:
            async with transaction():
                return await work()
        except Exception as error:
            if attempt == TRIES - 1 or not yielded(error):
                raise
        await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def yielded(error: Exception) -> bool:
    """Whether the database rolled the transaction back in favour of another one: nothing happened, and it may be tried again."""
    if isinstance(error, OperationalError) and "locked" in str(error):
        return True
    return str(getattr(error, "sqlstate", "")).startswith(ROLLED_BACK)


async def answers() -> bool:
    """Whether the database answers just now."""
    try:
        await connection().execute_query("SELECT 1")
    except (OperationalError, OSError):
        return False
    return True
