"""A window on a board and in its why."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from runtime.board.build import build_board
from runtime.board.question import Question
from runtime.board.view import TableSection
from runtime.board.viewer import Viewer
from runtime.board.why import build_why
from runtime.board.workbench_page import build_workbench
from runtime.settings import Settings
from tests.runtime.company import COMPANY, Company, founded, noon, order

TODAY = date(2026, 3, 5)
DOCUMENTS = f"""{COMPANY}
---
{{kind: metric, name: rolling, label: 近十天, of: amount, over: {{days: 10}}}}
---
{{kind: metric, name: costs, dataset: orders, aggregate: sum, value: cost}}
---
{{kind: metric, name: cost_change, of: costs, compared: last_period}}
---
kind: board
name: a_first_one
sections: [{{table: company, metrics: [rolling, cost_change]}}]
"""
BOSS = Viewer(tenant="acme", account="boss", person="boss", name="boss", roles=("director",), organisation="示例")
SELLER = Viewer(tenant="acme", account="s01", person="s01", name="s01", roles=("seller",), organisation="示例")


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(TODAY)) as one:
        await one.publish(DOCUMENTS)
        one.write(order("A1", date(2026, 2, 23), 10), order("A2", date(2026, 2, 24), 20), order("A3", TODAY, 5))
        await one.sync()
        yield one


async def test_the_board_and_the_why_of_a_window_reach_back_into_last_month(company: Company) -> None:
    configured, now = await company.prepared(), company.clock.now()
    board = await build_board(configured, configured.release.boards["a_first_one"], BOSS, now)
    [table] = board.sections
    assert isinstance(table, TableSection)
    assert [cell.actual for cell in table.rows[0].cells] == [25, 50]
    assert table.rows[0].cells[0].trend == (30, 30, 30, 25)
    why = await build_why(configured, BOSS, now, Question(metric="rolling", scope="company", key="company"))
    assert why is not None
    assert (why.cell.actual, why.formula) == (25, {"zh": "最近 10 天（含当天）的amount", "en": "amount over the last 10 days, the day included"})  # fmt: skip
    assert [(line.key, line.adds) for table in why.tables for line in table.lines] == [
        (("A3",), (5,)),
        (("A2",), (20,)),
    ]
    assert why.agrees
    assert why.tree is not None
    assert [(part.label["en"], part.value) for part in why.tree.parts] == [("amount (2026-02-24 – 2026-03-05)", 25)]  # type: ignore[index]
    change = await build_why(configured, BOSS, now, Question(metric="cost_change", scope="company", key="company"))
    assert change is not None
    assert change.agrees
    assert change.tree is not None
    assert [part.value for part in change.tree.parts] == [50, 0]


async def test_a_window_on_what_is_hidden_is_hidden(company: Company) -> None:
    configured, now = await company.prepared(), company.clock.now()
    assert await build_why(configured, SELLER, now, Question(metric="cost_change", scope="person", key="s01")) is None
    assert await build_why(configured, SELLER, now, Question(metric="rolling", scope="person", key="s01")) is not None
    board = await build_board(configured, configured.release.boards["a_first_one"], SELLER, now)
    assert list(board.columns) == ["rolling"]


async def test_the_workbench_says_what_a_window_uses(company: Company) -> None:
    found = await build_workbench(await company.prepared(), kind="metric", name="cost_change")
    assert found is not None
    assert found.chosen is not None
    assert [line.name for line in found.chosen.reads if line.depth == 1] == ["costs"]
    assert found.chosen.sentence == {
        "zh": "本月costs减去上月同一进度（按工作日）的costs",
        "en": "costs of this month less costs at the same point of last month, by working days",
    }


async def test_the_workbench_shows_what_a_document_is_computed_from_and_all_that_uses_it(company: Company) -> None:
    found = await build_workbench(await company.prepared(), kind="metric", name="costs")
    assert found is not None
    assert found.chosen is not None
    reads, used_by = found.chosen.reads, found.chosen.used_by
    columns = [line for line in reads if line.kind == "column"]
    assert columns
    assert all(line.document[0] == "source" and line.depth >= 2 for line in columns)
    assert not [line for line in reads if line.kind == "source"]
    assert ("metric", "cost_change", 1) in {(line.kind, line.name, line.depth) for line in used_by}
