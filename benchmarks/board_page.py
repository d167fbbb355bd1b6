"""P8: the board page for 68 sellers x 6 metrics against an empty Jinja2 page of the same size served by a bare Litestar app,
and the size of one change's event.

python -m benchmarks.board_page
"""

import asyncio
import multiprocessing
import shutil
import statistics
import tempfile
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, get
from litestar.middleware.csrf import generate_csrf_token
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from admin.app import create_app
from admin.serving import deps_of
from admin.wiring.doors import RunningDoors
from admin.wiring.stream import live_event
from runtime.clock import SystemClock, VirtualClock
from runtime.context import Context
from runtime.demo.stage import (
    CARDS,
    CONFIG,
    REFERENCE,
    START,
    Stage,
    load_configuration,
    open_tenants,
    set_stage,
    write_recent,
)
from runtime.logging import configure_logging
from runtime.people.accounts import demo_account
from runtime.people.rights import Sight
from runtime.people.sessions import sign_in
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue
from runtime.settings import Settings
from runtime.start import opened
from schema_defs.loader import load_folder

ROUNDS, SECONDS, CONNECTIONS = 7, 2.0, 4
BOARD = """
kind: board
name: benchmark
label: {zh: 作战室, en: War room}
sections:
  - {table: regions, metrics: [signed_amount, high_margin_share, collection_rate, high_margin_amount, orders, customers]}
"""


async def set_up(folder: Path, context: Context) -> Stage:
    """The reference organisation with a board of six metrics, and its first numbers."""
    documents = folder / "documents"
    shutil.copytree(CONFIG / "reference", documents)
    (documents / "a_board.yaml").write_text(BOARD, encoding="utf-8")
    war_room = (documents / "boards.yaml").read_text(encoding="utf-8")
    (documents / "boards.yaml").write_text(
        war_room.replace("label: {zh: 作战室", "visible_to: [seller]\nlabel: {zh: 作战室", 1), encoding="utf-8"
    )
    reference, harbour = load_folder(documents), load_configuration("harbour")
    stage = set_stage(context.settings, reference.release, harbour.release)
    write_recent(stage, START)
    await open_tenants(context, stage, "http://127.0.0.1:1", reference, harbour)
    await drain(context)
    return stage


async def event_bytes(context: Context, stage: Stage) -> list[int]:
    """What an open page is sent when one order's class changes."""
    row = msgspec.json.decode((stage.erp.folder / "order_lines-2026-06.jsonl").read_bytes().splitlines()[-1])
    row.pop("_known_at")
    sizes = []
    seen = context.events.subscribe(REFERENCE)
    waiting = asyncio.create_task(anext(seen))
    await asyncio.sleep(0)
    stage.erp.write("order_lines", [row | {"material_group": "B20" if row["material_group"][0] == "A" else "A20"}])
    await enqueue(REFERENCE, "sync", "erp_orders", {"source": "erp_orders"}, now=context.clock.now())
    await drain(context, REFERENCE)
    everything = Sight(roles=frozenset({"director"}), everything=True)
    while True:
        event = await asyncio.wait_for(waiting, 5)
        found = live_event(event, everything)
        if found is not None:
            sizes.append(len(msgspec.json.encode(found)))
        waiting = asyncio.create_task(anext(seen))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        if not done:
            waiting.cancel()
            return sizes


def bare_app(folder: Path, size: int) -> Litestar:
    """An empty page of `size` bytes out of a Jinja2 template."""
    folder.mkdir()
    (folder / "page.html").write_text("{{ name }}" + "x" * (size - 4), encoding="utf-8")

    @get("/page")
    async def page() -> Template:
        return Template("page.html", context={"name": "name"})

    return Litestar([page], template_config=TemplateConfig(directory=folder, engine=JinjaTemplateEngine))


def load(port: int, path: str, headers: dict[str, str], seconds: float, answers: Any) -> None:
    """Asks as fast as it can over some connections; puts how many answers came."""
    counts = [0] * CONNECTIONS
    end = time.monotonic() + seconds

    def ask(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            counts[place] += 1

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(sum(counts))


async def rate(port: int, path: str, headers: dict[str, str], seconds: float = SECONDS) -> float:
    """Answers in a second, to another process."""
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    asking = spawn.Process(target=load, args=(port, path, headers, seconds, answers))
    asking.start()
    found = await asyncio.to_thread(answers.get)
    await asyncio.to_thread(asking.join)
    return found / seconds


@contextmanager
def served(app: Any):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    yield server
    server.should_exit = True
    del serving


async def port_of(server: uvicorn.Server) -> int:
    while not server.started:
        await asyncio.sleep(0.01)
    return int(server.servers[0].sockets[0].getsockname()[1])


async def measure(folder: Path) -> None:
    clock = VirtualClock(START)
    settings = Settings(
        data_dir=folder, database_url=f"sqlite://{folder}/duiqi.db", secret_key="a key for measurements only"
    )
    async with opened(settings, clock) as context:
        stage = await set_up(folder, context)
        deps = msgspec.structs.replace(deps_of(context), doors=RunningDoors(CARDS))
        cookie = await sign_in(await demo_account(REFERENCE, "director"), now=SystemClock().now())
        configured = load_configuration("reference").release
        assert configured.organisation is not None
        regions = ",".join(f"region:{region.key}" for region in configured.organisation.regions)
        form_token = generate_csrf_token(deps.secret.split(",")[0])
        cookies = f"duiqi_session={cookie}; duiqi_language=zh; duiqi_csrf={form_token}"  # as a browser sends them
        path, headers = f"/board?opened={regions}", {"Cookie": cookies}
        with served(create_app(deps)) as ours:
            port = await port_of(ours)
            size = await asyncio.to_thread(page_size, port, path, headers)
            with served(bare_app(folder / "bare", size)) as bare:
                bare_port = await port_of(bare)
                await report(port, bare_port, path, headers, size)
        print(f"events of one changed order: {await event_bytes(context, stage)} bytes (goal: below 2,000)")


def page_size(port: int, path: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=headers)
    text = connection.getresponse().read()
    assert text.count(b'data-row="person:') == 68, text[:500]
    return len(text)


async def report(port: int, bare_port: int, path: str, headers: dict[str, str], size: int) -> None:
    ratios, rates, bares = [], [], []
    for _ in range(ROUNDS):
        bares.append(await rate(bare_port, "/page", {}))
        rates.append(await rate(port, path, headers))
        ratios.append(rates[-1] / bares[-1])
    print(
        f"board page of {size:,} bytes: {statistics.median(rates):.0f}/s, bare page of the same size {statistics.median(bares):.0f}/s"
    )
    print(f"median ratio of {ROUNDS} rounds: {statistics.median(ratios):.2f} (goal: at least 0.70)")


def main() -> None:
    configure_logging("error")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
