"""A metric while it is written: problems, matching records, the value, what no category takes, all with the reader's rights."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from runtime.board.preview import Preview, Unmapped
from runtime.board.preview_page import preview_metric
from runtime.numbers.rows import CellRow
from runtime.releases.prepared import demand_prepared
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from tests.runtime.meetings.company_tools import ORDERS, write_orders

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "preview.json"
TOOLS = "{kind: metric, name: tools, dataset: orders, aggregate: sum, value: amount, where: kind == 'tools'}"
MORE = [
    "B1,2026-03-02,s01,shanghai,,500,1",
    "B2,2026-03-02,s02,hefei,screws,70,1",
    "B3,2026-03-02,s02,hefei,screws,30.5,1",
    "B4,2026-03-02,s03,chengdu,bolts,5,1",
]


@pytest.fixture
async def ask(context, company, reader):
    await write_orders(context, company, *ORDERS, *MORE)

    async def preview(text: str, who: str | None = "boss", role: str = "director") -> Preview:
        return await preview_metric(await demand_prepared("acme"), reader(who, role), context.clock.now(), text)

    return preview


async def test_the_author_sees_what_matches_and_what_it_comes_to(ask):
    found = await ask(TOOLS)
    (of,) = found.filters

    assert found.problems == ()
    assert (found.scope, found.value) == ("company", 124156.78)
    assert (of.dataset, of.records, of.matched) == ("orders", 3, 2)
    kinds = [field.name for field in of.fields].index("kind")
    assert [row[kinds] for row in of.rows] == ["tools", "tools"]


async def test_what_no_category_takes_is_listed_with_its_amount(ask):
    (of,) = (await ask(TOOLS)).filters

    assert of.unmapped == (
        Unmapped(field="kind", label="kind", records=1, amount=500.0),
        Unmapped(field="kind", label="kind", value="screws", records=2, amount=100.5),
        Unmapped(field="kind", label="kind", value="bolts", records=1, amount=5.0),
    )
    assert (await ask(TOOLS.replace("kind == 'tools'", "amount > 0"))).filters[0].unmapped == ()


async def test_everybody_sees_their_own_part_of_it(ask):
    manager, seller = await ask(TOOLS, "m_east", "manager"), await ask(TOOLS, "s03", "seller")

    assert (manager.scope, manager.key, manager.value) == ("region", "east", 123456.78)
    assert (manager.filters[0].records, manager.filters[0].matched) == (2, 1)
    assert [each.value for each in manager.filters[0].unmapped] == [None]
    assert (seller.scope, seller.key, seller.value) == ("person", "s03", 700.0)
    assert (await ask(TOOLS, None, "it")).hidden


@pytest.mark.parametrize("text", [
    "{kind: metric, name: x, dataset: orders, aggregate: sum, value: amount, where: cost > 600}",
    "{kind: metric, name: x, dataset: orders, aggregate: maximum, value: cost}",
    "{kind: metric, name: x, formula: margin + amount}",
    "{kind: metric, name: x, of: margin, over: quarter}",
])  # fmt: skip
async def test_nothing_is_told_of_a_field_that_the_reader_may_not_see(ask, text):
    shown, hidden = await ask(text), await ask(text, None, "author")

    assert shown.value is not None
    assert hidden == Preview(metric="x", hidden=True)
    assert "cost" not in [field.name for field in (await ask(TOOLS, None, "author")).filters[0].fields]


async def test_problems_are_those_of_the_text_with_their_places(ask):
    found = await ask("kind: metric\nname: x\nformula: amuont / margin")
    (problem,) = found.problems

    assert (problem.line, problem.column, problem.code) == (3, 10, "expression-name")
    assert "amount" in problem.suggestion["en"]
    assert found.filters == ()
    assert [each.code for each in (await ask("{kind: metric, name: x")).problems] == ["yaml-syntax"]
    assert [each.code for each in (await ask("{kind: channel, name: x, type: inbox}")).problems] == ["no-metric"]
    warned = await ask(TOOLS.replace("'tools'", "'tool'"))
    assert [each.level for each in warned.problems] == ["warning"]
    assert warned.filters[0].matched == 0


async def test_a_changed_metric_is_previewed_with_what_reads_it_and_nothing_is_stored(ask):
    cells, releases = await rows(CellRow, "acme").count(), await rows(ReleaseRow, "acme").count()
    found = await ask("{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount * 2}")
    derived = await ask("{kind: metric, name: x, formula: margin / amount, format: percent}")

    assert found.value == 2 * (123456.78 + 700 + 500)
    assert [each.metric for each in derived.filters] == ["amount", "margin"]
    assert (await rows(CellRow, "acme").count(), await rows(ReleaseRow, "acme").count()) == (cells, releases)


def test_the_schema_of_the_json_is_in_the_docs():
    """`DUIQI_WRITE_GOLDEN=1` writes it anew."""
    found = json.loads(json.dumps(msgspec.json.schema(Preview)))
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        SCHEMA.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(SCHEMA.read_text(encoding="utf-8"))
