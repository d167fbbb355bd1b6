"""What changed a number since a past day: each record once, as what happened to it, and nothing left over."""

from datetime import date, timedelta

import pytest

from runtime.board.question import Question
from runtime.board.why import build_why
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.prepared import demand_prepared
from tests.runtime.board.test_why import DOCUMENTS, ORDERS, PAYMENTS
from tests.runtime.meetings.company_tools import publish_documents

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
NEXT = (
    ORDERS.replace("O2,2026-03-01,s01,shanghai,high,,100.05", "O2,2026-03-01,s01,shanghai,high,,120.05")
    .replace("O3,2026-03-01,s02,shanghai,low", "O3,2026-03-01,s02,hefei,low")
    .replace("O4,2026-03-02,s03,shanghai,high,,40", "O4,2026-03-02,s03,shanghai,high,cancelled,40")
    .replace("O5,2026-03-02,", "O5,2026-02-28,")
    + "O10,2026-03-03,s01,shanghai,low,,11,1\nO11,2026-03-01,s01,shanghai,low,,12,1\n"
)


@pytest.fixture
def world(context, tenant):
    """Publishes and reads the orders as they are now."""
    folder = folder_of(context.settings, tenant)
    folder.mkdir(parents=True, exist_ok=True)

    async def become(orders: str, documents: str = DOCUMENTS) -> None:
        (folder / "orders.csv").write_text(orders, encoding="utf-8")
        (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
        await publish_documents(context, tenant, documents)
        for source in ("erp", "bank"):
            await enqueue(tenant, "sync", source, {"source": source}, now=context.clock.now())
        await drain(context, tenant)

    return become


@pytest.fixture
def ask(context, reader):
    async def why(address: str, since: date | None = MONDAY, who=None, **more):
        metric, scope, key = address.split(":")
        configured, who = await demand_prepared("acme"), who or reader("boss", "director")
        return await build_why(
            configured, who, context.clock.now(), Question(metric=metric, scope=scope, key=key, since=since, **more)
        )

    return why


async def next_day(clock) -> None:
    clock.advance(timedelta(days=1, hours=8))


async def test_each_record_is_a_step_of_what_happened_to_it_and_they_add_up(world, ask, clock):
    await world(ORDERS)
    await next_day(clock)
    await world(NEXT)

    why = await ask("amount:region:shanghai")
    bridge = why.bridge
    steps = {step.kind: step.by for step in bridge.steps}
    assert steps == {
        "cancelled": -40,
        "day_moved": -5,
        "owner_moved": -200,
        "amount_edited": 20,
        "arrived_late": 12,
        "new": 11,
    }
    assert (bridge.start, bridge.end) == (345.05, 143.05)
    assert why.cell.actual == bridge.end
    assert "O2" in next(step for step in bridge.steps if step.kind == "amount_edited").moves[0].what["en"]


async def test_a_ratio_has_steps_that_add_up_too(world, ask, clock):
    await world(ORDERS)
    await next_day(clock)
    await world(NEXT)

    bridge = (await ask("share:region:shanghai")).bridge
    assert bridge.difference == pytest.approx(bridge.end - bridge.start)
    assert sum(step.by for step in bridge.steps) == pytest.approx(bridge.difference)


async def test_another_definition_is_a_step_of_its_own(world, ask, clock):
    await world(ORDERS)
    await next_day(clock)
    await world(ORDERS, DOCUMENTS.replace("amount >= 50", "amount >= 1"))

    [step] = (await ask("high:region:shanghai")).bridge.steps
    assert (step.kind, step.by, step.moves) == ("definition_changed", 45, ())


async def test_only_an_earlier_day_of_the_month_is_answered_and_rights_hold(world, ask, clock, reader):
    await world(ORDERS)
    await next_day(clock)

    assert (await ask("amount:region:shanghai")).bridge.steps == ()
    assert (await ask("amount:region:shanghai", date(2026, 2, 28))).bridge.start == 0
    for day in (TUESDAY, date(2026, 2, 27), date(2026, 3, 9)):
        assert await ask("amount:region:shanghai", day) is None
    assert await ask("amount:region:shanghai", day=MONDAY) is None, "a bridge leads from an earlier day"
    assert await ask("amount:region:shanghai", None, against="2026-03") is None
    assert await ask("amount:region:west", who=reader("m01", "manager")) is None


async def test_two_months_are_compared_up_to_the_same_working_day(world, ask, clock):
    orders = ORDERS + "P1,2026-02-02,s01,shanghai,high,,70,1\nP2,2026-02-27,s01,shanghai,high,,1000,1\n"
    await world(orders)

    bridge = (await ask("amount:region:shanghai", None, against="2026-02")).bridge
    assert (bridge.since, bridge.start) == (date(2026, 2, 2), 70)
    assert {step.kind: step.by for step in bridge.steps} == {"period_moved": -70, "new": 345.05}
    assert sum(driver.by for driver in bridge.drivers) == pytest.approx(bridge.difference)


async def test_the_people_below_drive_the_difference(world, ask, clock, reader):
    await world(ORDERS)
    await next_day(clock)
    await world(NEXT)

    bridge = (await ask("amount:region:east")).bridge
    assert {driver.why for driver in bridge.drivers} == {"amount:region:shanghai", "amount:region:hefei"}
    assert sum(driver.by for driver in bridge.drivers) == pytest.approx(bridge.difference)
    people = (await ask("amount:region:shanghai")).bridge.drivers
    assert {driver.why for driver in people} >= {"amount:person:s01", "amount:person:s02"}
    own = (await ask("amount:person:s01", who=reader("s01", "seller"))).bridge.drivers
    assert all(driver.why is None for driver in own)


async def test_a_changed_target_is_told_beside_what_the_number_did(world, ask, clock):
    await world(ORDERS)
    await next_day(clock)
    await world(NEXT, DOCUMENTS.replace("total: 12000", "total: 24000"))

    change = (await ask("amount:company:company")).bridge.attainment
    assert change.target_after == 2 * change.target_before
    assert change.before + change.of_actual + change.of_target == pytest.approx(change.after)
    assert change.of_target < 0
