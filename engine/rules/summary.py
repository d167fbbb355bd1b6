"""What a backtest comes to: episodes, who is told how much, and whether it foresaw the months that were missed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from statistics import mean

import msgspec

from engine.expression.values import is_number
from engine.periods import days_of, month_bounds, month_of, months_between
from engine.routing import Scope
from engine.rules.backtest import Backtest, Lived
from engine.rules.fold import FIRING
from engine.rules.judge import is_judged
from schema_defs.rule import ScopeKind


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """An unbroken run that fired: from its first holding day to the last day on which it was there.

    `fired` is the day on which it became known, `days` and `days_to_fire` count judged days, both ends included. `ended` is
    False for one that is still there on the last day.
    """

    scope: ScopeKind
    key: str
    first: date
    fired: date
    last: date
    days: int
    days_to_fire: int
    ended: bool


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """One scope in one whole month: what came of its target, and the first day on which the alert was there.

    `lead` are the working days that were left of the month then, the day itself not counted.
    """

    scope: ScopeKind
    key: str
    month: str
    actual: float
    target: float
    missed: bool
    warned: date | None = None
    lead: int | None = None


class Foresight(msgspec.Struct, frozen=True, kw_only=True):
    """The rule against the months that were really missed. `hit_rate` is the share of the months with an alert that were
    missed, `caught` the share of the missed months that had one, `lead` the mean working days that were left.
    """

    hits: int = 0
    false_alarms: int = 0
    unwarned: int = 0
    quiet: int = 0
    hit_rate: float | None = None
    caught: float | None = None
    lead: float | None = None
    months: tuple[Month, ...] = ()


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """The messages that one person would have had in one week, which begins on `week`."""

    person: str
    week: date
    messages: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`foresight` is None for a rule whose metric has no target."""

    episodes: tuple[Episode, ...]
    told: tuple[Week, ...]
    foresight: Foresight | None = None

    @property
    def messages(self) -> int:
        return sum(week.messages for week in self.told)


def summary_of(replay: Backtest, days: Sequence[Lived], first: date, last: date) -> Summary:
    """The summary of what was lived from `first` to `last`; the months are those that lie inside as a whole."""
    return Summary(
        episodes=tuple(_episodes(replay, days)),
        told=_told(replay, days),
        foresight=_foresight(replay, days, first, last),
    )


def _episodes(replay: Backtest, days: Sequence[Lived]) -> Iterator[Episode]:
    for _, some in groupby(days, lambda one: one.key):
        runs: list[list[Lived]] = []
        was_firing = False
        for one in some:
            is_firing = one.state in FIRING
            if is_firing and (not was_firing or "recovered" in one.transition):
                runs.append([])
            if is_firing:
                runs[-1].append(one)
            was_firing = is_firing
        yield from (_episode(replay, run, ended=run[-1].day < days[-1].day) for run in runs)


def _episode(replay: Backtest, run: Sequence[Lived], *, ended: bool) -> Episode:
    """An alert that was there before the first day fired when its run was long enough."""
    begins = run[0]
    assert begins.episode is not None
    assert begins.fired is not None
    fired = begins.day if "fired" in begins.transition else begins.fired
    first = min(begins.episode, fired)
    return Episode(
        scope=begins.scope,
        key=begins.key,
        first=first,
        fired=fired,
        last=run[-1].day,
        days=_judged(replay, first, run[-1].day),
        days_to_fire=_judged(replay, first, fired),
        ended=ended,
    )


def _judged(replay: Backtest, first: date, last: date) -> int:
    return sum(is_judged(replay.rule, replay.given.calendar, day) for day in days_of(first, last))


def _told(replay: Backtest, days: Sequence[Lived]) -> tuple[Week, ...]:
    """Messages per person and week, the weeks in order."""
    week_start = replay.given.calendar.week_start
    counts = Counter((week_start(one.day), notice.partition(":")[2]) for one in days for notice in one.notices)
    return tuple(Week(person=person, week=week, messages=count) for (week, person), count in sorted(counts.items()))


def _foresight(replay: Backtest, days: Sequence[Lived], first: date, last: date) -> Foresight | None:
    metric = replay.rule.metric
    if metric is None or all(one.plan.metric != metric for one in replay.given.targets):
        return None
    whole = [month for month in months_between(month_of(first), month_of(last)) if _inside(month, first, last)]
    months = tuple(_months(replay, metric, days, whole, replay.last_known(last)))
    hits = [one for one in months if one.missed and one.warned]
    warned, missed = sum(one.warned is not None for one in months), sum(one.missed for one in months)
    return Foresight(
        hits=len(hits),
        false_alarms=warned - len(hits),
        unwarned=missed - len(hits),
        quiet=len(months) - warned - missed + len(hits),
        hit_rate=len(hits) / warned if warned else None,
        caught=len(hits) / missed if missed else None,
        lead=mean(one.lead for one in hits if one.lead is not None) if hits else None,
        months=months,
    )


def _inside(month: str, first: date, last: date) -> bool:
    begins, ends = month_bounds(month)
    return first <= begins and ends <= last


def _months(
    replay: Backtest, metric: str, days: Sequence[Lived], months: Sequence[str], known: date
) -> Iterator[Month]:
    """Every scope and month with a target and a number that is complete, as known at the end."""
    alarms, replay.numbers.known = _alarms(days), known
    is_better_down = replay.given.release.metrics[metric].better == "down"
    for scope in replay.scopes:
        for month in months:
            target = replay.numbers.target(metric, scope, month)
            actual = replay.numbers.actual(metric, scope, month_bounds(month)[1])
            if target is None or not is_number(actual):
                continue
            missed = actual > target if is_better_down else actual < target  # type: ignore[operator]  # is_number has looked
            yield _month(replay, scope, month, (float(actual), target), missed, alarms[scope.key].get(month))  # type: ignore[arg-type]


def _month(
    replay: Backtest, scope: Scope, month: str, sums: tuple[float, float], missed: bool, warned: date | None
) -> Month:
    return Month(
        scope=scope.kind,
        key=scope.key,
        month=month,
        actual=sums[0],
        target=sums[1],
        missed=missed,
        warned=warned,
        lead=None if warned is None else replay.numbers.working_days_left(warned),
    )


def _alarms(days: Sequence[Lived]) -> Mapping[str, Mapping[str, date]]:
    """Per key and month the first day, before the month's last, on which the alert was there."""
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for one in days:
        month = month_of(one.day)
        if one.state in FIRING and one.day < month_bounds(month)[1]:
            found[one.key].setdefault(month, one.day)
    return found
