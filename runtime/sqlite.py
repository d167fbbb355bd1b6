"""SQLite for Tortoise: a second connection reads while a transaction writes, and a transaction takes the write lock first.

Tortoise's own client has one connection, so that an open transaction holds up every page; and it begins transactions
deferred, so that two processes that read before they write fail with "database is locked".
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

BUSY_SECONDS = 10.0
CACHE_KILOBYTES = 32_000
"""SQLite's own default of 2 MB makes it read its indexes again and again while many rows are written."""


class DuiqiSqlite(SqliteClient):
    """Selects outside transactions go to the reader, everything else to the writer."""

    _reader: aiosqlite.Connection | None = None

    async def create_connection(self, with_db: bool) -> None:
        await super().create_connection(with_db)
        assert self._connection is not None
        await self._connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        await self._connection.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
        if self._reader is None and self.filename != ":memory:":
            self._reader = await aiosqlite.connect(self.filename, isolation_level=None, timeout=BUSY_SECONDS)
            self._reader._conn.row_factory = sqlite3.Row
            await self._reader.execute("PRAGMA query_only=ON")
            await self._reader.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")

    async def close(self) -> None:
        if self._reader is not None:
            await self._reader.close()
            self._reader = None
        await super().close()

    def _in_transaction(self) -> TransactionContext:
        return CleanTransaction(Transaction(self), self._lock)

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        reader = await self._reader_for(query)
        if reader is None:
            return await self._write(query, values)
        rows = list(await reader.execute_fetchall(query, values or []))
        return len(rows), rows

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        reader = await self._reader_for(query)
        if reader is None:
            _, rows = await self._write(query, values)
            return [dict(row) for row in rows]
        return [dict(row) for row in await reader.execute_fetchall(query, values or [])]

    async def _write(self, query: str, values: list[Any] | None) -> tuple[int, Sequence[Any]]:
        count, rows = await super().execute_query(query, values)
        return count, rows

    async def _reader_for(self, query: str) -> aiosqlite.Connection | None:
        if not query.startswith("SELECT") or "\x00" in query:
            return None
        if self._connection is None:
            async with self._lock:
                await self.create_connection(with_db=True)
        return self._reader


class CleanTransaction(SqliteTransactionContext):
    """Lets go of the process's only writer when the transaction cannot begin; Tortoise's own keeps it locked for ever."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            await self.connection.begin()
        except BaseException:
            await self._give_up()
            raise
        client: TransactionalDBClient = self.connection
        return client

    async def _give_up(self) -> None:
        """The BEGIN may still reach the database when its waiter is gone; a rollback behind it ends what it began."""
        try:
            if self.connection._connection is not None:
                await asyncio.shield(self.connection._connection.rollback())
        finally:
            if hasattr(self, "token"):
                get_connections().reset(self.token)
            self._trxlock.release()


class Transaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment."""

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def execute_script(self, query: str) -> None:
        """Statement by statement: sqlite3's own `executescript` would commit first."""
        for statement in statements_of(query):
            await self.execute_query(statement)


def statements_of(script: str) -> Iterator[str]:
    """The single statements of a script."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


client_class = DuiqiSqlite
