"""Kills a process at its first, second, third … statement to the database, until one ends by itself.

`die_at_each_statement.py DATABASE_URL` prints a line of JSON per death: the statement's number, the counter and the job's state after
another process went on. The processes are forks, so that each starts at once.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import effects
from tortoise.backends.base.client import BaseDBAsyncClient

from runtime.alerts.rows import TransitionRow
from runtime.clock import SystemClock
from runtime.context import Context
from runtime.database import close_database, connection, open_database
from runtime.events import LocalEvents
from runtime.numbers.rows import NumbersRow
from runtime.queue.claims import rescue
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue, list_jobs
from runtime.queue.rows import JobRow
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from runtime.tenancy import add, rows

STATEMENTS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many", "begin", "commit")
URL = sys.argv[1]
SETTINGS = Settings(data_dir=Path(), database_url=URL, secret_key="a key for tests only")
JOB = {"name": "job", "steps": 2, "pause": 0}


def context() -> Context:
    return Context(settings=SETTINGS, clock=SystemClock(), events=LocalEvents(), secrets=Secrets(SETTINGS.secret_key))


def die_at(number: int) -> None:
    """From now on the process kills itself right before its `number`-th statement, and right after it for every second number."""
    seen, after = 0, number % 2 == 1
    wanted = (number + 1) // 2

    def counted(method: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal seen
            seen += 1
            mine = seen
            if mine == wanted and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = await method(*args, **kwargs)
            if mine == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for client in _clients(BaseDBAsyncClient):
        for name in STATEMENTS:
            if name in vars(client):
                setattr(client, name, counted(vars(client)[name]))


def _clients(base: type) -> list[type]:
    return [each for child in base.__subclasses__() for each in (child, *_clients(child))]


async def prepare() -> None:
    for table in (JobRow, TransitionRow, NumbersRow):
        await rows(table, effects.TENANT).delete()
    await add(NumbersRow(tenant=effects.TENANT, seq=0, changed_at=datetime.now(UTC)))
    await enqueue(effects.TENANT, "count", "k", JOB, now=datetime.now(UTC))


async def go_on() -> None:
    """What a worker does when it starts: takes over what the dead one left, and works."""
    await rescue(datetime.now(UTC), all_running=True)
    await drain(context())


async def report(number: int) -> None:
    counter = await rows(NumbersRow, effects.TENANT).get()
    jobs = await list_jobs(effects.TENANT)
    print(json.dumps({"statement": number, "seq": counter.seq, "states": [job.state for job in jobs]}), flush=True)  # noqa: T201


def in_a_fork(work: Any) -> bool:
    """Runs the coroutine function in a process of its own; True if that was killed."""
    child = os.fork()
    if child == 0:
        asyncio.run(_connected(work))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if status != 0:
        sys.exit("a process failed")
    return False


async def _connected(work: Any) -> None:
    await open_database(URL)
    connection()
    await work()
    await close_database()


def dies_at(number: int) -> Any:
    async def work() -> None:
        await rows(JobRow, effects.TENANT).exists()
        die_at(number)
        await drain(context())

    return work


def main() -> None:
    number, died = 0, True
    while died:
        number += 1
        in_a_fork(prepare)
        died = in_a_fork(dies_at(number))
        in_a_fork(go_on)
        in_a_fork(lambda number=number: report(number))


main()
