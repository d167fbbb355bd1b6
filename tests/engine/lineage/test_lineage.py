"""Lineage: every step down to the raw column and up to whatever uses it, on documents as they are written."""

import pytest

from engine.lineage import Direction, Node, lineage_of, node_of, tree
from schema_defs.errors import UsageError
from schema_defs.loader import load_text
from schema_defs.release import Release

DOCUMENTS = """
{kind: dataset, name: orders, key: id, time: day, owner: seller, region: area, void: "status == 'x'",
 fields: {id: text, day: date, seller: person, area: region, status: text, 金额: money, cost: money, note: text}}
---
{kind: source, name: erp, dataset: orders, connector: file, deleted: gone == 1,
 map: {金额: net * rate, cost: map_value(sort), note: "'-'"}, values: {cost: {A: 1}}}
---
{kind: metric, name: sales, dataset: orders, aggregate: sum, value: 金额, where: status != 'y'}
---
{kind: metric, name: margin, formula: sales - costs}
---
{kind: metric, name: costs, dataset: orders, aggregate: sum, value: cost}
---
{kind: metric, name: quarter, of: margin, over: quarter}
---
{kind: plan, name: year, metric: sales, year: 2026, total: 12}
---
{kind: scorecard, name: card, parts: [{metric: quarter, weight: 100%}]}
---
{kind: rule, name: behind, metric: sales, when: "attainment < pace and actual_of('costs') > 1 and parent_margin > 0"}
---
{kind: rule, name: low, when: score < 1, on_fire: [{notify: director, message: hello, channel: box}, {snapshot: room}]}
---
{kind: message, name: hello, title: a, body: b}
---
{kind: channel, name: box, type: inbox}
---
{kind: board, name: room, sections: [{table: regions, metrics: [quarter]}]}
---
{kind: meeting, name: weekly, at: {weekday: monday, time: "10:00"}, snapshot: {board: room},
 key_customers: {dataset: orders, field: seller, by: costs}}
---
{kind: test, name: fires, rule: behind}
---
{kind: test, name: own, define: {metric: costs, when: actual < 1}}
"""


def loaded(text: str = DOCUMENTS) -> Release:
    found = load_text(text, "all.yaml", one=False)
    assert found.issues == ()
    return found.release


LINEAGE = lineage_of(loaded())

STEPS = {
    # what: (what it reads directly, what uses it directly)
    "metric:sales": ("dataset:orders dataset, field:orders.status where, field:orders.金额 value",
                     "metric:margin formula, plan:year metric, rule:behind metric, when"),
    "metric:margin": ("metric:costs formula, metric:sales formula", "metric:quarter of, rule:behind when"),
    "metric:quarter": ("metric:margin of", "scorecard:card parts.metric, board:room sections.metrics"),
    "metric:costs": ("dataset:orders dataset, field:orders.cost value",
                     "metric:margin formula, rule:behind when, meeting:weekly key_customers.by, test:own define.metric, define.when"),
    "rule:behind": ("metric:costs when, metric:margin when, metric:sales metric, when, plan:year when", "test:fires rule"),
    "rule:low": ("scorecard:card when, channel:box on_fire.channel, message:hello on_fire.message, board:room on_fire.snapshot", ""),
    "field:orders.金额": ("column:erp.net map.金额, column:erp.rate map.金额", "metric:sales value"),
    "field:orders.cost": ("column:erp.sort map.cost", "metric:costs value"),
    "field:orders.note": ("source:erp map.note", ""),
    "field:orders.seller": ("column:erp.seller fields.seller", "dataset:orders owner, meeting:weekly key_customers.field"),
    "column:erp.net": ("source:erp connection", "field:orders.金额 map.金额"),
    "column:erp.gone": ("source:erp connection", ""),
    "dataset:orders": ("field:orders.area region, field:orders.day time, field:orders.id key, field:orders.seller owner, field:orders.status void",
                       "metric:costs dataset, metric:sales dataset, meeting:weekly key_customers.dataset"),
    "scorecard:card": ("metric:quarter parts.metric", "rule:low when"),
    "board:room": ("metric:quarter sections.metrics", "rule:low on_fire.snapshot, meeting:weekly snapshot.board"),
    "channel:box": ("", "rule:low on_fire.channel"),
}  # fmt: skip


@pytest.mark.parametrize("of", STEPS)
def test_what_is_read_and_what_uses_it(of: str) -> None:
    node = LINEAGE.require(node_of(of))
    found = [", ".join(f"{s.node.id} {s.through}" for s in LINEAGE.steps(node, way)) for way in ("down", "up")]
    assert found == list(STEPS[of])


@pytest.mark.parametrize(
    ("of", "way", "reached"),
    [
        ("rule:low", "down", "column:erp.net source:erp scorecard:card metric:sales field:orders.cost"),
        ("column:erp.rate", "up", "field:orders.金额 metric:sales metric:margin metric:quarter board:room scorecard:card "
         "rule:behind rule:low plan:year meeting:weekly test:fires"),
        ("source:erp", "up", "column:erp.net field:orders.note rule:behind"),
    ],
)  # fmt: skip
def test_a_tree_goes_all_the_way(of: str, way: Direction, reached: str) -> None:
    lines = tree(LINEAGE, node_of(of), way)
    assert {line.node.id for line in lines} >= set(reached.split())
    assert (lines[0].depth, lines[0].node.id) == (0, of)


def test_every_node_is_unfolded_once_and_every_step_is_shown() -> None:
    for node in LINEAGE.labels:
        lines = tree(LINEAGE, node, "down")
        unfolded = [line.node for line in lines if not line.again and LINEAGE.steps(line.node, "down")]
        assert len(unfolded) == len(set(unfolded))
        assert len(lines) == 1 + sum(len(LINEAGE.steps(each, "down")) for each in unfolded)


def test_up_is_down_turned_round() -> None:
    down = {(reader, step.node) for reader, steps in LINEAGE.reads.items() for step in steps}
    assert down == {(step.node, read) for read, steps in LINEAGE.used_by.items() for step in steps}
    assert len(down) > 40


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("metric:slaes", "did you mean 'sales'?"),
        ("field:orders.cots", "did you mean 'orders.cost'?"),
        ("column:erp.nett", "did you mean 'erp.net'?"),
        ("metrik:sales", "did you mean 'metric'?"),
        ("sales", "KIND:NAME"),
        ("metric:", "KIND:NAME"),
        ("organisation:company", "has no organisation"),
    ],
)
def test_an_unknown_name_is_answered_with_the_near_one(of: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        LINEAGE.require(node_of(of))
    assert said in caught.value.said.en
    assert caught.value.said.zh != caught.value.said.en


def test_a_circle_and_a_long_chain_end() -> None:
    circle = lineage_of(loaded("{kind: metric, name: a, formula: b}\n---\n{kind: metric, name: b, formula: a + 1}"))
    assert [(line.node.name, line.again) for line in tree(circle, Node("metric", "a"), "down")] == [
        ("a", False), ("b", False), ("a", True),
    ]  # fmt: skip
    chain = "\n---\n".join(f"{{kind: metric, name: m{n}, formula: m{n + 1} + 1}}" for n in range(400))
    assert tree(lineage_of(loaded(chain)), Node("metric", "m0"), "down")[-1].depth == 399


def test_an_expression_that_cannot_be_read_and_a_name_that_leads_nowhere_are_left_out() -> None:
    broken = lineage_of(
        loaded("{kind: metric, name: a, formula: 1 +}\n---\n{kind: metric, name: b, formula: a + gone}")
    )
    assert [line.node.id for line in tree(broken, Node("metric", "b"), "down")] == ["metric:b", "metric:a"]
