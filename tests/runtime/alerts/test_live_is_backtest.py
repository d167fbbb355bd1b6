"""What the running system lived through day by day is what a backtest of the same records says."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from engine.rules.backtest import backtest
from engine.rules.past_numbers import Given, PlanTargets
from engine.rules.timeline import transitions_of
from engine.targets.plan import targets_of
from runtime.alerts.history import history_of
from runtime.alerts.judging import bench_of
from runtime.alerts.rows import AlertRow, JudgedDayRow, TransitionRow
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, MONDAY, RULE, TENANT, ZONE, Company, founded, noon, order
from tests.runtime.versions import records_of

DAYS = 26
MOVES = "[{region: shanghai, from: 2025-01-01}, {region: west, from: 2026-03-11}]"
STAY = COMPANY.replace(MOVES, "shanghai")
"""Nobody moves: a new manager is told of an alert that goes on, which a backtest, knowing one reader only, does not say."""
VARIANTS = {
    "three days": STAY,
    "kept firing, repeated, recovering slowly": STAY.replace(
        "for: 3", "for: 2\nkeep_firing_for: 1\nrepeat_every: 2\nrecover_when: attainment >= 0.9 * pace"
    ),
    "people, each month by itself": STAY.replace(
        RULE.strip(), RULE.replace("scope: region", "scope: person\nacross: month").replace("for: 3", "for: 2").strip()
    ),
    "areas against the company": STAY.replace("scope: region", "scope: region\nlevel: 1").replace(
        "attainment < 0.8 * pace", "attainment < 0.9 * parent_attainment"
    ),
}


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        yield one


def arrivals(rng: random.Random, known: dict[str, dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """What becomes known on a day: new orders, late ones of earlier days, edits, moves, cancellations, deletions."""
    some = []
    for number in range(rng.randint(1, 5)):
        if known and rng.random() < 0.35:
            row = known[rng.choice(list(known))] | {"amount": rng.choice((0.0, 40.0, 300.0))}
            row |= rng.choice(({}, {"status": "cancelled"}, {"seller": "s04", "region": "west"}, {"_deleted": True}))
        else:
            seller, region = rng.choice((("s01", "shanghai"), ("s03", "hangzhou"), ("s04", "west"), ("s05", "west")))
            at = max(MONDAY, day - timedelta(days=rng.choice((0, 0, 0, 1, 3, 8))))
            row = order(f"{day}-{number}", at, rng.choice((20.0, 60.0, 150.0)), seller, region)
        known[str(row["number"])] = {name: value for name, value in row.items() if name != "_deleted"}
        some.append(row)
    return some


@pytest.mark.parametrize(
    "variant", [pytest.param(name, marks=[pytest.mark.slow] if place else []) for place, name in enumerate(VARIANTS)]
)
async def test_states_and_notices_of_every_lived_day_are_those_of_the_backtest(company: Company, variant: str) -> None:
    rng, known = random.Random(variant), dict[str, dict[str, Any]]()
    await company.publish(VARIANTS[variant])
    states: dict[tuple[str, date], str] = {}
    for day in (MONDAY + timedelta(days=offset) for offset in range(DAYS)):
        await company.arrive(noon(day, 11), *arrivals(rng, known, day))
        if rng.random() < 0.3:
            await company.arrive(noon(day, 21), *arrivals(rng, known, day))
        await company.until(noon(day, 23))
        states |= {(row.key, day): row.state for row in await rows(AlertRow, TENANT)}
    configured = await company.prepared()
    release, rule = configured.release, configured.release.rules["behind"]
    plans = tuple(
        PlanTargets(plan, targets_of(plan, release, configured.org, configured.calendar, {}, None))
        for plan in release.plans.values()
    )
    given = Given(
        release=release, org=configured.org, calendar=configured.calendar,
        records=await records_of(company), targets=plans,
    )  # fmt: skip
    last = MONDAY + timedelta(days=DAYS - 1)
    lived = list(backtest(rule, given, MONDAY, last))
    assert states == {(one.key, one.day): one.state for one in lived}
    assert len({one.state for one in lived}) > 2
    told: dict[tuple[str, date], list[str]] = defaultdict(list)
    for message in await company.messages():
        told[message.scope_key, message.created_at.astimezone(ZONE).date()].append(
            f"{message.notice}:{message.recipient}"
        )
    assert {place: sorted(some) for place, some in told.items()} == {
        (one.key, one.day): sorted(one.notices) for one in lived if one.notices
    }
    await expect_log_and_verdicts(company)


async def expect_log_and_verdicts(company: Company) -> None:
    """The last line of each day of the log is the truth, and the stored verdicts are those of a judgement of now."""
    configured = await company.prepared()
    rule = configured.release.rules["behind"]
    bench = await bench_of(configured, rule)
    for scope in bench.scopes:
        history = await history_of(bench, scope, MONDAY + timedelta(days=DAYS))
        lines = rows(TransitionRow, TENANT).filter(key=scope.key).order_by("id")
        logged = {line.day: line.kind for line in await lines}
        changes = {change.day: change.after for change in transitions_of(history.past)}
        after = {past.day: past.state for past in history.past}
        assert {day: kind for day, kind in logged.items() if day in changes} == changes
        assert all(after[day] == kind for day, kind in logged.items())
    assert await rows(JudgedDayRow, TENANT).filter(stale=True, day__lt=MONDAY + timedelta(days=DAYS - 3)).count() == 0
