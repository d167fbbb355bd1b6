"""A rule of the live release over past days, in the background: a job with its progress, and its result kept with it."""

import asyncio
from datetime import date
from typing import Any

import msgspec

from engine.rules.backtest import Backtest, Lived
from engine.rules.compare import Comparison, Pair, compare
from engine.rules.summary import Summary
from runtime.alerts.ready_rules import ready_rules
from runtime.backtests.given import given_of
from runtime.context import Context
from runtime.database import transact
from runtime.queue.carry import report_progress
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.prepared import demand_prepared
from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.text import Said

LONGEST = 731
"""So many days may be asked for at once."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A day in one of the two versions."""

    verdict: str
    state: str
    transition: tuple[str, ...]
    notices: tuple[str, ...]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One scope on one day as known then; `now` with hindsight, where that differs."""

    scope: str
    key: str
    day: date
    then: Side
    now: Side | None = None
    because: tuple[date, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the job found, by which release."""

    rule: str
    release: int
    days: tuple[Day, ...]
    then: Summary
    now: Summary


async def ask(context: Context, tenant: str, rule: str, first: date, last: date) -> str:
    """Asks for a backtest and returns the job's id; the same one asked for again while it waits is one job.

    Raises UsageError for an unknown rule and for days that are none.
    """
    configured = await demand_prepared(tenant)
    _check(rule, configured.release.rules, first, last)
    args = {"rule": rule, "first": first.isoformat(), "last": last.isoformat()}
    now, key = context.clock.now(), f"{rule}:{first}:{last}"
    return await transact(lambda: enqueue(tenant, "backtest", key, args, now=now))


@handler("backtest")
async def backtest(context: Context, tenant: str, args: dict[str, Any]) -> Any:
    """Lives the days again, both as known then and with hindsight."""
    configured = await demand_prepared(tenant)
    first, last = date.fromisoformat(args["first"]), date.fromisoformat(args["last"])
    _check(args["rule"], configured.release.rules, first, last)
    ready = next(each for each in ready_rules(configured) if each.rule.name == args["rule"])
    given = await given_of(configured, ready, context.clock.now())
    loop = asyncio.get_running_loop()

    def on_day(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            asyncio.run_coroutine_threadsafe(report_progress({"done": done, "total": total}), loop).result()

    def live() -> Comparison:
        return compare(Backtest(ready.rule, given, on_day), first, last)

    compared = await asyncio.to_thread(live)
    return msgspec.to_builtins(
        Result(
            rule=ready.rule.name,
            release=configured.number,
            days=tuple(_day(pair) for pair in compared.pairs),
            then=compared.then,
            now=compared.now,
        )
    )


def _day(pair: Pair) -> Day:
    then = pair.then
    now = _side(pair.now) if pair.differs else None
    return Day(scope=then.scope, key=then.key, day=then.day, then=_side(then), now=now, because=pair.because)


def _side(lived: Lived) -> Side:
    return Side(verdict=str(lived.verdict), state=lived.state, transition=lived.transition, notices=lived.notices)


def _check(rule: str, rules: Any, first: date, last: date) -> None:
    if rule not in rules:
        near, listed = nearest(rule, rules), ", ".join(rules) or "-"
        raise UsageError(
            Said(
                zh=f"没有规则 '{rule}'" + (f"；是否指 '{near}'？" if near else f"；有：{listed}"),
                en=f"there is no rule '{rule}'" + (f"; did you mean '{near}'?" if near else f"; there are: {listed}"),
            )
        )
    if not 0 <= (last - first).days < LONGEST:
        raise UsageError(
            Said(
                zh=f"从 {first} 到 {last} 不行：起始日不晚于截止日，最多 {LONGEST} 天",
                en=f"from {first} to {last} is not possible: the first day is not after the last, {LONGEST} days at most",
            )
        )
