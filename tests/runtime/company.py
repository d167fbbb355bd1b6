"""A small company for tests of the running system: two areas, three regions, five sellers, one log of orders."""

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.serve import serve
from connectors.simulators.dingtalk.simulator import Simulator
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.channels import close_channels
from runtime.delivery.rows import NotificationRow
from runtime.events import LocalEvents
from runtime.queue.drain import drain, drain_until
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.prepared import Prepared, demand_prepared
from runtime.releases.publish import publish
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from runtime.tenancy import rows
from runtime.tenants.store import create_tenant
from schema_defs.loader import load_text

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
TENANT = "acme"
TOKEN, SIGN = "0a1b2c3d4e5f67890a1b2c3d4e5f6789", "SECdemo0123456789abcdef"
GROUP = "华东销售群"

CALENDAR = """
kind: calendar
name: default
fiscal_year_starts: 3
day_closes: "18:00"
working_hours: ["08:30", "20:00"]
"""
ORGANISATION = """
kind: organisation
name: company
label: {zh: 示例公司, en: Example}
regions:
  - {key: east, label: {zh: 华东, en: East}, manager: m01}
  - {key: shanghai, label: {zh: 上海, en: Shanghai}, parent: east}
  - {key: hangzhou, label: {zh: 杭州, en: Hangzhou}, parent: east, manager: m02}
  - {key: west, label: {zh: 西部, en: West}, manager: m03}
people:
  - {key: s01, label: 销售一, region: shanghai, manager: m01}
  - {key: s02, label: 销售二, region: [{region: shanghai, from: 2025-01-01}, {region: west, from: 2026-03-11}]}
  - {key: s03, label: 销售三, region: hangzhou, reach: {dingtalk: "13800000003"}}
  - {key: s04, label: 销售四, region: west}
  - {key: s05, label: 销售五, region: west}
  - {key: m01, label: 经理一, roles: [manager], region: east, reach: {dingtalk: "13800000001"}}
  - {key: m02, label: 经理二, roles: [manager], region: hangzhou, reach: {dingtalk: "13800000002"}}
  - {key: m03, label: 经理三, roles: [manager], region: west, reach: {dingtalk: "13800000004"}}
  - {key: boss, label: 总监, roles: [director], reach: {dingtalk: "13800000009"}}
  - {key: it1, label: 信息, roles: [it]}
"""
DATASET = """
kind: dataset
name: orders
label: {zh: 订单, en: Orders}
key: number
time: ordered
owner: seller
region: region
fields:
  number: text
  ordered: date
  seller: person
  region: region
  customer: customer
  kind: {type: choice, choices: [high, low], label: {zh: 等级, en: Class}}
  status: {type: choice, choices: [open, cancelled], default: open}
  amount: {type: money, currency: CNY, label: {zh: 金额, en: Amount}}
  cost: {type: money, currency: CNY, label: {zh: 成本, en: Cost}, visible_to: [director]}
  pieces: number
void: status == 'cancelled'
"""
SOURCE = """
kind: source
name: erp
dataset: orders
connector: file
connection: {path: "orders*.jsonl"}
schedule: every 1 days
"""
METRICS = """
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount, format: money}
---
{kind: metric, name: high, dataset: orders, aggregate: sum, value: amount, where: kind == 'high', format: money}
---
{kind: metric, name: share, formula: high / amount, format: percent}
---
{kind: metric, name: pieces, dataset: orders, aggregate: sum, value: pieces}
---
{kind: metric, name: lines, dataset: orders, aggregate: count}
---
{kind: metric, name: customers, dataset: orders, aggregate: count_distinct, value: customer}
---
{kind: metric, name: mean, dataset: orders, aggregate: average, value: pieces}
---
{kind: metric, name: least, dataset: orders, aggregate: minimum, value: pieces}
---
{kind: metric, name: most, dataset: orders, aggregate: maximum, value: amount}
---
{kind: metric, name: latest, dataset: orders, aggregate: last, value: pieces}
"""
PLAN = """
kind: plan
name: amount_2026
metric: amount
year: 2026
total: 36000
months: even
regions:
  east: {weight: 2, regions: {shanghai: {weight: 1}, hangzhou: {weight: 1}}}
  west: {weight: 1}
people: even
"""
RULE = """
kind: rule
name: behind
label: {zh: 连续落后, en: Behind the pace}
scope: region
metric: amount
when: attainment < 0.8 * pace
for: 3
on_fire: [{notify: manager, channel: dingtalk, message: behind}, {mark: red}]
on_recover: [{notify: manager, channel: dingtalk}]
"""
MESSAGES = """
kind: channel
name: dingtalk
type: dingtalk_robot
secrets: {url: robot_url, sign: robot_sign}
---
kind: message
name: behind
title: {zh: "{{ scope.label }}可能需要支持", en: "{{ scope.label }} may need support"}
body: {zh: "{{ scope.label }}第 {{ days }} 天，完成 {{ attainment | percent }}", en: "{{ scope.label }}, day {{ days }}"}
"""
PARTS = (CALENDAR, ORGANISATION, DATASET, SOURCE, METRICS, PLAN, RULE, MESSAGES)


def documents(*parts: str) -> str:
    return "\n---\n".join(part.strip() for part in parts)


COMPANY = documents(*PARTS)


def noon(day: date, hour: float = 12.0) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=ZONE) + timedelta(hours=hour)


def order(
    number: str, day: date, amount: float = 100.0, seller: str = "s01", region: str = "shanghai", **more: object
) -> dict[str, object]:
    row = {"number": number, "ordered": day.isoformat(), "seller": seller, "region": region, "amount": amount, "customer": "c1",
           "kind": "high", "status": "open", "cost": 50.0, "pieces": 1.0}  # fmt: skip
    return row | more


class Company:
    """A tenant with its folder, its clock and a group chat, driven job by job in its own time."""

    def __init__(self, context: Context, clock: VirtualClock, simulator: Simulator, address: str) -> None:
        self.context, self.clock, self.simulator, self.address = context, clock, simulator, address
        self.folder: Path = folder_of(context.settings, TENANT)
        self.folder.mkdir(parents=True, exist_ok=True)

    async def publish(self, text: str = COMPANY) -> None:
        await publish(self.context, TENANT, load_text(text, "company.yaml", one=False), by="anna")

    async def connect(self) -> None:
        """Sets the robot's secrets."""
        url = f"{self.address}/robot/send?access_token={TOKEN}"
        await self.context.secrets.put(TENANT, "robot_url", url)
        await self.context.secrets.put(TENANT, "robot_sign", SIGN)

    def write(self, *some: dict[str, object], file: str = "orders.jsonl") -> None:
        """Appends rows to the source's log."""
        with (self.folder / file).open("ab") as log:
            log.write(b"".join(json.dumps(row).encode() + b"\n" for row in some))

    def put(self, file: str, text: str, *, age: float = 60.0) -> None:
        """Writes a whole file, some seconds ago."""
        path = self.folder / file
        path.write_text(text, encoding="utf-8")
        then = time.time() - age
        os.utime(path, (then, then))

    async def sync(self, source: str = "erp") -> None:
        await transact(lambda: enqueue(TENANT, "sync", source, {"source": source}, now=self.clock.now()))
        await drain(self.context)

    async def until(self, moment: datetime) -> None:
        """Lives on, job by job, up to the moment."""
        await drain_until(self.context, self.clock, moment)

    async def arrive(self, moment: datetime, *some: dict[str, object]) -> None:
        """Rows that the source has from the moment on."""
        await self.until(moment)
        self.write(*some)
        await self.sync()

    async def prepared(self) -> Prepared:
        return await demand_prepared(TENANT)

    async def messages(self) -> list[NotificationRow]:
        return await rows(NotificationRow, TENANT).order_by("id")


@asynccontextmanager
async def founded(settings: Settings, start: datetime, *, connected: bool = True) -> AsyncIterator[Company]:
    """A company in the open database, whose messages go to a simulated group over real HTTP."""
    clock = VirtualClock(start)
    people = {"13800000001": "经理一", "13800000002": "经理二", "13800000004": "经理三", "13800000009": "总监"}
    simulator = Simulator([Robot(token=TOKEN, group=GROUP, secret=SIGN)], people, clock=clock.now)
    allowed = msgspec.structs.replace(settings, allow_loopback=True)
    context = Context(settings=allowed, clock=clock, events=LocalEvents(), secrets=Secrets(settings.secret_key))
    async with serve(simulator) as address:
        await create_tenant(TENANT, "Acme", now=clock.now())
        company = Company(context, clock, simulator, address)
        if connected:
            await company.connect()
        try:
            yield company
        finally:
            await close_channels(context)
