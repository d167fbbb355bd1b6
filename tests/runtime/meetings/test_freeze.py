"""Freezing: the same state gives the same snapshot, one request gives one, and nothing changes it afterwards."""

import asyncio
import hashlib
from datetime import date, datetime, timedelta

import msgspec
import pytest

from runtime.board.snapshots_page import build_snapshot, build_snapshots, snapshot_pdf
from runtime.board.view import TableSection
from runtime.board.viewer import Viewer
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.meetings.freeze import board_of, freeze
from runtime.meetings.frozen import frozen_of, hash_of
from runtime.meetings.pdf import pdf_of
from runtime.meetings.rows import SnapshotRow
from runtime.numbers.rows import DirtyRow
from runtime.people.directory import put_people
from runtime.queue.drain import drain
from runtime.records.rows import RecordRow
from runtime.releases.prepared import demand_prepared
from runtime.tenancy import add, rows
from schema_defs.errors import UsageError
from schema_defs.organisation import Person
from tests.runtime.meetings.company_tools import DOCUMENTS, ORDERS, publish_documents, write_orders

BOSS = Viewer(tenant="acme", account="boss", person="boss", name="于慧敏", roles=("director",), organisation="精工")


async def test_a_board_frozen_twice_in_one_state_is_the_same_board_with_codes_of_its_own(
    context: Context, company: str, clock: VirtualClock
) -> None:
    first = await freeze(context, company, "war_room", reason="one")
    clock.advance(timedelta(seconds=30))
    second = await freeze(context, company, "war_room", reason="two")
    assert (
        first.content_hash == second.content_hash == hash_of(msgspec.structs.replace(board_of(second), snapshot=None))
    )
    third = await freeze(context, company, "war_room", reason="three")
    assert len({first.code, second.code, third.code}) == 3
    assert frozen_of(second).frozen_at - frozen_of(first).frozen_at == timedelta(seconds=30)


async def test_one_reason_gives_one_snapshot_however_many_workers_ask(context: Context, company: str) -> None:
    made = await asyncio.gather(*(freeze(context, company, "war_room", reason="the same") for _ in range(4)))
    assert len({row.id for row in made}) == 1
    assert await rows(SnapshotRow, company).count() == 1


async def test_the_stored_pdf_is_what_the_content_gives_again(context: Context, company: str) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    stored = await rows(SnapshotRow, company).get(id=row.id)
    assert bytes(stored.pdf) == pdf_of(frozen_of(stored), "zh")
    assert (hashlib.sha256(bytes(stored.pdf)).hexdigest(), len(bytes(stored.pdf))) == (
        stored.pdf_hash,
        stored.pdf_bytes,
    )


async def test_the_next_meeting_is_marked_where_the_days_off_of_its_year_are_predicted(company: str) -> None:
    configured = await demand_prepared(company)
    zone = configured.calendar.tz
    for now, is_guess in ((datetime(2026, 12, 1, tzinfo=zone), False), (datetime(2026, 12, 31, tzinfo=zone), True)):
        view = await build_snapshots(configured, BOSS, now)
        assert view.next_freeze is not None
        assert (view.next_freeze.year == 2027, view.days_predicted) == (is_guess, is_guess)


async def seen(context: Context, company: str, snapshot: str) -> tuple[object, ...]:
    """Everything that the director gets of a snapshot: page, list and PDFs."""
    configured = await demand_prepared(company)
    page = await build_snapshot(configured, BOSS, snapshot)
    english = msgspec.structs.replace(BOSS, lang="en")
    listed = (await build_snapshots(configured, BOSS, context.clock.now())).snapshots
    line = next(line for line in listed if line.id == snapshot)
    return page, line, await snapshot_pdf(configured, BOSS, snapshot), await snapshot_pdf(configured, english, snapshot)


async def test_later_orders_releases_people_and_days_change_nothing_of_a_snapshot(
    context: Context, company: str, clock: VirtualClock
) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    before = await seen(context, company, row.id)
    await write_orders(context, company, *ORDERS, "A7,2026-03-02,s01,shanghai,tools,999999,1")
    assert await seen(context, company, row.id) == before
    changed = DOCUMENTS.replace("作战室", "指挥台").replace("total: 1200000", "total: 2400000")
    changed = changed.replace("country: CN", "country: CN\ntime_zone: Europe/Berlin").replace(
        "label: {zh: 上海", "label: {zh: 沪"
    )
    await publish_documents(context, company, changed)
    await drain(context, company)
    people = [
        Person(key="s01", label="改名", region="chengdu"),
        Person(key="boss", label="于慧敏", roles=("director",)),
    ]
    await put_people(company, people, context.secrets, now=clock.now(), all_of_them=True)
    clock.advance(timedelta(days=40))
    page, line, chinese, english = await seen(context, company, row.id)
    assert (page.board, chinese, english) == (before[0].board, before[2], before[3])  # type: ignore[attr-defined]
    assert (line.title, line.digest, line.release) == (before[1].title, before[1].digest, 1)  # type: ignore[attr-defined]
    later = await freeze(context, company, "war_room", reason="two")
    assert later.content_hash != row.content_hash


async def test_a_snapshot_has_every_region_and_everybody_below_it(context: Context, company: str) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    table = next(section for section in board_of(row).sections if isinstance(section, TableSection))
    assert [each.key for each in table.rows] == [
        "company", "east", "shanghai", "s01", "hefei", "s02", "west", "chengdu", "s03",
    ]  # fmt: skip


async def test_a_past_day_reads_its_numbers_as_they_are_known_at_the_freeze(context: Context, company: str) -> None:
    early = await freeze(context, company, "war_room", reason="one", day=date(2026, 2, 24))
    await write_orders(context, company, ORDERS[0].replace("8000", "9000"), *ORDERS[1:])
    late = await freeze(context, company, "war_room", reason="two", day=date(2026, 2, 24))
    assert [actual_of(row, "company") for row in (early, late)] == [16000.0, 17000.0]
    assert (late.as_of, board_of(late).month) == (date(2026, 2, 24), "2026-02")


def actual_of(row: SnapshotRow, key: str) -> float | None:
    table = next(section for section in board_of(row).sections if isinstance(section, TableSection))
    return next(each for each in table.rows if each.key == key).cells[0].actual


async def test_numbers_on_their_way_are_computed_before_they_are_frozen(context: Context, company: str) -> None:
    await rows(DirtyRow, company).delete()
    await rows(RecordRow, company).filter(key='["A5"]').update(void=True)
    marked = DirtyRow(
        tenant=company,
        dataset="orders",
        day=date(2026, 3, 2),
        region="hefei",
        owner="s02",
        marked_at=context.clock.now(),
    )
    await add(marked)
    row = await freeze(context, company, "war_room", reason="one")
    assert actual_of(row, "company") == 700.0


async def test_the_snapshot_says_its_release_its_watermark_and_its_board(context: Context, company: str) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    board = board_of(row)
    assert (row.release, board.release, row.board) == (1, 1, "war_room")
    assert row.watermark is not None
    assert board.complete_up_to == row.watermark


async def test_a_board_that_is_not_there_is_named_with_its_neighbour(context: Context, company: str) -> None:
    with pytest.raises(UsageError) as caught:
        await freeze(context, company, "warroom", reason="one")
    assert "war_room" in caught.value.said.en
    assert "war_room" in caught.value.said.zh


async def test_a_rule_that_fires_freezes_the_board_once_per_episode(
    context: Context, company: str, clock: VirtualClock
) -> None:
    await drain(context, company)
    clock.advance(timedelta(hours=10))
    await drain(context, company)
    made = await rows(SnapshotRow, company).filter(kind="alert")
    assert made
    assert len({row.requested_by for row in made}) == len(made)
