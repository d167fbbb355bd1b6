"""One board for all readers with the same rights, until something changes."""

import asyncio
from datetime import timedelta

from runtime.board.cached import Boards
from runtime.releases.prepared import demand_prepared
from tests.runtime.meetings.company_tools import ORDERS, publish_documents, write_orders


async def test_many_readers_with_the_same_rights_wait_for_one_building(context, company, reader):
    boards, configured, now = Boards(), await demand_prepared(company), context.clock.now()
    readers = [reader(f"d{number}", "director") for number in range(20)]

    found = await asyncio.gather(*(boards.board(configured, each, now) for each in readers))
    assert len({id(board) for board in found}) == 1


async def test_readers_with_other_rights_have_boards_of_their_own(context, company, reader):
    boards, configured, now = Boards(), await demand_prepared(company), context.clock.now()
    readers = [reader("boss", "director"), reader(None, "author"), reader("m_east", "manager"), reader("s01", "seller")]

    found = [await boards.board(configured, each, now) for each in readers]
    assert len({id(board) for board in found}) == 4
    assert len({repr(board.scope_label) for board in found[2:]} - {repr(found[0].scope_label)}) == 2


async def test_a_changed_number_another_minute_and_another_row_opened_are_another_board(context, company, reader):
    boards, director, now = Boards(), reader("boss", "director"), context.clock.now()
    configured = await demand_prepared(company)
    first = await boards.board(configured, director, now)

    assert await boards.board(configured, director, now + timedelta(seconds=20)) is first
    assert await boards.board(configured, director, now, opened=["region:hefei"]) is not first
    assert await boards.board(configured, director, now + timedelta(minutes=1)) is not first
    await write_orders(context, company, *ORDERS, "A7,2026-03-02,s03,chengdu,tools,900,650")
    assert await boards.board(configured, director, now) is not first


async def test_a_release_without_a_board_gives_an_empty_one(context, tenant, reader):
    await publish_documents(context, tenant, "kind: calendar\nname: default\ntime_zone: Asia/Singapore\n")

    board = await Boards().board(await demand_prepared(tenant), reader("boss", "director"), context.clock.now())
    assert board.sections == ()
    assert board.release == 1
    assert board.month == "2026-03"
