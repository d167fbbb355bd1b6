"""When rules are judged: daily at their time, again when judged days changed, and all that was missed, in order."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.periods import month_bounds, month_of
from engine.routing import Scope
from runtime.alerts.conclude import conclude
from runtime.alerts.judging import Bench, bench_of, first_day, judge_days, judged_days
from runtime.alerts.rows import JudgedDayRow
from runtime.context import Context
from runtime.database import transact
from runtime.numbers.rows import DirtyRow
from runtime.queue.handlers import TryLater, handler
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import rows
from schema_defs.calendar import Calendar
from schema_defs.rule import Rule

WAIT_FOR_NUMBERS = timedelta(seconds=1)


def time_of(rule: Rule, calendar: Calendar) -> str:
    """The time of day at which the rule is judged."""
    return rule.check.daily or calendar.day_closes


@on_publish
async def plan_judging(publishing: Publishing) -> None:
    """Under a new release the present month is judged again, at once for what has closed, then daily at each rule's time."""
    release, tenant = publishing.live.release, publishing.tenant
    first = month_bounds(month_of(publishing.now.date()))[0] - timedelta(days=1)
    await rows(JudgedDayRow, tenant).filter(day__gte=first).update(stale=True)
    for at in sorted({time_of(rule, release.calendar) for rule in release.rules.values()}):
        await enqueue(tenant, "judge", at, {"at": at}, now=publishing.now)


@handler("judge")
async def judge(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Judges every rule of one time of day: the days missed since its last verdict, those that changed, and today."""
    configured, at = await prepared(tenant), str(args["at"])
    if configured is None:
        return {"days": 0}
    now = context.clock.now()
    day = last_closed(configured, at, now)
    await _wait_for_numbers(tenant, _moment(configured, day, at))
    rules = [rule for rule in configured.release.rules.values() if time_of(rule, configured.release.calendar) == at]
    count = 0
    for rule in rules:
        count += await _catch_up(context, await bench_of(configured, rule), day)
    await transact(lambda: _plan_next(context, configured, at, day))
    return {"days": count}


@handler("rejudge")
async def rejudge(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Judges again the days whose numbers changed, for rules that ask for it (`on_change`)."""
    configured, count = await prepared(tenant), 0
    for rule in configured.release.rules.values() if configured else ():
        if rule.check.on_change and configured is not None:
            bench = await bench_of(configured, rule)
            changed = await _judge_stale(context, bench)
            count += len(changed)
            now = context.clock.now()
            day = last_closed(configured, time_of(rule, configured.release.calendar), now)
            for scope in sorted(changed):
                await conclude(context, bench, scope, day)
    return {"scopes": count}


def last_closed(configured: Prepared, at: str, now: datetime) -> date:
    """The last day whose time of judging has come."""
    today = configured.calendar.today(now)
    return today if now >= _moment(configured, today, at) else today - timedelta(days=1)


async def _catch_up(context: Context, bench: Bench, day: date) -> int:
    """Everything that is due for one rule up to `day`, and one conclusion about the present per scope."""
    first = await _next_to_judge(bench)
    if first is None:
        return 0
    stale = await _judge_stale(context, bench)
    days = judged_days(bench, first, day)
    count = await judge_days(bench, bench.scopes, days, context.clock.now())
    for scope in sorted({*bench.scopes, *stale}):
        await conclude(context, bench, scope, day)
    return count


async def _judge_stale(context: Context, bench: Bench) -> set[Scope]:
    """Judges the stale days again and gives the scopes whose days they were."""
    query = rows(JudgedDayRow, bench.configured.tenant).filter(rule=bench.rule.name, stale=True)
    days: dict[Scope, set[date]] = defaultdict(set)
    for row in await query:
        days[Scope(row.scope, row.key)].add(row.day)  # type: ignore[arg-type]  # scopes are written by us
    together: dict[frozenset[date], list[Scope]] = defaultdict(list)
    for scope, some in days.items():
        together[frozenset(some)].append(scope)
    for same, scopes in together.items():
        await judge_days(bench, scopes, same, context.clock.now())
    return set(days)


async def _next_to_judge(bench: Bench) -> date | None:
    last = await rows(JudgedDayRow, bench.configured.tenant).filter(rule=bench.rule.name).order_by("-day").limit(1)
    return last[0].day + timedelta(days=1) if last else await first_day(bench)


async def _wait_for_numbers(tenant: str, closed: datetime) -> None:
    """A verdict is taken with complete data: what was known when the day closed is computed first."""
    if await rows(DirtyRow, tenant).filter(marked_at__lte=closed).exists():
        raise TryLater(WAIT_FOR_NUMBERS)


async def _plan_next(context: Context, configured: Prepared, at: str, day: date) -> None:
    due = _moment(configured, day + timedelta(days=1), at)
    await enqueue(configured.tenant, "judge", at, {"at": at}, now=context.clock.now(), run_after=due)


def _moment(configured: Prepared, day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=configured.calendar.tz)
