"""Setting the demo's stage: two tenants, their accounts, the simulated DingTalk, and the ERPs' files."""

import hmac
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.simulator import Simulator
from engine.calendar import WorkCalendar, calendar_of
from engine.periods import month_bounds, month_of
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.demo.coming import changes_of
from runtime.demo.erp import Erp
from runtime.demo.orders import ORDER_STREAMS, SHOP_STREAMS, Change, day_changes
from runtime.demo.shop import sales_of
from runtime.demo.world import Spell, World, sellers_of
from runtime.people.accounts import create_account
from runtime.records.folder import folder_of
from runtime.releases.publish import publish
from runtime.settings import Settings
from runtime.tenants.store import create_tenant
from schema_defs.loader import Loaded, load_folder
from schema_defs.organisation import Person
from schema_defs.release import Release
from schema_defs.text import pick

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 10, 17, 40, tzinfo=ZONE)
"""A Wednesday afternoon: twenty minutes later a region has been behind for three days."""
CONFIG = Path(__file__).parents[2] / "config"
"""The folder lies beside the rooms, in a checkout as in an installation."""
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
SPELLS = (
    Spell(region="hefei", first=date(2026, 6, 5), last=date(2026, 6, 12), factor=0.15),
    Spell(region="hefei", first=date(2026, 6, 15), last=date(2026, 6, 30), factor=1.7),
    Spell(region="chengdu", first=date(2026, 6, 8), last=date(2026, 6, 16), factor=0.1),
    Spell(region="chengdu", first=date(2026, 6, 17), last=date(2026, 6, 30), factor=1.8),
)
"""Two regions fall behind one day after the other, and come back with help."""
HISTORY = timedelta(days=365)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo runs on."""

    folder: Path
    world: World
    calendar: WorkCalendar
    erp: Erp
    shop: Erp
    shop_calendar: WorkCalendar
    robot: Robot
    people: tuple[Person, ...]

    def orders_of(self, day: date) -> Iterator[Change]:
        return day_changes(self.world, self.calendar, day)

    def sales_of(self, day: date) -> Iterator[Change]:
        return sales_of(self.world.seed, self.shop_calendar, day)


def load_configuration(name: str) -> Loaded:
    """One of the configurations that are carried in the wheel."""
    return load_folder(CONFIG / name)


def set_stage(settings: Settings, reference: Release, harbour: Release) -> Stage:
    """The world behind the demo, and its ERPs; nothing is written yet."""
    assert reference.organisation is not None
    return Stage(
        folder=settings.data_dir,
        world=World(sellers=sellers_of(reference.organisation), spells=SPELLS),
        calendar=calendar_of(reference.calendar),
        erp=Erp(folder_of(settings, REFERENCE)),
        shop=Erp(folder_of(settings, HARBOUR)),
        shop_calendar=calendar_of(harbour.calendar),
        robot=Robot(
            token=_credential(settings, "token"),
            group=GROUP,
            secret="SEC" + _credential(settings, "sign"),
            members=None,
        ),
        people=reference.organisation.people,
    )


def write_recent(stage: Stage, now: datetime) -> int:
    """What came of this month's orders, and the payments of the month before, which are due now: enough for the first board.

    Gives the number of rows.
    """
    this = now.date().replace(day=1)
    return write_month(stage, _month_before(this), now, ("payments",)) + write_month(stage, this, now)


def older_months(now: datetime) -> list[date]:
    """The first days of the months of the year before, the newest first."""
    months, first = [], _month_before(now.date())
    while first >= (now - HISTORY).date().replace(day=1):
        months.append(first)
        first = _month_before(first)
    return months


def write_month(
    stage: Stage, first: date, now: datetime, streams: Collection[str] = ORDER_STREAMS + SHOP_STREAMS
) -> int:
    """What the orders of one month have given rise to until now, as far as it is not written yet. Gives the number of rows."""
    part, last, count = f"{first:%Y-%m}", min(month_bounds(month_of(first))[1], now.date()), 0
    for erp, own, of_day in ((stage.erp, ORDER_STREAMS, stage.orders_of), (stage.shop, SHOP_STREAMS, stage.sales_of)):
        lacking = {stream for stream in own if stream in streams and not erp.has_past(stream, part)}
        if lacking:
            changes = changes_of(of_day, first, last, now)
            count += erp.write_past(part, [change for change in changes if change.stream in lacking])
    return count


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _credential(settings: Settings, what: str) -> str:
    """A secret of the simulated robot: this folder's own, and the same after a restart."""
    return hmac.new(settings.secret_key.encode(), f"demo robot {what}".encode(), "sha256").hexdigest()


async def connect_robot(context: Context, stage: Stage, address: str) -> None:
    """Gives the channel the robot's address, which is another one after every start."""
    await context.secrets.put(REFERENCE, "dingtalk_url", f"{address}/robot/send?access_token={stage.robot.token}")
    await context.secrets.put(REFERENCE, "dingtalk_sign", stage.robot.secret or "")


async def open_tenants(context: Context, stage: Stage, address: str, reference: Loaded, harbour: Loaded) -> None:
    """Creates both tenants with their accounts, connects the robot, and publishes their documents."""
    now = context.clock.now()
    for tenant, label in ((REFERENCE, "精衡工业设备"), (HARBOUR, "海港贸易")):
        await create_tenant(tenant, label, now=now)
    await connect_robot(context, stage, address)
    for person, role in ACCOUNTS.values():
        await create_account(REFERENCE, person, roles=[role], person=person, demo=True)
    await create_account(HARBOUR, "h_director", roles=["director"], person="h_director", language="en", demo=True)
    await publish(context, REFERENCE, reference, by="author", note="demo")
    await publish(context, HARBOUR, harbour, by="h_director", note="demo")


def simulator_of(stage: Stage, clock: VirtualClock) -> Simulator:
    """The simulated DingTalk, in the demo's time, which knows everybody's telephone and keeps its chat."""
    people = (person for person in stage.people if person.reach.dingtalk)
    names = {str(person.reach.dingtalk): pick(person.label, "zh", person.key) for person in people}
    return Simulator([stage.robot], names, clock.now, stage.folder / "chat.jsonl")
