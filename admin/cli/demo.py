"""`duiqi demo`."""

import asyncio
import os
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from admin.cli.options import language_option
from admin.cli.worker import told_to_stop
from admin.deps import Deps
from admin.serving import deps_of, listener_on, serve
from admin.wiring.doors import RunningDoors
from admin.wiring.verbs import RunningVerbs
from admin.wiring.views import RunningViews
from runtime.demo.kept import open_folder
from runtime.demo.run import Running, running
from runtime.logging import configure_logging
from runtime.settings import Settings, read_settings
from schema_defs.text import Lang, Said

SEEN_FOR = timedelta(seconds=20)
"""So long in the viewer's time a cell says what moved it, however fast the demo's clock runs."""


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option(
    "--speed", default=60.0, show_default=True, type=click.FloatRange(0, 3600), help="Virtual seconds per second."
)
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="The demo's data lies in the folder `demo` below this one."
)
@click.option("--keep", is_flag=True, help="Go on with the demo that lies there; without it, begin afresh.")
@language_option
def command(port: int, speed: float, data_dir: Path | None, keep: bool, lang: Lang) -> None:
    """Run a made-up company of 14 regions and 68 sellers at a local address; nothing leaves the machine.

    It begins on a Wednesday afternoon in June 2026, and afresh at every start unless --keep is given.
    """
    began = time.monotonic()
    listener = listener_on("127.0.0.1", port)
    folder = ((data_dir or Path(os.environ.get("DUIQI_DATA_DIR") or ".duiqi")) / "demo").absolute()
    since = open_folder(folder, keep=keep)
    settings = _settings(folder, listener)
    configure_logging(settings.log_level)
    asyncio.run(_run(settings, listener, speed, since, lang, began))


def _settings(folder: Path, listener: socket.socket) -> Settings:
    """The settings of a demo: a folder of its own, and the address under which its messages lead back."""
    own = read_settings({"DUIQI_DATA_DIR": str(folder), "DUIQI_ALLOW_LOOPBACK": "1", "DUIQI_LOG_LEVEL": "warning"})
    return msgspec.structs.replace(own, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")


async def _run(
    settings: Settings, listener: socket.socket, speed: float, since: datetime | None, lang: Lang, began: float
) -> None:
    async with running(settings, speed=speed, since=since) as demo:
        stop = told_to_stop()
        click.echo(_READY.in_(lang).format(address=settings.base_url, seconds=time.monotonic() - began))
        click.echo(_HINT.in_(lang))
        await serve(_deps(demo), listener, stop)


def _deps(demo: Running) -> Deps:
    fresh = SEEN_FOR * max(1.0, demo.clock.speed)
    views = RunningViews(demo.context, chat=demo.chat, desk=demo.desk, fresh=fresh)
    return msgspec.structs.replace(
        deps_of(demo.context, views=views),
        verbs=RunningVerbs(demo.context, desk=demo.desk),
        doors=RunningDoors(demo.cards),
        ready=demo.ready,
        demo=True,
        chat=True,
    )


_READY = Said(
    zh="对齐演示已就绪：{address}（{seconds:.1f} 秒）", en="Duiqi's demo is ready: {address} ({seconds:.1f} s)"
)
_HINT = Said(
    zh="不需要密码，点一下就能以任何角色登录；按 Ctrl-C 结束。演示的一切都留在这台机器上。",
    en="Sign in as anybody with one click, no password; Ctrl-C ends it. Everything stays on this machine.",
)
