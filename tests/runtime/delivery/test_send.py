"""From the outbox to the chat: nothing lost, nothing twice, never faster than allowed, and every failure visible."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from connectors.simulators.dingtalk.faults import Fault
from runtime.alerts.notices import sendable_at
from runtime.database import transact
from runtime.delivery.budget import WINDOW, free_at
from runtime.delivery.mend import set_secret
from runtime.delivery.outbox import Message, notice_key, put
from runtime.delivery.retry import DELAYS, next_attempt
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.delivery.send import deliver, send_again
from runtime.queue.drain import drain
from runtime.settings import Settings
from runtime.tenancy import add_all, rows
from tests.runtime.company import COMPANY, MONDAY, SIGN, TENANT, TOKEN, Company, founded, noon

QUIET = "---\n".join(each for each in COMPANY.split("---\n") if not each.startswith("kind: rule"))
"""The company without its rule: only the messages of the tests are sent."""


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 10), connected=False) as one:
        await one.publish(QUIET)
        await one.connect()
        yield one


def message(number: int, not_before: datetime, **more: object) -> Message:
    plain = Message(
        rule="behind", scope="region", scope_key="west", notice="fired", number=number, recipient="m03", channel="dingtalk",
        title=f"消息 {number}", body="**正文**", link="https://duiqi.example.com/alerts/1", not_before=not_before,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **more)


async def put_some(company: Company, *numbers: int, **more: object) -> None:
    now = company.clock.now()

    async def write() -> None:
        for number in numbers:
            await put(TENANT, message(number, now, **more), now=now)

    await transact(write)


async def states() -> Counter[str]:
    return Counter(row.state for row in await rows(NotificationRow, TENANT))


async def attempts(key: str | None = None) -> list[tuple[int, str]]:
    found = rows(DeliveryRow, TENANT).order_by("started_at", "id")
    return [(row.number, row.outcome) for row in await found]


async def test_a_message_arrives_signed_with_its_key_and_its_attempt_is_kept(company: Company) -> None:
    await put_some(company, 1, at_mobiles=("13800000004", "none"))
    await drain(company.context)
    [shown] = company.simulator.messages
    [row] = await company.messages()
    assert (shown.title, shown.verified, shown.key) == ("消息 1", True, row.key)
    assert [mention.name for mention in shown.mentions] == ["经理三"]
    assert (row.state, row.attempts, row.sent_at) == ("sent", 1, company.clock.now())
    [attempt] = await rows(DeliveryRow, TENANT)
    assert (attempt.outcome, attempt.unreached, attempt.channel) == ("sent", ["none"], "dingtalk")


async def test_words_of_our_own_are_in_the_recipient_s_language(company: Company) -> None:
    await put_some(company, 1, lang="en")
    await put_some(company, 2, lang="zh")
    await drain(company.context)
    assert ["Open" in each.text for each in company.simulator.messages] == [True, False]


async def test_the_same_notice_decided_twice_is_one_message(company: Company) -> None:
    await put_some(company, 1)
    await put_some(company, 1)
    await drain(company.context)
    assert (len(company.simulator.messages), await states()) == (1, Counter(sent=1))


def test_keys_tell_every_part_of_a_notice_apart() -> None:
    base = message(1, noon(MONDAY))
    others = [
        {"rule": "x"},
        {"scope": "person"},
        {"scope_key": "x"},
        {"recipient": "x"},
        {"channel": "x"},
        {"number": 2},
    ]
    keys = {notice_key(TENANT, msgspec.structs.replace(base, **each)) for each in others}
    keys |= {notice_key(TENANT, base), notice_key("other", base)}
    assert len(keys) == len(others) + 2
    assert notice_key(TENANT, msgspec.structs.replace(base, title="anders", notice="repeated")) == notice_key(
        TENANT, base
    )


async def test_a_burst_of_fifty_keeps_twenty_a_minute_and_loses_nothing(company: Company) -> None:
    await put_some(company, *range(50))
    await drain(company.context)
    assert len(company.simulator.messages) == 20
    begun = company.clock.now()
    for seconds, arrived in ((59, 20), (61, 40), (119, 40), (121, 50)):
        await company.until(begun + timedelta(seconds=seconds))
        assert len(company.simulator.messages) == arrived
    assert await states() == Counter(sent=50)
    assert [each.title for each in company.simulator.messages] == [f"消息 {number}" for number in range(50)]
    assert all(not logged.errcode for logged in company.simulator.log)


async def test_two_workers_at_once_send_nothing_twice_and_keep_the_budget(company: Company) -> None:
    await put_some(company, *range(25))
    await asyncio.gather(*(deliver(company.context, TENANT, {"channel": "dingtalk"}) for _ in range(4)))
    assert len(company.simulator.messages) == 20
    await company.until(company.clock.now() + timedelta(seconds=61))
    assert Counter(each.key for each in company.simulator.messages).most_common(1)[0][1] == 1
    assert await states() == Counter(sent=25)


async def test_the_budget_counts_what_may_still_be_on_its_way(company: Company) -> None:
    now = company.clock.now()

    def attempt(number: int, begun: float, ended: float | None) -> DeliveryRow:
        return DeliveryRow(
            tenant=TENANT, notification_id="n", channel="dingtalk", number=number, started_at=now + timedelta(seconds=begun),
            finished_at=None if ended is None else now + timedelta(seconds=ended),
        )  # fmt: skip

    await add_all([attempt(1, -70, -40), attempt(2, -100, -99), attempt(3, -62, None)])
    assert await free_at(TENANT, "dingtalk", 3, now) is None
    assert await free_at(TENANT, "dingtalk", 2, now) == now - timedelta(seconds=40) + WINDOW
    assert await free_at(TENANT, "dingtalk", 1, now) == now - timedelta(seconds=17) + WINDOW
    assert await free_at(TENANT, "dingtalk", None, now) is None


async def test_a_disturbed_line_is_tried_again_on_schedule_and_at_last_given_up(company: Company) -> None:
    company.simulator.faults.add(Fault(kind="http_500", times=100))
    await put_some(company, 1)
    begun = company.clock.now()
    await company.until(begun + sum(DELAYS, timedelta()) - timedelta(minutes=1))
    assert await states() == Counter(waiting=1)
    await company.until(begun + sum(DELAYS, timedelta()) + timedelta(minutes=1))
    assert await states() == Counter(dead=1)
    assert [outcome for _, outcome in await attempts()] == ["transient"] * 10
    [row] = await company.messages()
    assert row.last_error
    company.simulator.faults.clear()
    assert await send_again(TENANT, row.key, company.clock.now())
    assert not await send_again(TENANT, "unknown", company.clock.now())
    await drain(company.context)
    assert (await states(), company.simulator.messages[0].key) == (Counter(sent=1), row.key)


def test_the_schedule_keeps_what_the_other_side_asks_for() -> None:
    now = noon(MONDAY)
    assert next_attempt(1, now) == now + timedelta(seconds=5)
    assert next_attempt(1, now, 90) == now + timedelta(seconds=90)
    assert next_attempt(9, now) == now + timedelta(hours=24)
    assert next_attempt(10, now) is None


async def test_throttling_stops_the_whole_channel_and_kills_no_message(company: Company) -> None:
    company.simulator.faults.add(Fault(kind="rate", times=15))
    await put_some(company, 1, 2, 3)
    await drain(company.context)
    assert ((await attempts()), await states()) == ([(1, "rate_limited")], Counter(waiting=3))
    await company.until(company.clock.now() + timedelta(hours=6))
    assert await states() == Counter(sent=3)


async def test_a_message_that_the_other_side_refuses_is_dead_and_the_rest_goes_on(company: Company) -> None:
    company.simulator.faults.add(Fault(kind="unsafe"))
    await put_some(company, 1, 2)
    await drain(company.context)
    assert await states() == Counter(dead=1, sent=1)


async def test_an_answer_that_got_lost_makes_one_duplicate_with_the_same_key(company: Company) -> None:
    company.simulator.faults.add(Fault(kind="reset_after"))
    await put_some(company, 1)
    await company.until(company.clock.now() + timedelta(seconds=10))
    assert await states() == Counter(sent=1)
    assert len({each.key for each in company.simulator.messages}) == 1
    assert len(company.simulator.messages) == 2


async def test_a_revoked_robot_holds_the_channel_until_it_is_mended(company: Company) -> None:
    company.simulator.faults.add(Fault(kind="token_revoked"))
    await put_some(company, 1, 2)
    await drain(company.context)
    assert (await states(), len(await attempts())) == (Counter(held=2), 2)
    assert {row.last_error is None for row in await company.messages()} == {False}
    company.simulator.set_state(TOKEN, "active")
    await company.publish(COMPANY.replace("label: {zh: 示例公司, en: Example}", "label: 另一家"))
    await drain(company.context)
    assert await states() == Counter(sent=2)


async def test_without_its_secret_a_channel_holds_its_messages_until_there_is_one(company: Company) -> None:
    await company.context.secrets.delete(TENANT, "robot_url")
    await put_some(company, 1)
    await drain(company.context)
    [row] = await company.messages()
    assert (row.state, "url" in (row.last_error or {}).get("en", "")) == ("held", True)
    url = f"{company.address}/robot/send?access_token={TOKEN}"
    await set_secret(company.context, TENANT, "robot_url", url)
    await drain(company.context)
    assert await states() == Counter(sent=1)


async def test_a_changed_secret_is_used_from_the_next_message_on(company: Company) -> None:
    await put_some(company, 1)
    await drain(company.context)
    await company.context.secrets.put(TENANT, "robot_sign", "SECwrong")
    await put_some(company, 2)
    await drain(company.context)
    assert await states() == Counter(sent=1, held=1)
    await set_secret(company.context, TENANT, "robot_sign", SIGN)
    await drain(company.context)
    assert await states() == Counter(sent=2)


async def test_the_inbox_is_there_without_a_document(company: Company) -> None:
    await put_some(company, 1, channel="inbox")
    await put_some(company, 2, channel="nowhere")
    await drain(company.context)
    assert sorted((row.channel, row.state) for row in await company.messages()) == [
        ("inbox", "sent"),
        ("nowhere", "held"),
    ]


async def test_a_sender_that_died_is_replaced_when_its_lease_is_over(company: Company) -> None:
    await put_some(company, 1)
    mine = rows(NotificationRow, TENANT)
    await mine.update(state="sending", attempts=1, lease_until=datetime.now(noon(MONDAY).tzinfo) + timedelta(hours=1))
    await drain(company.context)
    assert company.simulator.messages == ()
    await mine.update(lease_until=datetime.now(noon(MONDAY).tzinfo) - timedelta(seconds=1))
    await company.until(company.clock.now() + timedelta(hours=1, seconds=2))
    assert (len(company.simulator.messages), await states()) == (1, Counter(sent=1))


async def test_messages_go_out_in_working_hours_of_working_days(company: Company) -> None:
    configured = await company.prepared()
    saturday = MONDAY + timedelta(days=5)
    for given, expected in (
        (noon(MONDAY, 8.5), noon(MONDAY, 8.5)),
        (noon(MONDAY, 8), noon(MONDAY, 8.5)),
        (noon(MONDAY, 20), noon(MONDAY, 20)),
        (noon(MONDAY, 21), noon(MONDAY + timedelta(days=1), 8.5)),
        (noon(saturday), noon(saturday + timedelta(days=2), 8.5)),
    ):
        assert sendable_at(configured, None, given) == expected
