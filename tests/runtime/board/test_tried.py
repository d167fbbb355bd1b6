"""A rule tried on the past: what the job found, as far as each reader may see it, and why a day differs."""

from datetime import date, timedelta

import pytest

from runtime.backtests.page import build_tried
from runtime.backtests.run import ask
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.prepared import demand_prepared
from tests.runtime.board.test_why import DOCUMENTS, ORDERS, PAYMENTS
from tests.runtime.meetings.company_tools import publish_documents

RULE = """
---
{kind: rule, name: slow, scope: region, metric: amount, when: attainment < 0.9 * pace, for: 1, on_fire: [{notify: manager, channel: inbox, message: words}], days: all}
---
{kind: message, name: words, title: "{{ scope.label }}", body: "x"}
---
{kind: channel, name: inbox, type: inbox}
"""
SUNDAY, MONDAY = date(2026, 3, 1), date(2026, 3, 2)


@pytest.fixture
async def world(context, tenant, clock):
    """Orders of Sunday and Monday; one of Sunday arrives on Tuesday."""
    folder = folder_of(context.settings, tenant)
    folder.mkdir(parents=True, exist_ok=True)

    async def become(orders: str) -> None:
        (folder / "orders.csv").write_text(orders, encoding="utf-8")
        (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
        for source in ("erp", "bank"):
            await enqueue(tenant, "sync", source, {"source": source}, now=context.clock.now())
        await drain(context, tenant)

    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
    await publish_documents(context, tenant, DOCUMENTS + RULE)
    await become(ORDERS)
    clock.advance(timedelta(days=1, hours=8))
    await become(ORDERS + "O20,2026-03-02,s03,hefei,low,,4000,1\n")
    clock.advance(timedelta(days=1))
    return context


@pytest.fixture
def see(world, reader, clock):
    async def tried(who=("boss", "director"), **more):
        configured = await demand_prepared("acme")
        return await build_tried(configured, reader(*who), clock.now(), rule="slow", first=SUNDAY, last=date(2026, 3, 3), **more)  # fmt: skip

    return tried


async def test_nothing_is_shown_until_it_is_asked_for_and_done(world, see, tenant):
    assert (await see()).state == "none"
    await ask(world, tenant, "slow", SUNDAY, date(2026, 3, 3))
    assert (await see()).state == "running"
    await drain(world, tenant)
    assert (await see()).state == "done"


async def test_a_late_order_explains_the_day_that_differs(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, date(2026, 3, 3))
    await drain(world, tenant)
    view = await see(mode="both", explain=("hefei", MONDAY))
    hefei = next(scope for scope in view.scopes if scope.key == "hefei")

    assert MONDAY in hefei.differing
    [move] = view.why.moves
    assert [(record.key, record.by) for record in move.records] == [("O20", 4000)]
    assert move.now - move.then == move.total == 4000
    assert view.then.episodes >= view.now.episodes


async def test_each_reader_sees_own_scopes_and_rules_alone(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, date(2026, 3, 3))
    await drain(world, tenant)
    all_of, east, seller = await see(), await see(("m_east", "manager")), await see(("s01", "seller"))

    assert {scope.key for scope in east.scopes} < {scope.key for scope in all_of.scopes}
    assert east.then.episodes <= all_of.then.episodes
    assert (seller.scopes, seller.may_try) == ((), False)
    assert (await see(("m_east", "manager"), explain=("west", MONDAY))).why is None


async def test_a_hidden_part_of_a_records_key_is_not_shown(world, see, tenant):
    text = DOCUMENTS + RULE
    hidden = text.replace("  id: text\n", "  id: {type: text, visible_to: [director]}\n", 1)
    assert hidden != text
    await publish_documents(world, tenant, hidden)
    await ask(world, tenant, "slow", SUNDAY, date(2026, 3, 3))
    await drain(world, tenant)
    shown = [await see(who, mode="both", explain=("hefei", MONDAY)) for who in (("boss", "director"), (None, "author"))]

    assert [view.why.moves[0].records[0].key for view in shown] == ["O20", "…"]


async def test_what_an_older_release_found_is_not_shown(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, date(2026, 3, 3))
    await drain(world, tenant)
    await publish_documents(world, tenant, (DOCUMENTS + RULE).replace("0.9 * pace", "0.8 * pace"))
    view = await see()

    assert (view.state, view.is_live, view.release, view.scopes) == ("none", False, 1, ())
