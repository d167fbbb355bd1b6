"""Migrating: a database full of rows keeps them, several processes may start at once, and a failure leaves nothing behind."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from runtime.database import APP, close_database, configuration, connection, is_sqlite, open_database
from runtime.migrations import _apply
from runtime.migrations._apply import migrate, pending
from runtime.migrations._tenant_key import make_tenant_keys
from runtime.settings import Settings
from runtime.start import migrate_database

ROOT = Path(__file__).parents[2]
FIRST = "m0001_tables"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path / 'new.db'}"


@pytest.fixture
async def empty_postgres(postgres_server: str) -> AsyncIterator[str]:
    name = f"e{uuid4().hex}"
    server = await asyncpg.connect(postgres_server.format(name="postgres"))
    await server.execute(f'CREATE DATABASE "{name}"')
    yield postgres_server.format(name=name)
    await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await server.close()


async def columns_of(table: str) -> list[tuple[str, str, bool]]:
    """Name, type and whether it must be filled, of every column."""
    if is_sqlite():
        found = await connection().execute_query_dict(
            f"SELECT name, type, \"notnull\" AS needed FROM pragma_table_info('{table}')"
        )
        return [(row["name"], row["type"].upper(), bool(row["needed"])) for row in found]
    found = await connection().execute_query_dict(
        "SELECT column_name AS name, data_type AS type, is_nullable = 'NO' AS needed "
        f"FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
    )
    return [(row["name"], row["type"].upper(), row["needed"]) for row in found]


async def table_names() -> list[str]:
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if is_sqlite()
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    return sorted(
        row["name"] for row in await connection().execute_query_dict(sql) if row["name"] != "tortoise_migrations"
    )


def sample(name: str, kind: str, number: int) -> str:
    """A value, as SQL, that suits the column."""
    if kind in ("DATE",):
        return f"'2026-03-{number:02d}'"
    if "TIME" in kind:
        return f"'2026-03-{number:02d} 01:00:00+00:00'"
    if kind in ("INT", "INTEGER", "REAL", "DOUBLE PRECISION", "BIGINT", "NUMERIC"):
        return str(number)
    if kind == "BOOLEAN":
        return "false"
    return f"'{name[:3]}{number}'" if kind != "TEXT" else "'[]'"


async def fill(rows_each: int) -> None:
    for table in await table_names():
        needed = [(name, kind) for name, kind, is_needed in await columns_of(table) if is_needed]
        names = ", ".join(f'"{name}"' for name, _ in needed)
        for number in range(1, rows_each + 1):
            values = ", ".join(sample(name, kind, number) for name, kind in needed)
            await connection().execute_query(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


async def contents() -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in await table_names():
        read = await connection().execute_query_dict(f'SELECT * FROM "{table}" ORDER BY id')
        found[table] = [dict(row) for row in read]
    return found


async def migrate_to_the_first(url: str) -> None:
    executor = MigrationExecutor(connection(), {APP: configuration(url)["apps"][APP]})
    await executor.migrate([MigrationTarget(APP, FIRST)])
    await make_tenant_keys()


async def test_a_database_full_of_rows_keeps_every_one(empty_url: str) -> None:
    await open_database(empty_url)
    try:
        await migrate_to_the_first(empty_url)
        await fill(3)
        before = await contents()
        await migrate(empty_url)
        after = await contents()
        assert await pending(empty_url) == []
    finally:
        await close_database()
    assert all(len(kept) == 3 for kept in before.values())
    for table, kept in before.items():
        assert [{name: row[name] for name in old} for row, old in zip(after[table], kept, strict=True)] == kept


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_new_database_and_an_old_one_have_the_same_schema(request: pytest.FixtureRequest, kind: str) -> None:
    old, new = request.getfixturevalue(f"empty_{kind}"), request.getfixturevalue(f"{kind}_url")
    assert asyncio.run(schema_of(old, step_by_step=True)) == asyncio.run(schema_of(new, step_by_step=False))


async def schema_of(url: str, *, step_by_step: bool) -> dict[str, list[tuple[str, str, bool]]]:
    await open_database(url)
    try:
        if step_by_step:
            await migrate_to_the_first(url)
            await migrate(url)
        return {table: sorted(await columns_of(table)) for table in await table_names()}
    finally:
        await close_database()


async def test_two_processes_may_migrate_at_once(empty_url: str, tmp_path: Path) -> None:
    environment = {
        "DUIQI_DATABASE_URL": empty_url,
        "DUIQI_SECRET_KEY": "a key for tests only",
        "DUIQI_DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "admin.cli", "migrate", "--json"]
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [(await process.communicate())[0].decode().strip() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted(answer == '{"applied":[]}' for answer in answers) == [False, True]


async def test_a_migration_that_breaks_leaves_the_database_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def broken() -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(_apply, "make_tenant_keys", broken)
    settings = Settings(data_dir=tmp_path, database_url=empty_url, secret_key="a key for tests only")
    with pytest.raises(RuntimeError, match="power cut"):
        await migrate_database(settings)
    monkeypatch.undo()
    await open_database(empty_url)
    try:
        assert await table_names() == []
    finally:
        await close_database()
    assert FIRST in await migrate_database(settings)
