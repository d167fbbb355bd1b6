"""Setting the demo's stage: two tenants, their accounts, the simulated DingTalk, and the ERPs' files."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.simulator import Simulator
from engine.calendar import WorkCalendar, calendar_of
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.demo.erp import Erp
from runtime.demo.orders import Change, changes_between
from runtime.demo.shop import sales_between
from runtime.demo.world import Slump, World, sellers_of
from runtime.people.accounts import create_account
from runtime.records.folder import folder_of
from runtime.releases.publish import publish
from runtime.settings import Settings
from runtime.tenants.store import create_tenant
from schema_defs.loader import Loaded, load_folder
from schema_defs.organisation import Person
from schema_defs.text import pick

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 10, 17, 40, tzinfo=ZONE)
"""A Wednesday afternoon: twenty minutes later a region has been behind for three days."""
REFERENCE, HARBOUR = "jingheng", "harbour"
GROUP = "销售管理群"
ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "seller": ("s19", "seller"),
    "manager": ("east_manager", "manager"),
    "director": ("director", "director"),
    "author": ("author", "author"),
    "it": ("it", "it"),
}
"""Per card of the demo's sign-in: the person and the role."""
CARDS: Mapping[str, tuple[str, str]] = {
    **{role: (REFERENCE, role) for role in ACCOUNTS},
    "harbour": (HARBOUR, "director"),
}
"""What one can sign in as without a password: a tenant and a role."""
SLUMPS = (
    Slump(region="hefei", first=date(2026, 6, 3), last=date(2026, 6, 23), factor=0.25),
    Slump(region="chengdu", first=date(2026, 6, 5), last=date(2026, 6, 26), factor=0.3),
)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo runs on."""

    world: World
    calendar: WorkCalendar
    erp: Erp
    shop: Erp
    shop_calendar: WorkCalendar
    robot: Robot


def load_configuration(name: str) -> Loaded:
    """One of the configurations that are carried in the wheel."""
    with as_file(files("config") / name) as folder:
        return load_folder(Path(folder))


def set_stage(settings: Settings) -> Stage:
    """The world behind the demo, and its ERPs; nothing is written yet."""
    reference, harbour = load_configuration("reference").release, load_configuration("harbour").release
    assert reference.organisation is not None
    return Stage(
        world=World(sellers=sellers_of(reference.organisation), slumps=SLUMPS),
        calendar=calendar_of(reference.calendar),
        erp=Erp(folder_of(settings, REFERENCE)),
        shop=Erp(folder_of(settings, HARBOUR)),
        shop_calendar=calendar_of(harbour.calendar),
        robot=Robot(token=secrets.token_hex(32), group=GROUP, secret="SEC" + secrets.token_hex(32), members=None),
    )


def write_recent(stage: Stage, now: datetime) -> int:
    """What the ERPs wrote since the first of the month before: enough for the first board."""
    first = (now.replace(day=1, hour=0, minute=0) - timedelta(days=1)).replace(day=1)
    count = stage.erp.write_history(_history(stage, first, now))
    return count + stage.shop.write_history(sales_between(stage.world.seed, stage.shop_calendar, first, now))


def write_older(stage: Stage, now: datetime) -> int:
    """The rest of the year before."""
    recent = (now.replace(day=1, hour=0, minute=0) - timedelta(days=1)).replace(day=1)
    first = recent - timedelta(days=335)
    count = stage.erp.write_history(_history(stage, first, recent))
    return count + stage.shop.write_history(sales_between(stage.world.seed, stage.shop_calendar, first, recent))


def _history(stage: Stage, first: datetime, last: datetime) -> list[Change]:
    return changes_between(stage.world, stage.calendar, first, last)


async def open_tenants(context: Context, stage: Stage, address: str) -> None:
    """Creates both tenants with their accounts, connects the robot, and publishes their documents."""
    now = context.clock.now()
    for tenant, label in ((REFERENCE, "精衡工业设备"), (HARBOUR, "海港贸易")):
        await create_tenant(tenant, label, now=now)
    url = f"{address}/robot/send?access_token={stage.robot.token}"
    await context.secrets.put(REFERENCE, "dingtalk_url", url)
    await context.secrets.put(REFERENCE, "dingtalk_sign", stage.robot.secret or "")
    for person, role in ACCOUNTS.values():
        await create_account(REFERENCE, person, roles=[role], person=person, demo=True)
    await create_account(HARBOUR, "h_director", roles=["director"], person="h_director", language="en", demo=True)
    await publish(context, REFERENCE, load_configuration("reference"), by="author", note="demo")
    await publish(context, HARBOUR, load_configuration("harbour"), by="h_director", note="demo")


def simulator_of(stage: Stage, clock: VirtualClock, people: tuple[Person, ...], file: Path) -> Simulator:
    """The simulated DingTalk, in the demo's time, which knows everybody's telephone."""
    names = {person.reach.dingtalk: pick(person.label, "zh", person.key) for person in people if person.reach.dingtalk}
    return Simulator([stage.robot], names, clock.now, file)
