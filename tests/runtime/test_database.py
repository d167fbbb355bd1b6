"""Transactions: whole or not at all, out of each other's way, and across processes."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tortoise.exceptions import OperationalError
from tortoise.expressions import F

from runtime.database import (
    after_commit,
    close_database,
    connection,
    database_now,
    in_a_transaction,
    is_sqlite,
    open_database,
    transact,
    transaction,
)
from runtime.numbers.rows import NumbersRow
from runtime.sqlite import statements_of
from runtime.tenancy import add, rows
from runtime.tenants.rows import TenantRow

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PROGRAM = Path(__file__).parent / "processes" / "count_up.py"


async def count_up() -> None:
    """Reads, then writes: what fails with "database is locked" where a transaction does not take the write lock first.

    PostgreSQL wants the row locked first.
    """
    found = rows(NumbersRow, "acme")
    if not is_sqlite():
        await found.update(seq=F("seq") + 0)
    row = await found.get()
    await asyncio.sleep(0)
    await found.update(seq=row.seq + 1)


@pytest.fixture
async def counter(database: str) -> str:
    await add(NumbersRow(tenant="acme", seq=0, changed_at=NOW))
    return database


async def test_what_fails_leaves_nothing(database: str) -> None:
    async def write() -> None:
        await add(TenantRow(tenant="acme", key="acme", label="A", created_at=NOW))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await transact(write)
    assert not await rows(TenantRow, "acme").exists()


async def test_an_inner_transaction_is_part_of_the_outer_one(database: str) -> None:
    async def write() -> None:
        async with transaction():
            await add(TenantRow(tenant="acme", key="acme", label="A", created_at=NOW))
        assert in_a_transaction()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await transact(write)
    assert not in_a_transaction()
    assert not await rows(TenantRow, "acme").exists()


async def test_calls_after_the_commit_see_it_and_come_once(database: str) -> None:
    called: list[str] = []

    async def write() -> None:
        after_commit(lambda: called.append("outer"))
        async with transaction():
            after_commit(lambda: called.append("inner"))
        assert called == []

    await transact(write)
    assert called == ["outer", "inner"]
    after_commit(lambda: called.append("at once"))
    assert called[-1] == "at once"


async def test_what_had_to_yield_is_run_again_and_its_first_calls_are_forgotten(database: str) -> None:
    tries, called = 0, []

    async def write() -> str:
        nonlocal tries
        tries += 1
        after_commit(lambda mine=tries: called.append(mine))
        if tries < 3:
            raise OperationalError("database is locked")
        return "done"

    assert await transact(write) == "done"
    assert called == [3]


async def test_a_hundred_at_once_lose_no_update(counter: str) -> None:
    await asyncio.gather(*[transact(count_up) for _ in range(100)])
    assert (await rows(NumbersRow, "acme").get()).seq == 100


async def test_three_processes_at_once_lose_no_update_and_none_fails(counter: str) -> None:
    await close_database()
    command = [sys.executable, str(PROGRAM), counter, "40"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], errors
    await open_database(counter)
    assert (await rows(NumbersRow, "acme").get()).seq == 120


async def test_reading_does_not_wait_for_a_transaction_and_does_not_see_it(counter: str) -> None:
    written, release = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await rows(NumbersRow, "acme").update(seq=1)
        assert (await rows(NumbersRow, "acme").get()).seq == 1
        written.set()
        await release.wait()

    writer = asyncio.create_task(transact(write))
    await written.wait()
    began = time.monotonic()
    assert (await rows(NumbersRow, "acme").get()).seq == 0
    assert time.monotonic() - began < 1
    assert not writer.done()
    release.set()
    await writer
    assert (await rows(NumbersRow, "acme").get()).seq == 1


async def test_moments_compare_as_moments_whatever_their_zone(database: str) -> None:
    shanghai = datetime(2026, 3, 2, 8, 0, 0, 500, tzinfo=ZoneInfo("Asia/Shanghai"))
    await add(TenantRow(tenant="acme", key="acme", label="A", created_at=shanghai))
    found = await rows(TenantRow, "acme").filter(created_at__gt=NOW).get()
    assert found.created_at == shanghai
    assert found.created_at.utcoffset() == NOW.utcoffset()
    assert not await rows(TenantRow, "acme").filter(created_at__lt=shanghai).exists()
    assert await rows(TenantRow, "acme").filter(created_at__lte=shanghai).exists()


async def test_the_database_knows_the_time(database: str) -> None:
    assert abs((await database_now()) - datetime.now(UTC)).total_seconds() < 5


async def test_sqlite_is_as_safe_as_postgres_against_a_power_cut(sqlite_database: str) -> None:
    assert is_sqlite()
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        assert (await connection().execute_query_dict(f"PRAGMA {pragma}"))[0][pragma] == wanted


def test_a_script_is_taken_apart_at_its_semicolons_and_nowhere_else() -> None:
    script = "CREATE TABLE a (b TEXT);\nINSERT INTO a\nVALUES ('x; y');\nSELECT 1"
    assert [statement.strip() for statement in statements_of(script)] == [
        "CREATE TABLE a (b TEXT);", "INSERT INTO a\nVALUES ('x; y');", "SELECT 1",
    ]  # fmt: skip


async def test_a_transaction_that_cannot_begin_leaves_the_way_free(sqlite_database: str) -> None:
    path = sqlite_database.removeprefix("sqlite://")
    await connection().execute_query("PRAGMA busy_timeout=50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        async with transaction():
            raise AssertionError("it cannot begin")
    assert not in_a_transaction()
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(transact(lambda: add(TenantRow(tenant="acme", key="acme", label="A", created_at=NOW))), 5)
    assert await rows(TenantRow, "acme").exists()


async def test_whoever_is_cancelled_at_any_moment_leaves_the_way_free(counter: str) -> None:
    async def write() -> None:
        await transact(count_up)

    for pause in range(60):
        task = asyncio.create_task(write())
        for _ in range(pause):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not in_a_transaction()

    async def counted() -> int:
        return (await rows(NumbersRow, "acme").get()).seq

    # In a transaction, for a commit that nobody waits for any more may still be on its way.
    before = await asyncio.wait_for(transact(counted), 5)
    await asyncio.wait_for(transact(count_up), 5)
    assert await counted() == before + 1


async def test_a_dead_connection_is_the_one_transactions_trouble_only(postgres_url: str) -> None:
    await open_database(postgres_url)
    try:
        await add(NumbersRow(tenant="acme", seq=0, changed_at=NOW))
        for _ in range(12):
            pool = connection()._pool  # type: ignore[attr-defined]  # asyncpg's pool
            for holder in pool._holders:
                if holder._con is not None:
                    holder._con.terminate()
            for _ in range(10):
                with contextlib.suppress(Exception):
                    await transact(count_up)
        before = (await rows(NumbersRow, "acme").get()).seq
        await transact(count_up)
        assert (await rows(NumbersRow, "acme").get()).seq == before + 1
    finally:
        await close_database()
