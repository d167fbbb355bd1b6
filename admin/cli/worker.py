"""`duiqi worker`."""

import asyncio
import contextlib
import signal

import click

from runtime.logging import configure_logging
from runtime.settings import read_settings
from runtime.start import started
from schema_defs.errors import UsageError
from schema_defs.text import Said


@click.command()
def command() -> None:
    """Run a worker process until it is told to stop (SIGTERM, Ctrl-C); it finishes what it has begun, or gives it back.

    Any number may run, on any number of machines, with PostgreSQL and Redis. With SQLite `duiqi serve` does the work itself.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    if settings.sqlite:
        raise UsageError(_SERVE_WORKS)

    async def run() -> None:
        stop = told_to_stop()
        async with started(settings):
            click.echo("ready")
            await stop.wait()

    asyncio.run(run())


def told_to_stop() -> asyncio.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


_SERVE_WORKS = Said(
    zh="使用 SQLite 时由 `duiqi serve` 自己处理任务；单独的 worker 需要 PostgreSQL（DUIQI_DATABASE_URL）",
    en="with SQLite `duiqi serve` does the work itself; a worker of its own needs PostgreSQL (DUIQI_DATABASE_URL)",
)
