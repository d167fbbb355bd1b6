"""`duiqi serve`."""

import asyncio

import click

from admin.cli.worker import told_to_stop
from admin.serving import deps_of, listener_on, serve
from runtime.logging import configure_logging
from runtime.settings import read_settings
from runtime.start import opened, started


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option(
    "--secure-cookies/--plain-cookies", default=False, help="Cookies for https only; behind a TLS proxy, say yes."
)
def command(host: str, port: int, secure_cookies: bool) -> None:
    """Run a web process until it is told to stop.

    With SQLite it does all the work itself; with PostgreSQL and Redis any number may run, beside `duiqi worker`.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    listener = listener_on(host, port)

    async def run() -> None:
        async with started(settings) if settings.sqlite else opened(settings) as context:
            stop = told_to_stop()
            click.echo(f"http://{host}:{listener.getsockname()[1]}")
            await serve(deps_of(context, secure_cookies=secure_cookies), listener, stop)

    asyncio.run(run())
