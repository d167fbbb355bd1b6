"""Who may not see a field sees nothing that is made of it: no column, no number, no mark, no alert, no search result."""

import pytest

from runtime.board.alerts_page import build_alerts
from runtime.board.build import build_board
from runtime.board.question import Question
from runtime.board.records_page import build_record, build_records
from runtime.board.view import TableSection
from runtime.board.why import build_why
from runtime.queue.drain import drain_until
from runtime.releases.prepared import demand_prepared

SEE_COST = [("boss", "director"), ("m_east", "manager")]
DO_NOT = [("s01", "seller"), (None, "author"), (None, "auditor")]


async def shown(context, reader):
    configured = await demand_prepared("acme")
    board = configured.release.boards["war_room"]
    return await build_board(configured, board, reader, context.clock.now(), opened=None)


@pytest.mark.parametrize(
    ("who", "role", "sees"), [(*who, True) for who in SEE_COST] + [(*who, False) for who in DO_NOT]
)
async def test_columns_that_are_made_of_a_hidden_field(context, company, reader, who, role, sees):
    board = await shown(context, reader(who, role))

    assert ("margin" in board.columns, "margin_share" in board.columns) == (sees, sees)
    assert "amount" in board.columns


@pytest.mark.parametrize(("who", "role", "sees"), [("boss", "director", True), (None, "author", False)])
async def test_marks_and_alerts_of_a_rule_about_such_a_number(context, company, reader, clock, who, role, sees):
    await drain_until(context, clock, clock.now().replace(hour=11))
    board = await shown(context, reader(who, role))
    table = next(section for section in board.sections if isinstance(section, TableSection))
    alerts = await build_alerts(await demand_prepared("acme"), reader(who, role), clock.now())

    assert any(mark.rule == "thin" for row in table.rows for mark in row.marks) == sees
    assert any("Thin" in line.rule_label["en"] for line in alerts.open) == sees
    assert any("Behind" in line.rule_label["en"] for line in alerts.open)
    thin = next((line.id for line in (await every_alert(reader, clock)) if "Thin" in line.rule_label["en"]), None)
    found = await build_alerts(await demand_prepared("acme"), reader(who, role), clock.now(), chosen=thin)
    assert (found is not None) == sees


async def every_alert(reader, clock):
    return (await build_alerts(await demand_prepared("acme"), reader("boss", "director"), clock.now())).open


@pytest.mark.parametrize("metric", ["margin", "margin_share"])
async def test_such_a_number_is_not_explained(context, company, reader, metric):
    configured, now = await demand_prepared("acme"), context.clock.now()

    ask = {"metric": metric, "scope": "person", "key": "s02"}
    assert await build_why(configured, reader("m_east", "manager"), now, Question(**ask)) is not None
    assert await build_why(configured, reader("s02", "seller"), now, Question(**ask)) is None


async def test_the_orders_behind_a_number_are_shown_without_the_field(context, company, reader):
    configured, now = await demand_prepared("acme"), context.clock.now()
    ask = {"metric": "amount", "scope": "person", "key": "s02"}
    seller = await build_why(configured, reader("s02", "seller"), now, Question(**ask))
    manager = await build_why(configured, reader("m_east", "manager"), now, Question(**ask))

    assert "100000" not in repr(seller.tables)
    assert not {"cost", "margin", "23456"} & set(repr(seller.tree).replace("'", " ").split())
    assert "100000" in repr(manager.tables)
    assert [str(each) for each in seller.hidden] == ["cost"]


@pytest.mark.parametrize(
    ("who", "role", "search", "found"),
    [
        ("boss", "director", "100000", ["A5"]),
        (None, "author", "100000", []),
        (None, "author", "123456.78", ["A5"]),
        (None, "author", "a5", ["A5"]),
        (None, "author", "s03", ["A6", "A3"]),
        (None, "author", "amount", []),
        ("s03", "seller", "s03", ["A6", "A3"]),
        ("s03", "seller", "A5", []),
        ("m_east", "manager", "A6", []),
        ("boss", "director", "", ["A5", "A6", "A4", "A3", "A2", "A1"]),
    ],
)
async def test_a_search_looks_only_where_the_reader_may_look(context, company, reader, who, role, search, found):
    page = await build_records(await demand_prepared("acme"), reader(who, role), context.clock.now(), search=search)

    assert [row.values[0] for row in page.rows] == found
    assert page.total == len(found)


async def test_versions_of_a_record_do_not_tell_of_the_field(context, company, reader):
    page = await build_records(
        await demand_prepared("acme"), reader("boss", "director"), context.clock.now(), search="A5"
    )
    record = await build_record(
        await demand_prepared("acme"),
        reader(None, "author"),
        context.clock.now(),
        dataset="orders",
        record=page.rows[0].id,
    )

    assert "cost" not in {each.field.name for each in record.fields}
    assert "100000" not in repr(record)
