"""A group chat on this machine, behind a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.channels.dingtalk_robot.send import DingTalkRobot
from connectors.channels.protocol import Channel, Outgoing
from connectors.channels.registry import open_channel
from connectors.http.client import outbound_client
from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.serve import serve
from connectors.simulators.dingtalk.simulator import Simulator
from schema_defs import channel as documents

TOKEN = "0a1b2c3d4e5f67890a1b2c3d4e5f6789"
SECRET = "SECdemo0123456789abcdef"


class Stage:
    """The simulator, the way to it, and a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
        self.simulator = Simulator(
            [Robot(token=TOKEN, group="华东销售群", secret=SECRET)],
            people={"13800000001": "经理一", "13800000002": "经理二"},
            clock=self.now,
        )
        self.address = ""
        self.http: httpx.AsyncClient

    def now(self) -> datetime:
        return self.time

    def later(self, **duration: float) -> None:
        self.time += timedelta(**duration)

    def robot(self, secret: str | None = SECRET, token: str = TOKEN, **more: object) -> Channel:
        document = documents.Channel(name="dingtalk", type="dingtalk_robot", **more)  # type: ignore[arg-type]
        secrets = {"url": f"{self.address}/robot/send?access_token={token}"}
        opened = open_channel(document, secrets | ({"sign": secret} if secret else {}), self.http, self.now)
        assert isinstance(opened, DingTalkRobot)
        return opened


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as one:
        yield one


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    stage = Stage()
    async with serve(stage.simulator) as address:
        stage.address = address
        async with outbound_client(allow_loopback=True, timeout=httpx.Timeout(0.5)) as http:
            stage.http = http
            yield stage


@pytest.fixture
def notice() -> Outgoing:
    return Outgoing(
        key="N-000001",
        title="华东 可能需要支持",
        body="连续 3 个工作日低于进度的 80%。\n\n- 达成率 **12%**，进度 18%",
        link="https://duiqi.example.com/alerts/17?from=chat",
        at_mobiles=("13800000001",),
    )
