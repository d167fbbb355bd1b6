"""What a rule reads and finds of many scopes, days and closes at once, against asking for each by itself."""

import datetime as dt
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.metrics.moments import Moments
from engine.org import org_of
from engine.pace import figures, figures_of_many
from engine.records.record import Record
from engine.routing import Scope
from engine.rules.facts import Facts, metrics_of, reads_of
from engine.rules.facts_of_many import FactsOfMany
from engine.rules.judge import Judge
from engine.rules.past_numbers import Given, PastNumbers, PlanTargets
from engine.targets.plan import targets_of
from schema_defs.loader import load_text
from schema_defs.rule import Rule

DOCUMENTS = """
kind: organisation
name: company
regions: [{key: china}, {key: east, parent: china}, {key: west, parent: china}]
people:
  - {key: s01, roles: [seller], region: [{region: east}, {region: west, from: 2026-03-28}]}
  - {key: s02, roles: [seller], region: west}
---
{kind: dataset, name: orders, key: number, time: day, owner: seller, region: region,
 fields: {number: text, day: date, seller: person, region: region, customer: customer, amount: money}}
---
{kind: dataset, name: visits, key: number, time: day, owner: seller, fields: {number: text, day: date, seller: person}}
---
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount}
---
{kind: metric, name: customers, dataset: orders, aggregate: count_distinct, value: customer}
---
{kind: metric, name: visits, dataset: visits, aggregate: count}
---
{kind: metric, name: per_visit, formula: amount / visits}
---
{kind: metric, name: rolling, of: amount, over: {days: 7}}
---
{kind: metric, name: newest, dataset: orders, aggregate: last, value: customer}
---
{kind: plan, name: amounts, metric: amount, year: 2026, total: 2400, regions: {china: {weight: 1, regions: {east: {weight: 1}, west: {weight: 1}}}}}
---
{kind: plan, name: per_visit, metric: per_visit, year: 2026, value: 3, regions: {china: {value: 4}}}
---
{kind: scorecard, name: card, for: seller, parts: [{metric: amount, of: attainment, weight: 60%, cap: 150%}, {metric: visits, of: value, weight: 40%}]}
"""
RELEASE = load_text(DOCUMENTS, "company.yaml", one=False).release
CALENDAR, ORG = calendar_of(RELEASE.calendar), org_of(RELEASE.organisation)
TARGETS = tuple(PlanTargets(plan, targets_of(plan, RELEASE, ORG, CALENDAR)) for plan in RELEASE.plans.values())
FIRST = dt.date(2026, 3, 20)
KEYS = {"region": ("china", "east", "west", "mars"), "person": ("s01", "s02", "s09"), "company": ("company",)}
RULES = [
    Rule(name="r", metric="amount", when="attainment < 0.8 * pace", recover_when="gap_amount > -5 or projection > 100"),
    Rule(name="r", metric="per_visit", when="attainment < parent_attainment and customers > 1", recover_when="run_rate < visits"),
    Rule(name="r", metric="amount", when="score > 0.5 or rolling > parent_rolling", recover_when="gap > parent_gap"),
    Rule(name="r", metric="amount", when="target_of('per_visit') > actual or day > date('2026-04-01')", recover_when="newest is None"),
    Rule(name="r", metric="amount", when="day == today() and actual > 3", recover_when="actual / 0 > 1"),
    Rule(name="r", metric=None, when="amount + 1 if visits > 2 else amount > 7", recover_when="parent_visits > visits * 2"),
]  # fmt: skip


def order(rng: Random, number: int, dataset: str) -> Record:
    day = FIRST + dt.timedelta(days=rng.randrange(25))
    known = dt.datetime.combine(day, dt.time(12), CALENDAR.tz) + dt.timedelta(days=rng.choice([0, 0, 1, 9]))
    values = {"customer": rng.choice("abc"), "amount": float(rng.randrange(-5, 90))}
    key, seller = (str(number % 30),), rng.choice(["s01", "s02", None])
    return Record(
        dataset=dataset, key=key, day=day, owner=seller, region=rng.choice(["east", "west", None]),
        values={} if dataset == "visits" else values, known_at=known, deleted=rng.random() < 0.1,
    )  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=[rule.when for rule in RULES])
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["region", "person", "company"]))
def test_many_at_once_are_judged_as_each_by_itself(rule: Rule, seed: int, kind: str) -> None:
    rng = Random(seed)
    records = {name: [order(rng, number, name) for number in range(50)] for name in ("orders", "visits")}
    given_ = Given(release=RELEASE, org=ORG, calendar=CALENDAR, records=records, targets=TARGETS,
                   watermarks={"visits": [(FIRST, FIRST), (FIRST + dt.timedelta(days=9), FIRST + dt.timedelta(days=30))]})  # fmt: skip
    judge = Judge(rule, CALENDAR.is_working)
    reads = reads_of(judge.names, rule.metric, RELEASE.metrics)
    numbers = PastNumbers(given_, metrics_of(reads, RELEASE))
    facts = Facts(reads, ORG, numbers)
    known = sorted(rng.choices(range(30), k=40))
    codes = np.array([rng.randrange(len(KEYS[kind])) for _ in known])
    ordinals = (np.array([FIRST.toordinal() + days for days in column]) for column in ([rng.randrange(32) for _ in known], known))  # fmt: skip
    moments = Moments(KEYS[kind], codes, *ordinals)
    values = FactsOfMany(reads, numbers, facts, kind).values(moments)  # type: ignore[arg-type]
    holds, recovered = judge.judge_many(moments.days, values)
    for row, (key, day, close) in enumerate(moments):
        numbers.known = close
        one = facts.values(Scope(kind, key), day)  # type: ignore[arg-type]
        assert {name: None if np.isnan(each[row]) else each[row] for name, each in values.items()} == one
        judgement = judge.judge(day, one)
        found = [None if fact == -1 else bool(fact) for fact in (holds[row], recovered[row])]
        assert found == [judgement.holds, judgement.recovered], (key, day, close)


amounts = st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1e-10, 1e308, -1e308, 1e-320]), st.floats(-1e9, 1e9))


@settings(max_examples=40, deadline=None)
@given(amounts, amounts, st.one_of(st.none(), st.floats(0, 1)), st.integers(0, 23))
def test_figures_of_many_are_the_figures_of_each(
    actual: float | None, target: float | None, pace: float | None, left: int
) -> None:
    one = figures(actual, target, pace, left)
    columns = [np.array([math.nan if each is None else each]) for each in (actual, target, pace, left)]
    many = {name: each.tolist()[0] for name, each in figures_of_many(*columns).items()}
    found = {name: None if math.isnan(each) else each for name, each in many.items()}
    assert found == {name: getattr(one, name) for name in found}
