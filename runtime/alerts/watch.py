"""When rules are judged: daily at their time, again when judged days changed, and all that was missed, in order."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from engine.routing import Scope
from runtime.alerts.conclude import conclude
from runtime.alerts.judging import (
    Bench,
    OvertakenError,
    bench_of,
    judge_days,
    last_closed,
    missing_days,
    moment_at,
    time_of,
)
from runtime.alerts.rows import AlertRow, JudgedDayRow
from runtime.bulk import Condition, read_many
from runtime.context import Context
from runtime.database import transact
from runtime.numbers.rows import DirtyRow
from runtime.queue.handlers import TryLater, handler
from runtime.queue.jobs import enqueue
from runtime.queue.rows import JobRow
from runtime.records.rows import SourceStateRow
from runtime.releases.prepared import prepared
from runtime.tenancy import rows

WAIT_FOR_NUMBERS = timedelta(seconds=1)


@handler("judge")
async def judge(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Judges every rule of one time of day: the days missed since its last verdict, those that changed, and today."""
    configured, at = await prepared(tenant), str(args["at"])
    if configured is None:
        return {"days": 0}
    now, count = context.clock.now(), 0
    rules = [rule for rule in configured.release.rules.values() if time_of(rule, configured.release.calendar) == at]
    for rule in rules:
        count += await _catch_up(context, await bench_of(configured, rule), now)
    if rules:
        due = moment_at(configured, last_closed(configured, at, now) + timedelta(days=1), at)
        await transact(lambda: enqueue(tenant, "judge", at, {"at": at}, now=now, run_after=due))
    return {"days": count}


@handler("rejudge")
async def rejudge(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Judges again the days whose numbers changed, for rules that ask for it (`on_change`)."""
    configured, count = await prepared(tenant), 0
    for rule in configured.release.rules.values() if configured else ():
        if rule.check.on_change and configured is not None:
            now, bench = context.clock.now(), await bench_of(configured, rule)
            day = last_closed(configured, bench.at, now)
            wanted = await _stale_days(bench)
            if not wanted or not await _ever_judged(bench):
                continue
            await _wait(tenant, [("day", "<=", day)])
            await _judge(bench, wanted, now)
            for scope in sorted(wanted):
                await conclude(context, bench, scope, day)
            count += len(wanted)
    return {"scopes": count}


async def _catch_up(context: Context, bench: Bench, now: datetime) -> int:
    """Everything that is due for one rule, and one conclusion about the present per scope."""
    day = last_closed(bench.configured, bench.at, now)
    await _wait_for_complete_data(bench, day, now)
    wanted = await missing_days(bench, day)
    for scope, days in (await _stale_days(bench)).items():
        wanted[scope] = sorted({*wanted.get(scope, ()), *days})
    count = await _judge(bench, wanted, now)
    for scope in bench.scopes:
        await conclude(context, bench, scope, day)
    await _close_unwatched(bench, now)
    return count


async def _judge(bench: Bench, wanted: dict[Scope, list[date]], now: datetime) -> int:
    try:
        return await judge_days(bench, wanted, now)
    except OvertakenError as error:
        raise TryLater(timedelta(0)) from error


async def _stale_days(bench: Bench) -> dict[Scope, list[date]]:
    """Per scope that is still watched, the days to judge again."""
    where: list[Condition] = [("stale", "=", True), ("rule", "=", bench.rule.name)]
    found: dict[Scope, list[date]] = defaultdict(list)
    watched = set(bench.scopes)
    for kind, key, day in await read_many(JudgedDayRow, bench.configured.tenant, ("scope", "key", "day"), where):
        if (scope := Scope(kind, key)) in watched:
            found[scope].append(day)
    return dict(found)


async def _wait_for_complete_data(bench: Bench, day: date, now: datetime) -> None:
    """A verdict is taken with complete data: what was known when the day closed is read and computed first.

    A rule without any verdict yet waits until every source has been read once. Of the past only the day's month and the one
    before are waited for: older history that is still coming in is judged as it comes.
    """
    tenant, closed = bench.configured.tenant, moment_at(bench.configured, day, bench.at)
    reading = rows(JobRow, tenant).filter(kind="sync", state__in=("queued", "running"))
    recent: list[Condition] = [("day", ">=", _month_before(day)), ("day", "<=", day)]
    if await _ever_judged(bench):
        if await reading.filter(run_after__lte=closed).exists():
            raise TryLater(WAIT_FOR_NUMBERS)
        await _wait(tenant, [*recent, ("marked_at", "<=", closed)])
        return
    come = {
        source for (source,) in await read_many(SourceStateRow, tenant, ("source",), [("watermark", "is null", False)])
    }
    never = sorted(set(bench.configured.release.sources) - come)
    if never and await reading.filter(key__in=never, run_after__lte=now).exists():
        raise TryLater(WAIT_FOR_NUMBERS)
    await _wait(tenant, recent)


def _month_before(day: date) -> date:
    """The first day of the month before the day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


async def _wait(tenant: str, dirty: list[Condition]) -> None:
    if await read_many(DirtyRow, tenant, ("id",), dirty, limit=1):
        raise TryLater(WAIT_FOR_NUMBERS)


async def _ever_judged(bench: Bench) -> bool:
    where: list[Condition] = [("rule", "=", bench.rule.name)]
    return bool(await read_many(JudgedDayRow, bench.configured.tenant, ("id",), where, limit=1))


async def _close_unwatched(bench: Bench, now: datetime) -> None:
    """Alerts of scopes that the rule watches no more are over; nobody is told."""
    open_ones = rows(AlertRow, bench.configured.tenant).filter(rule=bench.rule.name).exclude(state="inactive")
    watched = {(scope.kind, scope.key) for scope in bench.scopes}
    for row in await open_ones:
        if (row.scope, row.key) not in watched:
            await open_ones.filter(id=row.id).update(state="inactive", mark=None, updated_at=now)
