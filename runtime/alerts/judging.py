"""Judging: the verdicts of a rule's scopes on days, from the numbers as they are known now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

import msgspec
from tortoise.expressions import F

from engine.expression.values import Value
from engine.periods import days_of, month_bounds, month_of
from engine.routing import Scope
from engine.rules.facts import Facts
from engine.rules.judge import Judge
from engine.rules.scopes import watched
from engine.rules.verdict import Judgement
from runtime.alerts.ready_rules import ReadyRule, ready_rule
from runtime.alerts.rows import JudgedDayRow
from runtime.alerts.sources import StoredNumbers
from runtime.bulk import Condition, read_many, write_many
from runtime.database import transact
from runtime.numbers.read import book_of
from runtime.numbers.rows import CellRow, NumbersRow
from runtime.records.lateness import is_late
from runtime.records.rows import RecordRow, SourceStateRow
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.targets.book import target_book
from runtime.targets.rows import TargetRow
from runtime.tenancy import rows
from schema_defs.calendar import Calendar
from schema_defs.rule import Rule, ScopeKind

JUDGED_KEY = ("tenant", "rule", "scope", "key", "day")
JUDGED_VALUES = ("judged", "verdict", "values", "judged_at", "stale")
TRIES = 4
"""So often a month is judged again because its numbers changed meanwhile; then its verdicts stay out of date for the next turn."""


class OvertakenError(Exception):
    """A release went live meanwhile: what was being judged is another rule now."""


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """A rule ready to judge, and whom it watches."""

    configured: Prepared
    ready: ReadyRule
    scopes: tuple[Scope, ...]

    @property
    def rule(self) -> Rule:
        return self.ready.rule

    @property
    def judge(self) -> Judge:
        return self.ready.judge

    @property
    def at(self) -> str:
        """The time of day at which the rule is judged."""
        return time_of(self.rule, self.configured.release.calendar)

    @property
    def metrics(self) -> frozenset[str]:
        return self.ready.metrics


async def bench_of(configured: Prepared, rule: Rule) -> Bench:
    ready = ready_rule(configured, rule.name)
    numbered = await _with_numbers(configured, ready) if _needs_keys(configured, rule.scope) else set()
    return Bench(configured=configured, ready=ready, scopes=watched(rule, configured.org, numbered))


def _needs_keys(configured: Prepared, scope: ScopeKind) -> bool:
    """The regions of an organisation are its own; people, and whom no organisation lists, are watched because of their numbers."""
    return scope == "person" or (scope == "region" and not configured.org.regions())


async def _with_numbers(configured: Prepared, ready: ReadyRule) -> set[str]:
    """The keys that have a number or a target of what the rule reads."""
    tenant, mine = configured.tenant, ("scope", "=", ready.rule.scope)
    cells = [("metric", "in", sorted(ready.bases)), mine]
    targets = [("metric", "in", sorted(ready.metrics)), mine]
    found = await read_many(CellRow, tenant, ("key",), cells, distinct=True)
    found += await read_many(TargetRow, tenant, ("key",), targets, distinct=True)
    return {key for (key,) in found}


def time_of(rule: Rule, calendar: Calendar) -> str:
    """The time of day at which the rule is judged."""
    return rule.check.daily or calendar.day_closes


def moment_at(configured: Prepared, day: date, at: str) -> datetime:
    """The day's time of judging in the tenant's zone."""
    return datetime.combine(day, time.fromisoformat(at), tzinfo=configured.calendar.tz)


def last_closed(configured: Prepared, at: str, now: datetime) -> date:
    """The last day whose time of judging has come."""
    today = configured.calendar.today(now)
    return today if now >= moment_at(configured, today, at) else today - timedelta(days=1)


async def judge_days(bench: Bench, days: Mapping[Scope, Collection[date]], now: datetime) -> int:
    """Judges the days of the scopes and stores the verdicts, month by month, the oldest first; returns how many there were.

    Raises OvertakenError when another release went live meanwhile.
    """
    months: dict[str, list[tuple[Scope, date]]] = defaultdict(list)
    for scope, some in days.items():
        for day in some:
            months[month_of(day)].append((scope, day))
    for month in sorted(months):
        for left in reversed(range(TRIES)):
            if await _judge_month(bench, month, months[month], now, last_try=not left):
                break
    return sum(map(len, months.values()))


async def _judge_month(
    bench: Bench, month: str, wanted: Iterable[tuple[Scope, date]], now: datetime, *, last_try: bool
) -> bool:
    """Whether the verdicts could be stored: not when the numbers changed while they were taken."""
    configured = bench.configured
    tenant, seq = configured.tenant, await _seq(configured.tenant)
    scope = None if bench.ready.reads_parent else bench.rule.scope
    book = await book_of(configured, bench.metrics, [month], scope=scope)
    numbers = StoredNumbers(configured, book, await target_book(configured, [month], bench.metrics))
    facts, late = Facts(bench.ready.figures, configured.org, numbers), await _late_moments(bench)
    judged = [
        _judged(bench, scope, day, facts.values(scope, day), now, late=_is_late(bench, late, day, now))
        for scope, day in wanted
    ]

    async def write() -> bool:
        same = bool(await rows(NumbersRow, tenant).filter(seq=seq).update(seq=F("seq")))
        if not same and not last_try:
            return False
        if await _live_number(tenant) != configured.number:
            raise OvertakenError
        columns, stale = (*JUDGED_KEY[1:], *JUDGED_VALUES), not same
        values = ((*row, was_late or stale) for *row, was_late in judged)
        await write_many(JudgedDayRow, tenant, columns, values, unique=JUDGED_KEY, update=JUDGED_VALUES)
        return True

    return await transact(write)


async def _seq(tenant: str) -> int:
    found = await read_many(NumbersRow, tenant, ("seq",))
    return int(found[0][0]) if found else 0


async def _live_number(tenant: str) -> int | None:
    found = await read_many(ReleaseRow, tenant, ("number",), [("live", "=", True)])
    return int(found[0][0]) if found else None


def _judged(
    bench: Bench, scope: Scope, day: date, values: dict[str, Value], now: datetime, *, late: bool
) -> tuple[Any, ...]:
    """A judged day's columns; a day whose source was late has no data, and stays out of date until it has come."""
    judgement = Judgement(day, None, None) if late else bench.judge.judge(day, values)
    facts = {"holds": judgement.holds, "recovered": judgement.recovered, "read": values, "late": late}
    return bench.rule.name, scope.kind, scope.key, day, True, str(judgement.verdict(firing=False)), facts, now, late


def judged_days(bench: Bench, first: date, last: date) -> list[date]:
    """The days from first to last on which the rule takes a verdict."""
    is_working = bench.configured.calendar.is_working
    return [day for day in days_of(first, last) if bench.rule.days == "all" or is_working(day)]


async def missing_days(bench: Bench, last: date) -> dict[Scope, list[date]]:
    """Per scope the days of its history up to `last` that have no verdict yet."""
    first = await first_day(bench)
    days = judged_days(bench, first, last) if first is not None and first <= last else []
    where = [("rule", "=", bench.rule.name), ("day", "<=", last)]
    known = {
        (scope, key, day)
        for scope, key, day in await read_many(JudgedDayRow, bench.configured.tenant, ("scope", "key", "day"), where)
    }
    found: dict[Scope, list[date]] = defaultdict(list)
    for scope, day in product(bench.scopes, days):
        if (scope.kind, scope.key, day) not in known:
            found[scope].append(day)
    return dict(found)


async def first_day(bench: Bench) -> date | None:
    """Where the history begins: with the first record or the first target of what the rule reads; None before there is any."""
    days = [await _first_record(bench), await _first_target(bench)]
    return min((day for day in days if day is not None), default=None)


async def _first_record(bench: Bench) -> date | None:
    configured = bench.configured
    datasets = sorted({name for metric in bench.ready.judged for name in configured.metrics.datasets_of(metric)})
    where: list[Condition] = [("dataset", "in", datasets), ("deleted", "=", False), ("void", "=", False)]
    found = await read_many(RecordRow, configured.tenant, ("day",), where, order=("day",), limit=1)
    return found[0][0] if found else None


async def _first_target(bench: Bench) -> date | None:
    where: list[Condition] = [("metric", "in", sorted(bench.ready.judged))]
    found = await read_many(TargetRow, bench.configured.tenant, ("month",), where, order=("month",), limit=1)
    return month_bounds(found[0][0])[0] if found else None


async def _late_moments(bench: Bench) -> list[tuple[Any, datetime | None]]:
    """The sources of what the rule reads, with how far each is complete."""
    configured = bench.configured
    datasets = {name for metric in bench.ready.judged for name in configured.metrics.datasets_of(metric)}
    states = dict(await read_many(SourceStateRow, configured.tenant, ("source", "watermark")))
    sources = (source for source in configured.release.sources.values() if source.dataset in datasets)
    return [(source, states.get(source.name)) for source in sources]


def _is_late(bench: Bench, sources: list[tuple[Any, datetime | None]], day: date, now: datetime) -> bool:
    """Whether a source was late when the day's verdict was to be taken, and has not come since: nobody is alarmed by zeros."""
    moment = min(now, moment_at(bench.configured, day, bench.at))
    return any(is_late(source, watermark, moment) for source, watermark in sources)
