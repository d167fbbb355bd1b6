"""The why of a number: every input, every dataset, parts that add up, the day's places, where records came from, and why not."""

from datetime import date
from fractions import Fraction

import pytest

from runtime.board.question import Question
from runtime.board.viewer import Viewer
from runtime.board.why import build_why
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.prepared import demand_prepared
from tests.runtime.meetings.company_tools import publish_documents

DOCUMENTS = """
kind: organisation
name: company
regions:
  - {key: east, label: 华东}
  - {key: shanghai, label: 上海, parent: east}
  - {key: hefei, label: 合肥, parent: east}
  - {key: west, label: 西部}
people:
  - {key: boss, roles: [director]}
  - {key: s01, region: shanghai}
  - {key: s02, region: [{region: shanghai, from: 2025-01-01}, {region: hefei, from: 2026-03-02}]}
  - {key: s03, region: [{region: west, from: 2025-01-01}, {region: hefei, from: 2026-03-20}]}
  - {key: m01, region: shanghai, roles: [manager]}
---
{kind: calendar, name: default}
---
kind: dataset
name: orders
label: {zh: 订单, en: Orders}
key: id
time: ordered
owner: seller
region: region
fields:
  id: text
  ordered: date
  seller: person
  region: region
  grade: {type: choice, choices: [high, low], label: {zh: 等级, en: Class}}
  status: text
  amount: {type: money, currency: CNY, label: {zh: 金额, en: Amount}}
  cost: {type: money, currency: CNY, visible_to: [director]}
void: status == 'cancelled' or cost > 900
---
kind: dataset
name: payments
key: id
time: ordered
owner: seller
attribution: now
fields: {id: text, ordered: date, seller: person, paid: {type: money, currency: CNY}}
---
{kind: source, name: erp, label: {zh: ERP 订单, en: ERP orders}, dataset: orders, connector: file, connection: {path: orders.csv}}
---
{kind: source, name: bank, dataset: payments, connector: file, connection: {path: payments.csv}}
---
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount}
---
{kind: metric, name: high, label: {zh: 高毛利, en: High}, dataset: orders, aggregate: sum, value: amount, where: grade == 'high' and amount >= 50}
---
{kind: metric, name: lines, dataset: orders, aggregate: count}
---
{kind: metric, name: paid, dataset: payments, aggregate: sum, value: paid}
---
{kind: metric, name: share, formula: high / amount, format: percent}
---
{kind: metric, name: collected, formula: paid / amount, format: percent}
---
{kind: metric, name: deep, formula: share * collected, format: percent}
---
{kind: plan, name: plan, metric: amount, year: 2026, total: 12000, months: even,
 regions: {east: {weight: 2, regions: {shanghai: {weight: 1}, hefei: {weight: 1}}}, west: {weight: 1}}}
---
{kind: scorecard, name: card, for: seller, parts: [{metric: amount, of: attainment, weight: 60%, cap: 150%}, {metric: share, of: value, weight: 40%}]}
"""  # fmt: skip
ORDERS = """id,ordered,seller,region,grade,status,amount,cost
O1,2026-02-27,s01,shanghai,high,,70,1
O2,2026-03-01,s01,shanghai,high,,100.05,1
O3,2026-03-01,s02,shanghai,low,,200,1
O4,2026-03-02,s03,shanghai,high,,40,1
O5,2026-03-02,,shanghai,high,,5,1
O6,2026-03-02,m01,east,high,,7,1
O7,2026-03-02,s01,,high,,9,1
O8,2026-03-02,s01,shanghai,high,cancelled,1000,1
O9,2026-03-02,s01,shanghai,high,,1000,950
"""
PAYMENTS = """id,ordered,seller,paid
P1,2026-03-02,s01,60
P2,2026-03-02,s03,30
"""


@pytest.fixture
async def company(context, tenant):
    folder = folder_of(context.settings, tenant)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
    await publish_documents(context, tenant, DOCUMENTS)
    for source in ("erp", "bank"):
        await enqueue(tenant, "sync", source, {"source": source}, now=context.clock.now())
        await drain(context, tenant)
    return tenant


@pytest.fixture
def ask(context, company, reader):
    """The explanation of `metric:scope:key` for somebody, by default the director."""

    async def why(address: str, who: Viewer | None = None, **more):
        metric, scope, key = address.split(":")
        configured = await demand_prepared("acme")
        who = who or reader("boss", "director")
        return await build_why(
            configured, who, context.clock.now(), Question(metric=metric, scope=scope, key=key, **more)
        )

    return why


def line(why, key):
    return next(each for table in why.tables for each in table.lines if each.key == (key,))


async def test_every_input_of_a_ratio_has_a_column_of_its_own(ask):
    why = await ask("share:region:shanghai")

    assert [column.metric for column in why.tables[0].measures] == ["amount", "high"]
    assert line(why, "O2").adds == (100.05, 100.05)
    assert line(why, "O3").adds == (200.0, None)
    assert why.agrees


async def test_a_ratio_over_two_datasets_shows_the_records_of_both(ask):
    why = await ask("collected:company:company")

    assert [table.dataset for table in why.tables] == ["orders", "payments"]
    assert line(why, "P1").adds == (60.0,)
    assert [each.label for each in why.tree.parts] == ["amount", "paid"]
    assert why.agrees


async def test_a_formula_over_formulas_goes_down_to_the_records(ask):
    why = await ask("deep:region:shanghai")

    assert {column.metric for table in why.tables for column in table.measures} == {"amount", "high", "paid"}
    assert line(why, "O2").counted
    assert why.counted > 3
    assert why.agrees


@pytest.mark.parametrize("address", ["amount:company:company", "amount:region:east", "amount:region:shanghai", "lines:company:company", "lines:region:shanghai"])  # fmt: skip
async def test_the_parts_are_together_the_whole(ask, address):
    why = await ask(address)

    assert sum(Fraction(repr(part.adds)) for part in why.parts) == Fraction(repr(why.cell.actual))
    assert any(part.is_rest for part in why.parts)
    assert sum(part.share for part in why.parts) == pytest.approx(1)


async def test_who_left_is_elsewhere_or_unknown_is_a_line_of_its_own(ask):
    shanghai, east, company = [await ask(f"amount:{at}") for at in ("region:shanghai", "region:east", "company:company")]  # fmt: skip

    assert [(part.key, part.adds) for part in shanghai.parts if not part.is_rest] == [("s01", 100.05)]
    rests = [(part.label["en"], part.adds) for part in shanghai.parts if part.is_rest]
    assert rests == [("Others (moved, left, or in another role)", 240.0), ("Records without a person", 5.0)]
    assert [part.adds for part in east.parts if part.is_rest] == [7.0], "what was booked on the parent region itself"
    assert [(part.label["en"], part.adds) for part in company.parts if part.is_rest] == [("Records without a region", 9.0)]  # fmt: skip


async def test_records_count_where_people_are_on_the_day(ask, clock):
    """A move that is planned for later does not take the payments along today."""
    west, hefei = await ask("paid:region:west"), await ask("paid:region:hefei")

    assert [each.key for each in west.tables[0].lines] == [("P2",)]
    assert hefei.tables[0].lines == ()
    assert west.agrees
    assert hefei.agrees


async def test_a_record_says_which_operand_failed_and_what_brought_it(ask, reader):
    why = await ask("high:region:shanghai")
    cheap, low, cancelled = line(why, "O4"), line(why, "O3"), line(why, "O8")

    assert cheap.reasons[0]["en"] == "not met: amount >= 50 (Amount 40)"
    assert low.reasons[0]["zh"] == "不满足 grade == 'high'（等级 low）"
    assert cancelled.reasons[0]["en"] == "void: status == 'cancelled' (status cancelled)"
    assert line(why, "O2").reasons == ()
    assert (cheap.version, cheap.sync.file, cheap.sync.source["en"]) == (1, "orders.csv", "ERP orders")
    assert cheap.record is not None
    assert cheap.known_at is not None


async def test_a_hidden_value_is_not_told_by_the_reason(ask, reader):
    boss, seller = await ask("amount:person:s01"), await ask("amount:person:s01", reader("s01", "seller"))

    assert line(boss, "O9").reasons[0]["en"] == "void: cost > 900 (cost 950)"
    assert line(seller, "O9").reasons[0]["en"] == "void: counts nowhere"
    assert "950" not in repr(seller)
    assert "cost" not in repr(seller.tree)


async def test_a_past_day_is_explained_as_it_stood(ask):
    why, before = await ask("amount:region:shanghai", day=date(2026, 3, 1)), await ask("amount:region:shanghai", day=date(2026, 2, 28))  # fmt: skip

    assert (why.cell.actual, why.month, why.is_today) == (300.05, "2026-03", False)
    assert why.id == "amount:region:shanghai@2026-03-01"
    assert {each.key[0] for each in why.tables[0].lines} == {"O2", "O3"}
    assert [(part.key, part.adds) for part in why.parts] == [("s01", 100.05), ("s02", 200.0)], "before the move"
    assert before.cell.actual == 70.0
    assert why.agrees
    assert before.agrees
    assert await ask("amount:region:shanghai", day=date(2026, 3, 3)) is None, "tomorrow has no numbers"


async def test_the_tree_goes_from_the_gap_to_the_plan_the_days_and_the_orders(ask):
    tree = (await ask("amount:region:shanghai")).tree
    attainment, pace = tree.parts
    actual, target = attainment.parts

    assert (tree.kind, attainment.kind, pace.kind, actual.kind, target.kind) == ("gap", "attainment", "pace", "sum", "target")  # fmt: skip
    assert len(actual.lines) == 4
    assert target.value == pytest.approx(12000 / 12 / 3, abs=0.01)
    assert target.parts[0].kind == "target", "from the region above"
    assert sum(1 for day in pace.days if day.is_working and day.is_over) == 1


async def test_a_score_has_an_address_and_a_tree(ask, reader):
    why = await ask("score:person:s01")

    assert why.tree.kind == "score"
    assert [part.label for part in why.tree.parts] == [{"zh": "完成率", "en": "Attainment"}, "share"]
    assert why.tree.parts[0].how["en"] == "weight 0.6, cap 1.5"
    assert why.cell.actual == pytest.approx(sum(part.value for part in why.tree.parts))
    assert await ask("score:person:s01", reader("s02", "seller")) is None


async def test_a_target_does_not_tell_those_above_to_who_may_not_see_them(ask, reader):
    seller, boss = await ask("amount:region:shanghai", reader("s01", "seller")), await ask("amount:region:shanghai")
    manager = await ask("amount:region:shanghai", reader("m01", "manager"))

    assert seller is None
    assert "12000" in repr(boss.tree)
    assert "12000" not in repr(manager.tree)
