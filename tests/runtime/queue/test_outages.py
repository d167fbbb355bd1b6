"""Redis restarts, the database cuts its connections: everything goes on afterwards, and nothing is lost."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis

from runtime.context import Context
from runtime.queue import handlers
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue, list_jobs
from runtime.settings import Settings
from runtime.start import started
from runtime.tenants.store import create_tenant


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before = dict(handlers._handlers)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)


class RedisServer:
    """A Redis that can be killed and started again at the same port, with nothing in it."""

    def __init__(self, program: str, port: int) -> None:
        self.port, self._command = port, [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client, end = redis.Redis.from_url(self.url), time.monotonic() + 20
        while time.monotonic() < end:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.02)
        raise TimeoutError("redis-server does not answer")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(unused_tcp_port: int) -> Iterator[RedisServer]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("needs the program redis-server")
    made = RedisServer(program, unused_tcp_port)
    made.start()
    yield made
    made.kill()


async def until(true: Callable[[], Any], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass")
        await asyncio.sleep(0.01)


def counting() -> list[int]:
    """A handler of `note`, and the list of what it was called with."""
    done: list[int] = []

    @handler("note")
    async def note(_: Context, __: str, args: dict[str, Any]) -> None:
        done.append(args["n"])

    return done


async def ask(context: Context, numbers: range) -> None:
    for number in numbers:
        await enqueue("acme", "note", args={"n": number}, now=context.clock.now())


async def test_jobs_asked_for_while_redis_is_away_are_done_and_later_ones_are_quick_again(
    server: RedisServer, postgres_url: str, tmp_path: Path
) -> None:
    done = counting()
    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=server.url, secret_key="a key for tests only"
    )
    async with started(settings) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        await ask(context, range(5))
        await until(lambda: len(done) == 5)
        server.kill()
        await ask(context, range(5, 10))
        await context.events.publish("acme", "cells", {})
        server.start()
        await until(lambda: len(done) == 10)
        await asyncio.sleep(2.5)
        asked = time.monotonic()
        await ask(context, range(10, 11))
        await until(lambda: len(done) == 11)
        assert time.monotonic() - asked < 5
    assert sorted(done) == list(range(11))


async def test_a_database_that_cuts_all_connections_loses_no_job(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    done = counting()
    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url, redis_url=redis_url, secret_key="a key for tests only"
    )
    async with started(settings) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
        await ask(context, range(5))
        await until(lambda: len(done) == 5)
        await cut_connections(postgres_url)
        for number in range(5, 10):
            await once_it_works(lambda number=number: ask(context, range(number, number + 1)))
        await until(lambda: set(done) >= set(range(10)))
        assert {job.state for job in await list_jobs("acme")} <= {"done", "failed", "running"}
    assert set(done) == set(range(10))


async def cut_connections(url: str) -> None:
    name = url.split("?")[0].rsplit("/", 1)[1]
    other = await asyncpg.connect(url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", name
    )
    await other.close()


async def once_it_works(call: Callable[[], Any]) -> None:
    """What a web page does with 503 and Retry-After: the reader tries again."""
    for _ in range(10):
        try:
            await call()
            return
        except Exception:
            await asyncio.sleep(0.1)
    await call()
