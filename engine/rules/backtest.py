"""A rule over past days, with the data as it was known at each day's close."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec
import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import Array
from engine.metrics.moments import Days, Moments
from engine.periods import days_of
from engine.routing import Scope, told_of
from engine.rules.facts import Facts, metrics_of, reads_of
from engine.rules.facts_of_many import FactsOfMany
from engine.rules.fold import Past, replay
from engine.rules.judge import Judge, is_judged
from engine.rules.notices import Told
from engine.rules.past_numbers import Given, PastNumbers
from engine.rules.scopes import watched
from engine.rules.timeline import Outcome, conclude
from engine.rules.verdict import Judgement
from schema_defs.rule import Rule

COLUMNS = ("rule", "scope", "key", "day", "verdict", "state", "transition", "notices")


class Lived(msgspec.Struct, frozen=True):
    """One scope on one day as it was lived: the day's verdict (empty: not judged), the state, what happened, who was told."""

    rule: str
    scope: str
    key: str
    day: date
    verdict: str
    state: str
    transition: tuple[str, ...]
    notices: tuple[str, ...]

    def row(self) -> tuple[str, ...]:
        """As it stands in the CSV, in the order of `COLUMNS`; several transitions or notices of one day stand in their order."""
        happened = ";".join(self.transition), ";".join(self.notices)
        return self.rule, self.scope, self.key, self.day.isoformat(), self.verdict, self.state, *happened


def backtest(rule: Rule, given: Given, first: date, last: date) -> Iterator[Lived]:
    """Every watched scope on every calendar day from `first` to `last`, by key and day; days before `first` are lived silently.

    What became known later re-judges past days, and shows as a transition on the day on which it became known.
    """
    yield from sorted(_Backtest(rule, given).live(first, last), key=lambda lived: (lived.key, lived.day))


class _Backtest:
    """All scopes of a rule, lived day by day."""

    def __init__(self, rule: Rule, given: Given) -> None:
        self._rule, self._given = rule, given
        self._judge = Judge(rule, given.calendar.is_working)
        reads = reads_of(self._judge.names, rule.metric, given.release.metrics)
        self._reads_parent = any(read.of_parent for read in reads)
        self._numbers = PastNumbers(given, metrics_of(reads, given.release))
        self._facts = FactsOfMany(reads, self._numbers, Facts(reads, given.org, self._numbers), rule.scope)
        scopes = watched(rule, given.org, self._numbers.keys(rule.scope))
        self._scopes = [_Scope(scope) for scope in scopes]
        self._places = {one.scope.key: place for place, one in enumerate(self._scopes)}

    def live(self, first: date, last: date) -> Iterator[Lived]:
        start = self._numbers.first_day() or first
        strip = _Strip(self._rule, self._given.calendar, len(self._scopes), start, last)
        for days in _parts(days_of(min(start, first), last), _DAYS_AT_ONCE):
            judged = self._judged(strip, [day for day in days if day >= start])
            for day in days:
                for place, judgements in judged.get(day, {}).items():
                    self._scopes[place].take(self._rule, judgements)
                for one in self._scopes:
                    outcome = conclude(self._rule, one.past, day, one.told)
                    one.told = outcome.told
                    if day >= first:
                        yield self._lived(one, outcome)

    def _judged(self, strip: "_Strip", days: Sequence[date]) -> Mapping[date, Mapping[int, list[Judgement]]]:
        """By the day on which they become known, the judgements of every scope that are new or other ones than before."""
        asked = [self._asked(strip, day) for day in days]
        found = np.concatenate([*asked, _NONE])
        known = np.repeat([day.toordinal() for day in days], [len(each) for each in asked]).astype(np.int64)
        moments = Moments(tuple(self._places), found // strip.width, found % strip.width + strip.first, known)
        return strip.changed(moments, *self._judge_all(moments))

    def _asked(self, strip: "_Strip", day: date) -> Array:
        """What is judged at the close of the day: the day itself, and again the days that what became known may have changed."""
        self._numbers.known = day
        today = day.toordinal()
        late = self._numbers.history(self._rule.scope).late(today)
        runs = [(place, days) for key, days in late if (place := self._places.get(key)) is not None]
        everywhere = [(today, today), *self._late_everywhere(today, strip)]
        runs += [(place, days) for place in range(len(self._scopes)) for days in everywhere]
        pieces = [place * strip.width + strip.between(*days) for place, days in runs]
        found = np.unique(np.concatenate([*pieces, _NONE]))
        return np.asarray(found[strip.is_judged[found % strip.width]])

    def _late_everywhere(self, today: int, strip: "_Strip") -> Iterator[Days]:
        """The earlier days to judge again in all scopes: a late source came, or a scope above changed."""
        if come := self._numbers.come(date.fromordinal(strip.first)):
            yield come[0].toordinal(), come[-1].toordinal()
        for kind in ("region", "company") if self._reads_parent else ():
            yield from (days for _, days in self._numbers.history(kind).late(today))

    def _judge_all(self, moments: Moments) -> tuple[Array, Array]:
        """What holds and what has recovered. A day whose source is late has no data, whatever else the rule reads."""
        late = self._numbers.are_late(moments)
        facts = self._judge.judge_many(moments.days, self._facts.values(moments))
        holds, recovered = (np.where(late, np.int8(-1), each) for each in facts)
        return holds, recovered

    def _lived(self, one: "_Scope", outcome: Outcome) -> Lived:
        last = outcome.past[-1] if outcome.past else None
        return Lived(
            self._rule.name,
            one.scope.kind,
            one.scope.key,
            outcome.day,
            last.verdict if last and last.day == outcome.day else "",
            outcome.state,
            tuple(notice.kind for notice in outcome.notices),
            tuple(self._told(one.scope, outcome)),
        )

    def _told(self, scope: Scope, outcome: Outcome) -> Iterator[str]:
        for notice in outcome.notices:
            for recipient in told_of(self._rule, notice.kind, scope, self._given.org, outcome.day):
                yield f"{notice.kind}:{recipient.person}"


class _Strip:
    """The facts of every scope on every day from `first` on, as judged last."""

    def __init__(self, rule: Rule, calendar: WorkCalendar, scopes: int, first: date, last: date) -> None:
        self.first = first.toordinal()
        self.width = max(0, last.toordinal() - self.first) + 1
        days = (date.fromordinal(self.first + offset) for offset in range(self.width))
        self.is_judged = np.array([is_judged(rule, calendar, day) for day in days], dtype=bool)
        self._facts = np.full(scopes * self.width, _NOT_JUDGED, dtype=np.int8)

    def between(self, first: int, last: int) -> Array:
        """The places of days that the strip has."""
        return np.arange(max(first - self.first, 0), last - self.first + 1)

    def changed(self, moments: Moments, holds: Array, recovered: Array) -> Mapping[date, Mapping[int, list[Judgement]]]:
        """The judgements that are new or other ones than before, by the day on which they are known and the scope."""
        found: dict[date, dict[int, list[Judgement]]] = {}
        places, facts = moments.codes * self.width + (moments.days - self.first), holds * 3 + recovered
        for known, rows in moments.by_known():
            other = np.flatnonzero(self._facts[places[rows]] != facts[rows]) + rows.start
            self._facts[places[other]] = facts[other]
            columns = (each[other].tolist() for each in (moments.codes, moments.days, holds, recovered))
            of_day = found.setdefault(date.fromordinal(known), {})
            for place, day, held, back in zip(*columns, strict=True):
                of_day.setdefault(place, []).append(Judgement(date.fromordinal(day), _FACT[held], _FACT[back]))
        return found


class _Scope:
    """One scope so far."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.judgements: dict[date, Judgement] = {}
        self.past: list[Past] = []
        self.told = Told()

    def take(self, rule: Rule, judgements: Sequence[Judgement]) -> None:
        """Lives the days anew from the first that is judged otherwise."""
        for judgement in judgements:
            self.judgements[judgement.day] = judgement
        cut = self._days_before(judgements[0].day)
        days = sorted({*(each.day for each in judgements), *(past.day for past in self.past[cut:])})
        self.past = replay(rule, (self.judgements[day] for day in days), self.past[:cut])

    def _days_before(self, day: date) -> int:
        """How many judged days lie before the day."""
        count = len(self.past)
        while count and self.past[count - 1].day >= day:
            count -= 1
        return count


_DAYS_AT_ONCE = 16
_NONE = np.zeros(0, dtype=np.int64)
_NOT_JUDGED = 127
_FACT = {1: True, 0: False, -1: None}


def _parts(days: Sequence[date], size: int) -> Iterator[Sequence[date]]:
    """The days in parts of so many."""
    for start in range(0, len(days), size):
        yield days[start : start + size]
