"""The running demo: the product as it is, a simulated DingTalk, and a company that lives beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from connectors.simulators.dingtalk.serve import serve as serve_simulator
from connectors.simulators.dingtalk.simulator import Simulator
from engine.periods import month_bounds, month_of
from runtime.board.chat import ChatView
from runtime.board.viewer import Viewer
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.demo.chat import chat_of
from runtime.demo.desk import ErpDesk
from runtime.demo.life import live
from runtime.demo.stage import (
    CARDS,
    HARBOUR,
    REFERENCE,
    START,
    Stage,
    load_configuration,
    open_tenants,
    set_stage,
    simulator_of,
    write_older,
    write_recent,
)
from runtime.numbers.rows import CellRow, DirtyRow
from runtime.settings import Settings
from runtime.start import started
from runtime.tenancy import rows

READY_AFTER = 60.0
"""Seconds after which the demo is shown even if the first numbers are not complete."""


@dataclass(frozen=True)
class Running:
    """What the pages of the demo need beyond those of any running system."""

    context: Context
    clock: VirtualClock
    simulator: Simulator
    desk: ErpDesk
    cards: Mapping[str, tuple[str, str]]
    chat: Callable[[Viewer, str | None], ChatView | None]
    ready: Callable[[], Awaitable[bool]]


@asynccontextmanager
async def running(settings: Settings, *, speed: float) -> AsyncIterator[Running]:
    """The demo, once its first board can be shown; the older history comes in while one looks."""
    clock = VirtualClock(START)
    stage = set_stage(settings)
    async with AsyncExitStack() as stack:
        people = load_configuration("reference").release.organisation
        simulator = simulator_of(stage, clock, people.people if people else (), settings.data_dir / "chat.jsonl")
        address = await stack.enter_async_context(serve_simulator(simulator))
        await asyncio.to_thread(write_recent, stage, START)
        context = await stack.enter_async_context(started(settings, clock))
        await open_tenants(context, stage, address)
        demo = _demo(context, clock, stage, simulator)
        await _first_board(demo)
        clock.run_at(speed)
        await stack.enter_async_context(_living(stage, clock))
        yield demo


def _demo(context: Context, clock: VirtualClock, stage: Stage, simulator: Simulator) -> Running:
    def chat(viewer: Viewer, conversation: str | None) -> ChatView | None:
        return chat_of(simulator, stage.calendar.tz, group=conversation) if viewer.tenant == REFERENCE else ChatView()

    async def ready() -> bool:
        return await is_ready(clock)

    desk = ErpDesk({REFERENCE: stage.erp, HARBOUR: stage.shop})
    return Running(context=context, clock=clock, simulator=simulator, desk=desk, cards=CARDS, chat=chat, ready=ready)


async def is_ready(clock: VirtualClock) -> bool:
    """Whether the month's numbers are computed."""
    first, last = month_bounds(month_of(clock.now().date()))
    waiting = await rows(DirtyRow, REFERENCE).filter(day__gte=first, day__lte=last).exists()
    return not waiting and await rows(CellRow, REFERENCE).filter(day__gte=first).exists()


async def _first_board(demo: Running) -> None:
    async with asyncio.timeout(READY_AFTER):
        while not await demo.ready():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _living(stage: Stage, clock: VirtualClock) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(asyncio.to_thread(write_older, stage, START)),
        asyncio.create_task(live(stage, clock, START)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
