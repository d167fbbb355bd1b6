"""Everybody sees the own part of the company, and nothing else is there for them, whatever address they type."""

import pytest

from runtime.board.alerts_page import build_alerts
from runtime.board.build import build_board
from runtime.board.question import Question
from runtime.board.records_page import build_record, build_records
from runtime.board.view import TableSection
from runtime.board.why import build_why
from runtime.queue.drain import drain_until
from runtime.releases.prepared import demand_prepared

EVERYTHING = {
    "company:company", "region:east", "region:shanghai", "region:hefei", "region:west", "region:chengdu", "person:s01",
    "person:s02", "person:s03",
}  # fmt: skip
EAST = {"region:east", "region:shanghai", "region:hefei", "person:s01", "person:s02"}
SEES = {
    ("boss", "director"): EVERYTHING,
    (None, "author"): EVERYTHING,
    (None, "auditor"): EVERYTHING,
    ("m_east", "manager"): EAST,
    ("s01", "seller"): {"person:s01"},
    (None, "it"): set(),
}
CASES = [(*who, sees) for who, sees in SEES.items()]


@pytest.mark.parametrize(("who", "role", "sees"), CASES)
async def test_the_board_has_the_rows_that_one_may_see(context, company, reader, who, role, sees):
    configured = await demand_prepared("acme")
    board = await build_board(
        configured, configured.release.boards["war_room"], reader(who, role), context.clock.now(), opened=None
    )

    table = next(section for section in board.sections if isinstance(section, TableSection))
    assert {row.id for row in table.rows} == sees


@pytest.mark.parametrize(("who", "role", "sees"), CASES)
async def test_a_number_is_explained_to_those_who_may_see_it(context, company, reader, who, role, sees):
    configured, explained = await demand_prepared("acme"), set()
    for each in EVERYTHING:
        scope, _, key = each.partition(":")
        why = await build_why(
            configured, reader(who, role), context.clock.now(), Question(metric="amount", scope=scope, key=key)
        )
        if why is not None:
            explained.add(each)
            assert {f"{place.scope}:{place.key}" for place in why.path} <= sees
            assert {f"{part.scope}:{part.key}" for part in why.parts} <= sees

    assert explained == sees


@pytest.mark.parametrize(("who", "role", "sees"), CASES)
async def test_a_record_is_there_for_those_who_may_see_it(context, company, reader, who, role, sees):
    configured, now = await demand_prepared("acme"), context.clock.now()
    everything = await build_records(configured, reader("boss", "director"), now)
    opened = set()
    for row in everything.rows:
        found = await build_record(configured, reader(who, role), now, dataset="orders", record=row.id)
        if found is not None:
            opened.add(row.values[0])
    mine = await build_records(configured, reader(who, role), now)

    assert opened == {row.values[0] for row in mine.rows}
    assert len(opened) == {9: 6, 5: 4, 1: 2, 0: 0}[len(sees)]
    assert mine.datasets[0].records == len(opened)


@pytest.mark.parametrize(
    ("who", "role", "regions"),
    [
        ("boss", "director", {"shanghai", "hefei", "chengdu"}),
        ("m_west", "manager", {"chengdu"}),
        ("s03", "seller", set()),
    ],
)
async def test_an_alert_is_there_for_those_who_see_its_scope(context, company, reader, clock, who, role, regions):
    await drain_until(context, clock, clock.now().replace(hour=11))
    configured = await demand_prepared("acme")
    every = await build_alerts(configured, reader("boss", "director"), clock.now())
    mine = await build_alerts(configured, reader(who, role), clock.now())
    behind = {line.key for line in mine.open if "Behind" in line.rule_label["en"]}

    assert behind <= regions
    assert behind == {line.key for line in every.open if "Behind" in line.rule_label["en"]} & regions
    for line in every.open:
        found = await build_alerts(configured, reader(who, role), clock.now(), chosen=line.id)
        assert (found is not None) == (line.id in {each.id for each in mine.open})


@pytest.mark.parametrize("key", ["nobody", "", "east'--", "公司"])
@pytest.mark.parametrize("scope", ["region", "person", "company"])
async def test_what_does_not_exist_is_not_explained(context, company, reader, scope, key):
    configured, director = await demand_prepared("acme"), reader("boss", "director")

    assert (
        await build_why(configured, director, context.clock.now(), Question(metric="amount", scope=scope, key=key))
        is None
    )
