"""What the running system lived through day by day is what a backtest of the same records says."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from engine.rules.backtest import Lived, backtest
from engine.rules.past_numbers import Given, PlanTargets
from engine.rules.timeline import transitions_of
from engine.targets.plan import targets_of
from runtime.alerts.history import history_of
from runtime.alerts.judging import bench_of, moment_at
from runtime.alerts.rows import AlertRow, JudgedDayRow, TransitionRow
from runtime.backtests.run import Result, ask
from runtime.queue.drain import drain
from runtime.queue.jobs import find_job
from runtime.records.lateness import is_late
from runtime.records.rows import SourceStateRow
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, MONDAY, RULE, TENANT, ZONE, Company, founded, noon, order
from tests.runtime.versions import records_of

DAYS = 26
LAST = MONDAY + timedelta(days=DAYS - 1)
MOVES = "[{region: shanghai, from: 2025-01-01}, {region: west, from: 2026-03-11}]"
STAY = COMPANY.replace(MOVES, "shanghai")
OWNED = COMPANY.replace("\nregion: region\nfields", "\nattribution: now\nfields").replace(
    "{key: s04, label: 销售四, region: west}",
    "{key: s04, label: 销售四, region: [{region: west, from: 2025-01-01}, {region: hangzhou, from: 2026-03-17}]}",
)
"""Orders count where their sellers are, and two of these move."""
VARIANTS = {
    "three days": STAY,
    "kept firing, repeated, recovering slowly": STAY.replace(
        "for: 3", "for: 2\nkeep_firing_for: 1\nrepeat_every: 2\nrecover_when: attainment >= 0.9 * pace"
    ),
    "people, each month by itself": STAY.replace(
        RULE.strip(), RULE.replace("scope: region", "scope: person\nacross: month").replace("for: 3", "for: 2").strip()
    ),
    "the last five days": f"{STAY}\n---\n{{kind: metric, name: lately, of: amount, over: {{days: 5}}}}\n".replace(
        "attainment < 0.8 * pace", "lately < 150"
    ),
    "areas against the company": STAY.replace("scope: region", "scope: region\nlevel: 1").replace(
        "attainment < 0.8 * pace", "attainment < 0.9 * parent_attainment"
    ),
    "sellers move, and their orders along": OWNED,
    "sellers move, and their orders stay": OWNED.replace("attribution: now", "attribution: at_time"),
    "a source that is late at times": OWNED.replace(
        "schedule: every 1 days", "schedule: every 1 hours\nfresh_within: 4 hours"
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
            seller, region = rng.choice(
                (("s01", "shanghai"), ("s02", "shanghai"), ("s03", "hangzhou"), ("s04", "west"), ("s05", "west"))
            )
            at = max(MONDAY, day - timedelta(days=rng.choice((0, 0, 0, 1, 3, 8))))
            row = order(f"{day}-{number}", at, rng.choice((20.0, 60.0, 150.0)), seller, region)
        known[str(row["number"])] = {name: value for name, value in row.items() if name != "_deleted"}
        some.append(row)
    return some


def is_late_at_times(variant: str, day: date) -> bool:
    return "late" in variant and MONDAY < day < MONDAY + timedelta(days=DAYS - 5)


def go_away(company: Company) -> None:
    """The source's file is gone: nobody knows whether anything came."""
    if (company.folder / "orders.jsonl").exists():
        (company.folder / "orders.jsonl").rename(company.folder / "away.jsonl")


def come_back(company: Company) -> None:
    if (company.folder / "away.jsonl").exists():
        (company.folder / "away.jsonl").rename(company.folder / "orders.jsonl")


async def complete_until(company: Company, day: date) -> date:
    """The last day whose verdict could be taken with complete data, as the running system knows it on the day."""
    configured, state = await company.prepared(), await rows(SourceStateRow, TENANT).get(source="erp")
    source = configured.release.sources["erp"]
    days = (day - timedelta(days=back) for back in range(DAYS))
    at = configured.release.calendar.day_closes
    fresh = (each for each in days if not is_late(source, state.watermark, moment_at(configured, each, at)))
    return next(fresh, date.min)


@pytest.mark.parametrize(
    "variant", [pytest.param(name, marks=[pytest.mark.slow] if place else []) for place, name in enumerate(VARIANTS)]
)
async def test_states_and_notices_of_every_lived_day_are_those_of_the_backtest(company: Company, variant: str) -> None:
    rng, known = random.Random(variant), dict[str, dict[str, Any]]()
    await company.publish(VARIANTS[variant])
    states: dict[tuple[str, date], str] = {}
    complete: list[tuple[date, date]] = []
    for day in (MONDAY + timedelta(days=offset) for offset in range(DAYS)):
        if is_there := not (is_late_at_times(variant, day) and rng.random() < 0.4):
            come_back(company)
            await company.arrive(noon(day, 11), *arrivals(rng, known, day))
        if is_there and day < LAST and rng.random() < 0.3:
            await company.arrive(noon(day, 21), *arrivals(rng, known, day))
        if is_late_at_times(variant, day) and rng.random() < 0.5:
            await company.until(noon(day, 12))
            go_away(company)
        await company.until(noon(day, 23))
        states |= {(row.key, day): row.state for row in await rows(AlertRow, TENANT)}
        complete.append((day, await complete_until(company, day)))
    configured = await company.prepared()
    release, rule = configured.release, configured.release.rules["behind"]
    plans = tuple(
        PlanTargets(plan, targets_of(plan, release, configured.org, configured.calendar, {}, None))
        for plan in release.plans.values()
    )
    given = Given(
        release=release, org=configured.org, calendar=configured.calendar,
        records=await records_of(company), targets=plans, watermarks={"orders": complete},
    )  # fmt: skip
    lived = list(backtest(rule, given, MONDAY, LAST))
    assert states == {(one.key, one.day): one.state for one in lived}
    assert len({one.state for one in lived}) > 2
    assert ("late" in variant) == ("no_data" in {one.verdict for one in lived})
    told: dict[tuple[str, date], list[str]] = defaultdict(list)
    for message in await company.messages():
        told[message.scope_key, message.created_at.astimezone(ZONE).date()].append(
            f"{message.notice}:{message.recipient}"
        )
    assert {place: sorted(some) for place, some in told.items()} == {
        (one.key, one.day): sorted(one.notices) for one in lived if one.notices
    }
    await expect_log(lived)
    await expect_job(company, lived)
    await expect_log_and_verdicts(company)


async def expect_job(company: Company, lived: list[Lived]) -> None:
    """The job finds the same in the database, with its own targets and what it kept of how late the source was."""
    job_id = await ask(company.context, TENANT, "behind", MONDAY, LAST)
    await drain(company.context)
    job = await find_job(TENANT, job_id)
    assert job is not None
    assert (job.state, job.error) == ("done", None)
    assert job.progress is not None
    assert job.progress["done"] == job.progress["total"]
    found = msgspec.convert(job.result, Result)
    assert [(day.key, day.day, day.then.verdict, day.then.state, day.then.notices) for day in found.days] == [
        (one.key, one.day, one.verdict, one.state, one.notices) for one in lived
    ]
    assert any(day.now for day in found.days)
    assert found.then.messages == sum(len(one.notices) for one in lived)


async def expect_log(lived: list[Lived]) -> None:
    """The whole log of state changes, line by line in its order: when it was written, about which day, from and to which state."""
    written = [
        (row.key, row.at.astimezone(ZONE).date(), row.day, row.values["before"], row.kind)
        for row in await rows(TransitionRow, TENANT).order_by("key", "id")
    ]
    assert written == [(one.key, one.day, line.day, line.before, line.after) for one in lived for line in one.log]
    assert any(line.day < one.day for one in lived for line in one.log)


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
    assert await rows(JudgedDayRow, TENANT).filter(stale=True).count() == 0
