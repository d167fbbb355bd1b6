"""The leaves of an explanation give its value again: for every kind, at every level, for any records."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.day import day_node, read_values, streak_node
from engine.explain.figures import figure_node, pace_node
from engine.explain.metric import Ground, metric_node
from engine.explain.rebuild import rebuild
from engine.explain.score import score_node
from engine.explain.target import Split, target_node
from engine.explain.tree import Given, Known, Node, Taken, leaves
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.metrics.shape import money
from engine.org import org_of
from engine.pace import figures, pace_share
from engine.periods import days_of
from engine.rules.fold import replay
from engine.rules.judge import Judge
from engine.scorecard import score_of
from engine.targets.plan import targets_of
from schema_defs.case import RuleBody
from schema_defs.plan import Plan
from schema_defs.scorecard import Scorecard
from tests.engine.metrics.world import CALENDAR, ORGANISATION, computed, dataset, metric, records, release

ORG = org_of(ORGANISATION)
PAID = dataset(name="payments", region=None, void=None, attribution="now")
BARE = dataset(name="visits", region=None, owner=None, void=None)
METRICS = (
    metric("amount", value="amount"),
    metric("weight", value="weight"),
    metric("lines", aggregate="count", where="amount > 10"),
    metric("customers", aggregate="count_distinct", value="customer"),
    metric("average", aggregate="average", value="weight"),
    metric("mean", aggregate="average", value="amount"),
    metric("least", aggregate="minimum", value="weight"),
    metric("most", aggregate="maximum", value="amount"),
    metric("latest", aggregate="last", value="weight"),
    metric("margin", value="amount - cost", where="status != 'draft'"),
    metric("paid", dataset="payments", value="amount"),
    metric("visits", dataset="visits", aggregate="count"),
    metric("share", formula="margin / amount", format="percent"),
    metric("collected", formula="paid / amount if amount > 0 else None", format="percent"),
    metric("deep", formula="share * paid + collected * amount - visits", format="number"),
    metric("half", formula="amount / 3"),
)
DOCUMENTS = release(dataset(), PAID, BARE, *METRICS)
FIRST, LAST, TODAY = date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 20)


def some_rows(rng: Random, name: str, count: int) -> list[dict[str, object]]:
    pick = rng.choice
    return [
        {
            "id": f"{name}{place}",
            "day": str(FIRST + timedelta(days=rng.randrange(31))),
            "seller": pick(["s01", "s02", "s03", None]),
            "region": pick(["shanghai", "suzhou", "east", "west", "moon", None]),
            "customer": pick(["c1", "c2", "c3", None]),
            "status": pick(["open", "cancelled", "draft"]),
            "amount": pick([0, 0.1, 0.2, 33.33, 1e9, -5, None, rng.randrange(10**7) / 100]),
            "cost": pick([0.05, 1, None]),
            "weight": pick([0.1, 0.2, 0.3, 1e16, -1e16, 1e-9, None]),
        }
        for place in range(count)
    ]  # fmt: skip


def world(seed: int) -> tuple[dict[str, list], Ground]:
    rng = Random(seed)
    rows = {each.name: records(each, *some_rows(rng, each.name, rng.randrange(12))) for each in (dataset(), PAID, BARE)}
    return rows, ground_of(rows)


def ground_of(rows: dict[str, list]) -> Ground:
    return Ground(
        release=DOCUMENTS,
        ready=ready(DOCUMENTS, tuple(DOCUMENTS.metrics), CALENDAR),
        places={name: Places(document, ORG, TODAY) for name, document in DOCUMENTS.datasets.items()},
        records={name: [Known(record=record) for record in found] for name, found in rows.items()},
    )


@settings(max_examples=24, deadline=None)
@given(st.integers(0, 10**9))
def test_the_leaves_of_every_metric_give_the_computed_value_at_every_level(seed):
    rows, ground = world(seed)
    found = computed(DOCUMENTS, rows, ",".join(DOCUMENTS.metrics), scope="company,region,person", first=FIRST, last=LAST, today=TODAY)  # fmt: skip
    for row in found.rows:
        node = metric_node(ground, row.metric, row.scope, row.key)
        again = rebuild(node)
        assert again == node.value, row
        expected = row.value
        if isinstance(expected, Decimal):
            assert isinstance(again, float)
            assert (
                money(again) == expected if row.metric != "mean" else abs(Decimal(again) - expected) < Decimal("0.0001")
            )
        else:
            assert again == expected, row


@settings(max_examples=16, deadline=None)
@given(st.integers(0, 10**9))
def test_without_one_of_its_leaves_a_sum_or_count_is_another(seed):
    _, ground = world(seed)
    for name in ("amount", "lines"):
        node = metric_node(ground, name, "company", "company")
        for leaf in node.parts:
            fewer = msgspec.structs.replace(node, parts=tuple(part for part in node.parts if part is not leaf))
            assert (rebuild(fewer) == node.value) == (leaf.adds == 0)


def marks(name: str, *rows: dict[str, object]) -> list[str]:
    node = metric_node(ground_of({"orders": records(dataset(), *rows)}), name, "company", "company")
    return [str(leaf.known.record.key[0]) for leaf in leaves(node) if leaf.decides]


def test_the_records_that_decide_are_marked():
    rows = [
        {"id": "b", "day": "2026-03-03", "customer": "c1", "weight": 5, "amount": 7},
        {"id": "a", "day": "2026-03-03", "customer": "c2", "weight": 2, "amount": 9},
        {"id": "c", "day": "2026-03-02", "customer": "c1", "weight": 2, "amount": 9},
    ]
    assert marks("customers", *rows) == ["c", "a"], "the first record of each customer, in time"
    assert marks("least", *rows) == ["c"]
    assert marks("most", *rows) == ["c"]
    assert marks("latest", *rows) == ["b"]
    assert marks("amount", *rows) == []


@settings(max_examples=24, deadline=None)
@given(
    st.none() | st.floats(-1e9, 1e9),
    st.none() | st.decimals(-(10**6), 10**6, places=2),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.sampled_from(["working_days", "calendar_days"]),
    st.booleans(),
)
def test_figures_are_given_again_by_their_leaves(actual, target, day, how, is_rate):
    pace = pace_share(CALENDAR, f"{day:%Y-%m}", day, how, is_rate)
    paced = pace_node(CALENDAR, day, pace, how, is_rate=is_rate)
    assert rebuild(paced) == pace
    found = figures(actual, target, pace, 7)
    parts = [Node(name=name, label=name, value=number, how=Taken(), parts=(Given(name=name, value=number),))
             for name, number in (("actual", actual), ("target", None if target is None else float(target)))]  # fmt: skip
    for name in ("attainment", "gap", "gap_amount", "run_rate", "projection"):
        node = figure_node(name, found, *parts, paced, 7)
        assert node.value == getattr(found, name)
        assert rebuild(node) == node.value, name


@settings(max_examples=24, deadline=None)
@given(st.lists(st.none() | st.floats(-3, 3), min_size=3, max_size=3))
def test_a_score_is_given_again_by_its_parts(values):
    card = msgspec.convert(
        {"kind": "scorecard", "name": "card", "for": "seller", "parts": [
            {"metric": "amount", "weight": "0.33", "cap": "1.5"}, {"metric": "share", "of": "value", "weight": "0.33", "floor": "0"},
            {"metric": "lines", "weight": "0.34"}]},
        Scorecard, strict=False,
    )  # fmt: skip
    given_ = {part.metric: value for part, value in zip(card.parts, values, strict=True)}
    node = score_node(
        card,
        lambda part: Node(name=part.metric, label=part.metric, value=given_[part.metric], how=Taken(),
                          parts=(Given(name="value", value=given_[part.metric]),)),
    )  # fmt: skip
    assert node.value == score_of(card, lambda part: given_[part.metric]).total
    assert rebuild(node) == node.value


PLANS = (
    {
        "total": "1000000",
        "months": "even",
        "regions": {"east": {"weight": 2, "floor": "300000"}, "west": {"weight": 1}},
    },
    {
        "total": "777777.77",
        "months": "working_days",
        "regions": {"east": {"weight": 1, "pins": {"2026-03": "1.5"}}, "west": {"weight": 3}},
    },
    {"total": "100", "unit": "1", "months": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]},
)


@pytest.mark.parametrize("written", PLANS)
def test_every_target_of_a_plan_is_given_again_from_the_years_total(written):
    plan = msgspec.convert(
        {"kind": "plan", "name": "plan", "metric": "amount", "year": 2026, **written}, Plan, strict=False
    )
    found = targets_of(plan, DOCUMENTS, ORG, CALENDAR)
    months = tuple(sorted({row.month for row in found.rows()}))
    split = Split(plan=plan, months=months, target=found.month, org=ORG, calendar=CALENDAR, unit=found.unit.value(1))
    names: set[str] = set()
    for row in found.rows():
        node = target_node(split, row.scope, row.key, row.month)
        assert node.value == float(row.value)
        assert rebuild(node) == node.value
        names |= {part.name for part in node.parts}
    assert "rounding" in names or "bounds" in names
    assert rebuild(target_node(split, "region", "moon", "2026-03")) is None


@settings(max_examples=16, deadline=None)
@given(st.lists(st.none() | st.sampled_from([0.1, 0.5, 0.79, 0.8, 0.9, 1.2]), min_size=1, max_size=12))
def test_a_streak_is_given_again_by_what_its_days_read(attainments):
    rule = RuleBody(when="attainment < 0.8 * pace", for_=3, recover_when="attainment >= 0.9 * pace")
    days = [day for day in days_of(date(2026, 3, 2), date(2026, 3, 31)) if CALENDAR.is_working(day)]
    read = [({"attainment": value, "pace": 1.0}, day) for value, day in zip(attainments, days, strict=False)]
    nodes = [day_node(rule, day, read_values(rule, values)) for values, day in read]
    judge = Judge(rule)
    past = replay(rule, [judge.judge(day, values) for values, day in read])

    assert [node.value for node in nodes] == [
        str(judge.judge(day, values).verdict(firing=False)) for values, day in read
    ]
    assert [rebuild(node) for node in nodes] == [node.value for node in nodes]
    streak = streak_node(rule, nodes)
    assert streak.value == past[-1].state
    assert rebuild(streak) == streak.value
