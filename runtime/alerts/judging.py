"""Judging: the verdicts of a rule's scopes on days, from the numbers as they are known now."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import msgspec

from engine.expression.values import Value
from engine.periods import days_of, month_of
from engine.routing import Scope
from engine.rules.facts import Facts, Read, metrics_of, reads_of
from engine.rules.judge import Judge
from engine.rules.scopes import watched
from engine.rules.verdict import Judgement
from runtime.alerts.rows import JudgedDayRow
from runtime.alerts.sources import StoredNumbers
from runtime.board.clocks import is_late
from runtime.numbers.read import book_of
from runtime.numbers.rows import CellRow
from runtime.records.rows import SourceStateRow
from runtime.releases.prepared import Prepared
from runtime.targets.book import target_book
from runtime.targets.rows import TargetRow
from runtime.tenancy import put_all, rows
from schema_defs.rule import Rule

JUDGED_KEY = ("tenant", "rule", "scope", "key", "day")


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """A rule made ready to judge: what it reads, and whom it watches."""

    configured: Prepared
    rule: Rule
    judge: Judge
    reads: tuple[Read, ...]
    metrics: frozenset[str]
    scopes: tuple[Scope, ...]


async def bench_of(configured: Prepared, rule: Rule) -> Bench:
    judge = Judge(rule, configured.calendar.is_working)
    reads = reads_of(judge.names, rule.metric, configured.release.metrics)
    targets = rows(TargetRow, configured.tenant).filter(scope=rule.scope).distinct()
    numbered = {str(key) for key in await targets.values_list("key", flat=True)}
    return Bench(
        configured=configured,
        rule=rule,
        judge=judge,
        reads=reads,
        metrics=metrics_of(reads, configured.release),
        scopes=watched(rule, configured.org, numbered),
    )


async def judge_days(bench: Bench, scopes: Iterable[Scope], days: Collection[date], now: datetime) -> int:
    """Judges the days of the scopes and stores the verdicts; a day whose source is late has no data until it comes."""
    scopes = tuple(scopes)
    if not days or not scopes:
        return 0
    configured, months = bench.configured, {month_of(day) for day in days}
    book = await book_of(configured, bench.metrics, months)
    numbers = StoredNumbers(configured, book, await target_book(configured.tenant, months))
    facts = Facts(bench.reads, configured.org, numbers)
    late = await _is_late(bench, now)
    today = configured.calendar.today(now)
    judged = [
        _row(bench, scope, day, facts.values(scope, day), now, late=late and day == today)
        for scope in scopes
        for day in sorted(days)
    ]
    await put_all(judged, unique=JUDGED_KEY, update=("judged", "verdict", "values", "judged_at", "stale"))
    return len(judged)


def judged_days(bench: Bench, first: date, last: date) -> list[date]:
    """The days from first to last on which the rule takes a verdict."""
    is_working = bench.configured.calendar.is_working
    return [day for day in days_of(first, last) if bench.rule.days == "all" or is_working(day)]


def judgement_of(row: JudgedDayRow) -> Judgement:
    """The stored facts of a day."""
    return Judgement(row.day, row.values.get("holds"), row.values.get("recovered", True))


async def first_day(bench: Bench) -> date | None:
    """Where the history begins: the first number or target that the rule reads; None before there is any."""
    cells = rows(CellRow, bench.configured.tenant).filter(scope=bench.rule.scope).order_by("day").limit(1)
    found = [row.day for row in await cells]
    targets = rows(TargetRow, bench.configured.tenant).filter(scope=bench.rule.scope).order_by("month").limit(1)
    if found:
        found += [date.fromisoformat(f"{row.month}-01") for row in await targets]
    return max(found, default=None)


def _row(bench: Bench, scope: Scope, day: date, values: dict[str, Value], now: datetime, *, late: bool) -> JudgedDayRow:
    judgement = Judgement(day, None, None) if late else bench.judge.judge(day, values)
    return JudgedDayRow(
        tenant=bench.configured.tenant,
        rule=bench.rule.name,
        scope=scope.kind,
        key=scope.key,
        day=day,
        judged=True,
        verdict=str(judgement.verdict(firing=False)),
        values={
            "holds": judgement.holds,
            "recovered": judgement.recovered,
            "read": msgspec.to_builtins(values),
            "late": late,
        },
        judged_at=now,
        stale=late,
    )


async def _is_late(bench: Bench, now: datetime) -> bool:
    """Whether a source of what the rule reads is late: the day then has no data, and nobody is alarmed by zeros."""
    configured = bench.configured
    datasets = {name for metric in bench.metrics for name in configured.metrics.datasets_of(metric)}
    states = {row.source: row.watermark for row in await rows(SourceStateRow, configured.tenant)}
    sources = (source for source in configured.release.sources.values() if source.dataset in datasets)
    return any(is_late(source, states.get(source.name), now) for source in sources)
