"""A rule tried on the past: what the job found, as far as each reader may see it, and why a day differs."""

from datetime import date, timedelta

import pytest

from runtime.backtests.page import build_tried
from runtime.backtests.run import ask
from runtime.backtests.tried import TriedNotice
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
SUNDAY, MONDAY, TUESDAY = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
BOSS, MANAGER = ("boss", "director"), ("m01", "manager")


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
    async def tried(who=BOSS, **more):
        configured = await demand_prepared("acme")
        return await build_tried(configured, reader(*who), clock.now(), rule="slow", first=SUNDAY, last=TUESDAY, **more)  # fmt: skip

    return tried


async def test_nothing_is_shown_until_it_is_asked_for_and_done(world, see, tenant):
    assert (await see()).state == "none"
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    assert (await see()).state == "running"
    await drain(world, tenant)
    assert (await see()).state == "done"


async def test_a_late_order_explains_the_day_that_differs(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)
    view = await see(mode="both", explain=("hefei", MONDAY))
    hefei = next(scope for scope in view.scopes if scope.key == "hefei")

    assert MONDAY in hefei.differing
    [move] = view.why.moves
    assert [(record.key, record.by) for record in move.records] == [("O20", 4000)]
    assert move.now - move.then == move.total == 4000
    assert view.then.episodes >= view.now.episodes


async def test_every_scope_has_its_episodes_in_both_versions_and_who_would_have_been_told(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)
    scopes = {scope.key: scope for scope in (await see()).scopes}
    [then], west = scopes["hefei"].then.episodes, scopes["west"]

    assert (then.first, then.fired, then.last, then.days, then.ended) == (MONDAY, MONDAY, MONDAY, 1, True)
    assert (then.alone, scopes["hefei"].now.episodes) == (True, ()), "what came on Tuesday shows that it was no alert"
    assert then.notices == (TriedNotice(day=MONDAY, kind="fired", people=("boss",)),)
    assert [(each.first, each.last, each.ended, each.alone) for each in west.then.episodes] == [
        (MONDAY, TUESDAY, False, False)
    ]
    assert west.then == west.now
    assert [key for key, scope in scopes.items() if scope.is_quiet] == ["shanghai"]
    assert [[day.day for day in month.days] for month in west.months] == [[SUNDAY, MONDAY, TUESDAY]]


async def test_each_reader_sees_own_scopes_and_rules_alone(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)
    all_of, own, seller = await see(), await see(MANAGER), await see(("s01", "seller"))

    assert {scope.key for scope in own.scopes} == {"shanghai"} < {scope.key for scope in all_of.scopes}
    assert (own.then.episodes, all_of.then.episodes) == (0, 2)
    assert (own.is_part, all_of.is_part) == (True, False)
    assert (seller.scopes, seller.may_try) == ((), False)
    assert (await see(MANAGER, explain=("west", MONDAY))).why is None


@pytest.fixture
async def told(world, tenant):
    """Hefei's manager is m01; every alert goes to the manager, and to three people by their key."""
    action = "{notify: manager, channel: inbox, message: words}"
    more = [action.replace("manager", person) for person in ("boss", "s01", "m01")]
    text = (
        (DOCUMENTS + RULE)
        .replace("label: 合肥, ", "label: 合肥, manager: m01, ")
        .replace(action, ", ".join([action, *more]))
    )
    await publish_documents(world, tenant, text)
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)


async def test_people_outside_the_view_are_counted_and_not_named(told, see):
    view = await see(MANAGER)
    hefei = next(scope for scope in view.scopes if scope.key == "hefei")

    assert {scope.key for scope in view.scopes} == {"hefei"}, "the alert of the west is none of theirs"
    assert hefei.then.episodes[0].notices == (TriedNotice(day=MONDAY, kind="fired", people=("m01",), others=2),)
    assert [(person.label, person.weeks) for person in view.people] == [("m01", (1,)), (None, (2,))]
    assert view.weeks == (MONDAY,)
    assert not any(name in str(view) for name in ("boss", "s01", "west"))


@pytest.mark.parametrize(("who", "sums"), [(BOSS, (6, 0, 0)), (MANAGER, (3, 2, 2)), (("s02", "seller"), (0, 0, 0))])
@pytest.mark.parametrize("mode", ["then", "now"])
async def test_the_sum_the_scopes_and_the_weeks_say_the_same(told, see, who, sums, mode):
    view = await see(who, mode=mode)
    sides, total = [getattr(scope, mode) for scope in view.scopes], getattr(view, mode)

    if mode == "then":
        assert (total.messages, total.outside, total.others) == sums
    assert total.messages == sum(side.messages for side in sides) == sum(person.messages for person in view.people)
    assert total.outside == sum(side.outside for side in sides)
    assert total.episodes == sum(len(side.episodes) for side in sides)
    listed = [
        notice for side in sides for notice in (*side.beside, *(each for one in side.episodes for each in one.notices))
    ]
    assert total.messages == sum(notice.messages for notice in listed)


async def test_a_hidden_part_of_a_records_key_is_not_shown(world, see, tenant):
    text = DOCUMENTS + RULE
    hidden = text.replace("  id: text\n", "  id: {type: text, visible_to: [director]}\n", 1)
    assert hidden != text
    await publish_documents(world, tenant, hidden)
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)
    shown = [await see(who, mode="both", explain=("hefei", MONDAY)) for who in (BOSS, (None, "author"))]

    assert [view.why.moves[0].records[0].key for view in shown] == ["O20", "…"]


async def test_what_an_older_release_found_is_not_shown(world, see, tenant):
    await ask(world, tenant, "slow", SUNDAY, TUESDAY)
    await drain(world, tenant)
    await publish_documents(world, tenant, (DOCUMENTS + RULE).replace("0.9 * pace", "0.8 * pace"))
    view = await see()

    assert (view.state, view.is_live, view.release, view.scopes) == ("none", False, 1, ())
