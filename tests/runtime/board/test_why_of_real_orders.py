"""Why AdventureWorks' numbers are what they are, in a running system: every tree gives its number again, every bridge adds up."""

import csv
import os
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.explain.rebuild import rebuild
from runtime.board.question import Question
from runtime.board.viewer import Viewer
from runtime.board.watch_page import build_watch
from runtime.board.why import build_why, desk_of
from runtime.board.why_tree import figure_of, number_node
from runtime.queue.drain import drain_until
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.prepared import demand_prepared
from runtime.releases.publish import publish
from schema_defs.loader import load_folder

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("DUIQI_REAL_DATA", "nowhere"))
pytestmark = [pytest.mark.skipif(not REAL.is_dir(), reason="DUIQI_REAL_DATA names no folder"), pytest.mark.slow]

ORDERS = "order_lines_2010_2012.csv"
JULY, AUGUST = date(2011, 7, 31), date(2011, 8, 31)
VIEWER = Viewer(
    tenant="acme", account="boss", person=None, name="Boss", organisation="AdventureWorks", roles=("director",)
)
BRIDGES = ("amount:company:company", "amount:region:Canada", "customers:region:Southwest", "high_margin_share:company:company", "orders:person:E276")  # fmt: skip


@pytest.fixture
async def published(context, tenant, tmp_path):
    """AdventureWorks as a tenant: the people and quotas beside the documents, the orders in the tenant's folder."""
    folder, files = tmp_path / "documents", folder_of(context.settings, tenant)
    shutil.copytree(ROOT / "config" / "adventureworks", folder)
    files.mkdir(parents=True)
    shutil.copy(REAL / "people.csv", folder / "people.csv")
    shutil.copy(REAL / "quotas_2010_2012.csv", folder / "quotas.csv")
    shutil.copy(REAL / ORDERS, files / ORDERS)
    await publish(context, tenant, load_folder(folder), by="boss")
    await enqueue(tenant, "sync", "order_files", {"source": "order_files"}, now=context.clock.now())
    # Rules that were asked too early, before the orders were read, ask again within minutes.
    await drain_until(context, context.clock, context.clock.now() + timedelta(minutes=10), tenant)
    return await demand_prepared(tenant)


async def test_numbers_are_rebuilt_from_their_leaves_and_the_bridges_of_two_months_add_up(published, context):
    await check_trees(published, context)
    await check_bridges(published, context)


async def check_trees(published, context):
    now = context.clock.now()

    async def node(metric, scope, key, of=number_node, **more):
        desk = await desk_of(published, VIEWER, now, Question(metric=metric, scope=scope, key=key, day=AUGUST))
        return of(desk, metric, scope, key, **more)

    total = await node("amount", "region", "Canada")
    distinct = await node("customers", "region", "Canada")
    ratio = await node("high_margin_share", "company", "company")
    attainment = await node("amount", "person", "E276", lambda desk, *place: figure_of(desk, "attainment", *place))
    for each in (total, distinct, ratio, attainment):
        assert rebuild(each) == each.value
    with (REAL / ORDERS).open(encoding="utf-8-sig", newline="") as file:
        lines = [row for row in csv.DictReader(file) if row["order_date"].startswith("2011-08")]
    canada = [row for row in lines if row["territory"] == "Canada"]
    high = sum(Decimal(row["amount"]) for row in lines if Decimal(row["amount"]) - Decimal(row["cost"]) >= Decimal(row["amount"]) / 10)  # fmt: skip
    sold = sum(Decimal(row["amount"]) for row in lines)
    mine = sum(Decimal(row["amount"]) for row in lines if row["salesperson_id"] == "E276")
    assert distinct.value == len({row["customer_id"] for row in canada})
    assert ratio.value == pytest.approx(float(high / sold))
    assert attainment.value == pytest.approx(float(mine / 213_000))
    watched = await build_watch(published, VIEWER, now, rule="behind_quota", scope="person", key="E276", day=date(2011, 9, 7))  # fmt: skip
    assert watched.chosen is not None


async def check_bridges(published, context):
    for address in BRIDGES:
        metric, scope, key = address.split(":")
        why = await build_why(published, VIEWER, context.clock.now(), Question(metric=metric, scope=scope, key=key, day=AUGUST, against="2011-07"))  # fmt: skip
        assert why.agrees
        assert (why.bridge.since, why.bridge.end) == (JULY, why.cell.actual)
        assert sum(step.by for step in why.bridge.steps) == pytest.approx(why.bridge.difference, abs=1e-9)
        assert sum(driver.by for driver in why.bridge.drivers) == pytest.approx(why.bridge.difference, abs=1e-6)
