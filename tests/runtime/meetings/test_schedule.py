"""The calendar freezes every occurrence once: at its time, or late after an outage; and tells it once."""

import asyncio
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.delivery.rows import NotificationRow
from runtime.meetings.frozen import frozen_of
from runtime.meetings.rows import SnapshotRow
from runtime.meetings.schedule import hold_freeze
from runtime.people.accounts import create_account
from runtime.queue.drain import drain, drain_until
from runtime.tenancy import rows
from tests.runtime.meetings.company_tools import DOCUMENTS, publish_documents

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


async def made(company: str) -> list[SnapshotRow]:
    return await rows(SnapshotRow, company).filter(kind="meeting").order_by("created_at")


async def told(company: str) -> list[NotificationRow]:
    return await rows(NotificationRow, company).filter(notice="snapshot").order_by("created_at", "recipient")


async def test_every_monday_last_week_is_frozen_at_the_freeze_time(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await drain_until(context, clock, at(3, 23, 12), company)
    found = await made(company)
    assert [(row.created_at, row.as_of) for row in found] == [
        (at(3, 9), date(2026, 3, 8)), (at(3, 16), date(2026, 3, 15)), (at(3, 23), date(2026, 3, 22)),
    ]  # fmt: skip
    assert [row.requested_by for row in found] == [
        f"meeting:weekly:{day}" for day in ("2026-03-09", "2026-03-16", "2026-03-23")
    ]
    assert len(await told(company)) == 3


async def test_a_monday_off_moves_the_freeze_to_tuesday(context: Context, company: str, clock: VirtualClock) -> None:
    await drain_until(context, clock, at(4, 8), company)
    assert [row.created_at for row in await made(company)][-2:] == [at(3, 30), at(4, 7)]


async def test_what_an_outage_missed_is_frozen_once_late_and_says_so(
    context: Context, company: str, clock: VirtualClock
) -> None:
    clock.advance_to(at(3, 17, 15, 30))
    await drain(context, company)
    await drain(context, company)
    found = await made(company)
    assert [row.requested_by for row in found] == ["meeting:weekly:2026-03-09", "meeting:weekly:2026-03-16"]
    assert {row.created_at for row in found} == {at(3, 17, 15, 30)}
    assert [frozen_of(row).planned_at for row in found] == [at(3, 9), at(3, 16)]
    text = PdfReader(io.BytesIO(bytes(found[1].pdf))).pages[0].extract_text()
    assert "冻结于 2026年3月17日 周二 15:30" in text
    assert "（原定 3月16日 08:00）" in text
    # Only the one whose meeting is still this week's is worth a message.
    assert [row.link.rsplit("/", 1)[1] for row in await told(company)] == [found[1].id]


async def test_what_was_missed_long_ago_is_not_made_up_for(context: Context, company: str, clock: VirtualClock) -> None:
    clock.advance_to(at(8, 5))
    await drain(context, company)
    assert [row.requested_by for row in await made(company)] == [
        f"meeting:weekly:{day}" for day in ("2026-07-06", "2026-07-13", "2026-07-20", "2026-07-27", "2026-08-03")
    ]


async def test_two_workers_freeze_one_snapshot_and_tell_it_once(
    context: Context, company: str, clock: VirtualClock
) -> None:
    clock.advance_to(at(3, 9))
    args = {"meeting": "weekly", "after": at(3, 2, 9).isoformat()}
    await asyncio.gather(*(hold_freeze(context, company, args) for _ in range(3)))
    assert len(await made(company)) == 1
    assert len(await told(company)) == 1


async def test_a_meeting_that_is_moved_is_frozen_at_its_new_time_only(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await publish_documents(context, company, DOCUMENTS.replace("weekday: monday", "weekday: wednesday"))
    await drain_until(context, clock, at(3, 12), company)
    assert [row.created_at for row in await made(company)] == [at(3, 4), at(3, 11)]


async def test_a_week_has_one_occurrence_though_its_meeting_is_moved_after_it(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await drain_until(context, clock, at(3, 9, 12), company)
    await publish_documents(context, company, DOCUMENTS.replace("weekday: monday", "weekday: wednesday"))
    await drain_until(context, clock, at(3, 19), company)
    assert [row.created_at for row in await made(company)] == [at(3, 9), at(3, 18)]
    assert len(await told(company)) == 2


async def test_a_meeting_that_is_gone_is_frozen_no_more(context: Context, company: str, clock: VirtualClock) -> None:
    without = "---".join(part for part in DOCUMENTS.split("---") if "kind: meeting" not in part)
    await publish_documents(context, company, without)
    await drain_until(context, clock, at(3, 17), company)
    assert await made(company) == []


async def test_the_message_is_escaped_for_its_channel_and_leads_to_the_snapshot(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await drain_until(context, clock, at(3, 9, 9), company)
    (message,), (row,) = await told(company), await made(company)
    assert message.title == "*周会*快照"
    assert message.body == f"截至 3月8日，＊周会＊，{row.code}"
    assert message.link.endswith(f"/calibration/{row.id}")
    # 08:00 is before the working hours begin.
    assert message.not_before == at(3, 9, 8, 30)


async def test_over_a_private_channel_everybody_who_attends_is_told_in_the_own_language(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await create_account(company, "boss", roles=["director"], person="boss", language="en", demo=True)
    changed = DOCUMENTS.replace(
        "send: {channel: group, message: weekly_ready}", "send: {channel: inbox, message: weekly_ready}"
    )
    await publish_documents(context, company, changed)
    await drain_until(context, clock, at(3, 9, 9), company)
    assert [(each.recipient, each.title) for each in sorted(await told(company), key=lambda each: each.recipient)] == [
        ("boss", "Weekly snapshot"), ("m_east", "*周会*快照"), ("m_west", "*周会*快照"),
    ]  # fmt: skip


async def test_those_named_in_to_are_called_in_the_group(context: Context, company: str, clock: VirtualClock) -> None:
    changed = DOCUMENTS.replace("message: weekly_ready}}", "message: weekly_ready, to: [boss, manager]}}")
    await publish_documents(context, company, changed)
    await drain_until(context, clock, at(3, 9, 9), company)
    (message,) = await told(company)
    assert message.recipient == "meeting:weekly"
    assert message.at_mobiles == ["13800000001", "13800000002"]


@pytest.mark.parametrize("body", ["{{ nothing }}", "{{ meeting | money }}"])
async def test_a_message_that_cannot_be_rendered_goes_out_in_our_own_words(
    context: Context, company: str, clock: VirtualClock, body: str
) -> None:
    changed = DOCUMENTS.replace("{{ until | date }}，{{ meeting }}，{{ code }}", body)
    await publish_documents(context, company, changed)
    await drain_until(context, clock, at(3, 10), company)
    (message,), (row,) = await told(company), await made(company)
    assert row.code in message.body
    assert await rows(SnapshotRow, company).filter(kind="meeting").count() == 1
    await drain_until(context, clock, at(3, 16, 9), company)
    assert len(await made(company)) == 2


async def test_a_retry_after_a_crash_repeats_nothing(context: Context, company: str, clock: VirtualClock) -> None:
    await drain_until(context, clock, at(3, 9, 9), company)
    clock.advance(timedelta(minutes=1))
    await hold_freeze(context, company, {"meeting": "weekly", "after": at(3, 2, 9).isoformat()})
    assert (len(await made(company)), len(await told(company))) == (1, 1)
