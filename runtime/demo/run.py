"""The running demo: the product as it is, a simulated DingTalk, and a company that lives beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

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
    connect_robot,
    load_configuration,
    older_months,
    open_tenants,
    set_stage,
    simulator_of,
    write_month,
    write_recent,
)
from runtime.numbers.rows import CellRow, DirtyRow
from runtime.settings import Settings
from runtime.start import opened, started
from runtime.tenancy import rows

READY_AFTER = 60.0
"""Seconds after which the demo is shown even if the first numbers are not complete."""
OLDER_AFTER = 30.0
"""Seconds between the month before and what is older: the first alert comes, and the first pages are looked at, before."""
PATIENCE = 0.2
"""Seconds between two looks at whether the product has taken in the month before."""


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
async def running(settings: Settings, *, speed: float, since: datetime | None = None) -> AsyncIterator[Running]:
    """The demo, once its first board can be shown; the older history comes in while one looks.

    With `since`, the folder holds a demo already, which goes on from that moment.
    """
    clock = VirtualClock(since or START)
    reference, harbour = load_configuration("reference"), load_configuration("harbour")
    stage = set_stage(settings, reference.release, harbour.release)
    simulator = simulator_of(stage, clock)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve_simulator(simulator))
        if since is None:
            await asyncio.to_thread(write_recent, stage, START)
        else:
            async with opened(settings, clock) as context:
                await connect_robot(context, stage, address)
        context = await stack.enter_async_context(started(settings, clock))
        if since is None:
            await open_tenants(context, stage, address, reference, harbour)
        demo = _demo(context, clock, stage, simulator)
        await _first_board(demo)
        clock.run_at(speed)
        await stack.enter_async_context(_living(stage, clock, since or START))
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
    try:
        async with asyncio.timeout(READY_AFTER):
            while not await demo.ready():
                await asyncio.sleep(0.05)
    except TimeoutError:
        return


async def write_older(stage: Stage) -> None:
    """The rest of the year before, month by month, as fast as the product takes it in."""
    for place, first in enumerate(older_months(START)):
        await asyncio.sleep(OLDER_AFTER if place == 1 else 0)
        if await asyncio.to_thread(write_month, stage, first, START):
            await asyncio.sleep(1.0)
            while await rows(DirtyRow, REFERENCE).exists():
                await asyncio.sleep(PATIENCE)


@asynccontextmanager
async def _living(stage: Stage, clock: VirtualClock, since: datetime) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(write_older(stage)), asyncio.create_task(live(stage, clock, since))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
