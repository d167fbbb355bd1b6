"""What a board and a why say where numbers do not add up."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from runtime.board.build import build_board
from runtime.board.question import Question
from runtime.board.view import TableSection
from runtime.board.why import build_why
from runtime.settings import Settings
from tests.runtime.board.test_windows import BOSS
from tests.runtime.company import COMPANY, Company, founded, noon, order

TODAY = date(2026, 3, 5)
SHARED = COMPANY.replace("owner: seller\nregion: region\n", "owner: {people: credit, share: part}\n", 1).replace(
    "  pieces: number\n", "  pieces: number\n  credit: text\n  part: text\n", 1
)
BOARD = """
---
{kind: metric, name: kept, dataset: orders, aggregate: sum, value: amount, roll_up: {regions: none}}
---
kind: board
name: a_first_one
sections: [{table: regions, metrics: [amount, customers, kept, lines]}]
"""


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(TODAY)) as one:
        yield one


async def test_a_number_that_those_below_do_not_add_up_to_says_why(company: Company) -> None:
    await company.publish(COMPANY + BOARD)
    company.write(order("A1", TODAY, 10), order("A2", TODAY, 20, "s03", "hangzhou"))
    await company.sync()
    configured, now = await company.prepared(), company.clock.now()
    board = await build_board(configured, configured.release.boards["a_first_one"], BOSS, now, opened=None)
    [table] = board.sections
    assert isinstance(table, TableSection)
    rows = {row.id: row.cells for row in table.rows}
    amount, customers, kept, lines = rows["region:east"]
    assert (amount.note, lines.note) == (None, None)
    assert customers.note is not None
    assert customers.note["en"].startswith("Those below do not add up to this number: one value may occur")  # type: ignore[index]
    assert (kept.actual, kept.note["en"]) == (None, "By its roll_up the metric is not put together here, so there is no number.")  # type: ignore[index]  # fmt: skip
    assert (rows["region:shanghai"][2].actual, rows["region:shanghai"][2].note) == (10, None)
    assert all(cell.note is None for cell in rows["person:s01"])


async def test_people_who_share_an_order_do_not_add_up_to_their_region_s_orders(company: Company) -> None:
    await company.publish(SHARED + BOARD)
    company.write(order("A1", TODAY, 100, credit="s01;s03", part="0.25;0.75"))
    await company.sync()
    configured, now = await company.prepared(), company.clock.now()
    why = await build_why(configured, BOSS, now, Question(metric="lines", scope="region", key="east"))
    assert why is not None
    assert {part.key: (part.actual, part.share) for part in why.parts if not part.is_rest} == {
        "shanghai": (1, None),
        "hangzhou": (1, None),
    }
    assert why.parts_note is not None
    assert "several people share" in why.parts_note["en"]  # type: ignore[index]
    amount = await build_why(configured, BOSS, now, Question(metric="amount", scope="region", key="east"))
    assert amount is not None
    assert {part.key: part.share for part in amount.parts if not part.is_rest} == {"shanghai": 0.25, "hangzhou": 0.75}
    assert amount.parts_note is None or "Here" in amount.parts_note["en"]  # type: ignore[index]


async def test_an_open_region_says_that_its_people_do_not_add_up_to_it(company: Company) -> None:
    await company.publish(COMPANY + BOARD)
    company.write(
        order("A1", TODAY, 10), order("A2", TODAY, 20, "s03", "hangzhou"), order("A3", TODAY, 5, "s03", "west")
    )
    await company.sync()
    configured, now = await company.prepared(), company.clock.now()
    board = configured.release.boards["a_first_one"]
    for opened, noted in ((None, {"region:hangzhou", "region:west"}), ((), set())):
        [table] = (await build_board(configured, board, BOSS, now, opened=opened)).sections
        assert isinstance(table, TableSection)
        notes = {row.id: row.note for row in table.rows if row.note is not None}
        assert notes.keys() == noted
        assert all("amount of the people here does not add up" in note["en"] for note in notes.values())  # type: ignore[index]
