"""Bringing a database to this version."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.migrations.executor import MigrationExecutor

from runtime.database import APP, configuration, connection, is_sqlite, transaction
from runtime.migrations._tenant_key import make_tenant_keys

LOCK_KEY = 0x6475697169
LOCK_SECONDS = 120.0


async def migrate(database_url: str) -> list[str]:
    """Applies what is missing, all or nothing, and returns the names of what was applied. Two processes may start at once."""
    apps = {APP: configuration(database_url)["apps"][APP]}
    async with _alone(), transaction():
        applied = await _apply(apps)
        await make_tenant_keys()
    return applied


async def pending(database_url: str) -> list[str]:
    """The names of the migrations that this database still lacks."""
    apps = {APP: configuration(database_url)["apps"][APP]}
    return [step.migration.name for step in await MigrationExecutor(connection(), apps).plan()]


async def _apply(apps: dict[str, dict[str, Any]]) -> list[str]:
    applied: list[str] = []

    def note(event: str, _app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(name)

    executor = MigrationExecutor(connection(), apps)
    # Before Tortoise asks its own table, which is not there yet: on PostgreSQL the failing question would end the transaction.
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    await executor.migrate(progress=note)
    return applied


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Only one process migrates at a time; the next one then finds nothing to do."""
    if is_sqlite():
        path = str(getattr(connection(), "filename", ":memory:"))
        lock = await asyncio.to_thread(_lock_file, path)
        try:
            yield
        finally:
            lock.close()
        return
    async with transaction():
        await connection().execute_query(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")
        yield


def _lock_file(database_path: str) -> sqlite3.Connection:
    """An exclusive lock that ends with the process, on every system: SQLite's own, on a file beside the database."""
    path = database_path if database_path == ":memory:" else f"{database_path}.migrating"
    lock = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    return lock
