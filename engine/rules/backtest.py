"""A rule over past days, with the data as it was known at each day's close."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import msgspec
import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import Array
from engine.expression.values import Value
from engine.metrics.moments import Days, Moments
from engine.periods import days_of
from engine.routing import Scope, told_of
from engine.rules.facts import Facts, metrics_of, reads_of
from engine.rules.facts_of_many import FactsOfMany
from engine.rules.fold import Past, replay
from engine.rules.judge import Judge, is_judged
from engine.rules.known import last_known
from engine.rules.notices import Told
from engine.rules.past_numbers import Given, PastNumbers
from engine.rules.scopes import watched
from engine.rules.timeline import Outcome, Transition, conclude, news
from engine.rules.verdict import Judgement
from schema_defs.case import State
from schema_defs.rule import Rule, ScopeKind

COLUMNS = ("rule", "scope", "key", "day", "verdict", "state", "transition", "notices")


class Lived(msgspec.Struct, frozen=True):
    """One scope on one day as it was lived: the day's verdict (empty: not judged), the state, what happened, who was told.

    While an alert is there, `episode` is the first holding day and `fired` the day on which the run was long enough. `log`
    are the lines that the day adds to the log of state changes, those about corrected earlier days among them; `judged` are
    the verdicts that are others than the day before, of the day itself and of earlier ones; the first day has all of them.
    """

    rule: str
    scope: ScopeKind
    key: str
    day: date
    verdict: str
    state: str
    transition: tuple[str, ...]
    notices: tuple[str, ...]
    episode: date | None = None
    fired: date | None = None
    log: tuple[Transition, ...] = ()
    judged: tuple[tuple[date, str], ...] = ()

    def row(self) -> tuple[str, ...]:
        """As it stands in the CSV, in the order of `COLUMNS`; several transitions or notices of one day stand in their order."""
        happened = ";".join(self.transition), ";".join(self.notices)
        return self.rule, self.scope, self.key, self.day.isoformat(), self.verdict, self.state, *happened

    def plain(self) -> dict[str, object]:
        """As it stands in JSON: the columns of the CSV, with lists."""
        return {name: getattr(self, name) for name in COLUMNS}


def backtest(rule: Rule, given: Given, first: date, last: date) -> Iterator[Lived]:
    """Every watched scope on every calendar day from `first` to `last`, by key and day; days before `first` are lived silently.

    What became known later re-judges past days, and shows as a transition on the day on which it became known.
    """
    yield from Backtest(rule, given).lived(first, last)


class Backtest:
    """All scopes of a rule, lived day by day: as each day was known at its close, or with hindsight.

    `on_day` is told every day that is done, with how many there are.
    """

    def __init__(self, rule: Rule, given: Given, on_day: Callable[[int, int], None] = lambda done, total: None) -> None:
        self.rule, self.given = rule, given
        self._on_day = on_day
        self._judge = Judge(rule, given.calendar.is_working)
        self.reads = reads_of(self._judge.names, rule.metric, given.release.metrics)
        self._reads_parent = any(read.of_parent for read in self.reads)
        self.numbers = PastNumbers(given, metrics_of(self.reads, given.release))
        self.facts = Facts(self.reads, given.org, self.numbers)
        self._facts_of_many = FactsOfMany(self.reads, self.numbers, self.facts, rule.scope)
        self.scopes = watched(rule, given.org, self.numbers.keys(rule.scope))
        self._places = {scope.key: place for place, scope in enumerate(self.scopes)}

    def lived(self, first: date, last: date) -> list[Lived]:
        """Every scope and day from `first` to `last` as it was known at the day's close, by key and day."""
        return self._sorted(self._live(first, last, None))

    def with_hindsight(self, first: date, last: date) -> list[Lived]:
        """The same days, each judged by what is known at the end: a rule that had known everything from the beginning."""
        return self._sorted(self._live(first, last, self.last_known(last)))

    def last_known(self, last: date) -> date:
        """The day from whose close on all is known that is given, `last` at the earliest."""
        return last_known(self.given, last)

    def values(self, scope: Scope, day: date, known: date) -> dict[str, Value]:
        """What the rule's conditions read of the day, as known at the close of `known`."""
        self.numbers.known = known
        return self.facts.values(scope, day)

    @staticmethod
    def _sorted(days: Iterator[Lived]) -> list[Lived]:
        return sorted(days, key=lambda lived: (lived.key, lived.day))

    def _live(self, first: date, last: date, known: date | None) -> Iterator[Lived]:
        """`known` is the one moment from which all days are judged; None: each from its own."""
        scopes = [_Scope(scope) for scope in self.scopes]
        start = self.numbers.first_day() or first
        strip = _Strip(self.rule, self.given.calendar, len(scopes), start, last)
        days, done = days_of(min(start, first), last), 0
        for part in _parts(days, _DAYS_AT_ONCE):
            judged = self._judged(strip, [day for day in part if day >= start], known)
            for day in part:
                lived = [self._day(one, day, judged.get((place, day), ())) for place, one in enumerate(scopes)]
                if day >= first:
                    yield from (
                        (self._first(*each) for each in zip(scopes, lived, strict=True)) if day == first else lived
                    )
                done += 1
                self._on_day(done, len(days))

    def _day(self, one: "_Scope", day: date, judgements: Sequence[Judgement]) -> Lived:
        new = one.take(self.rule, judgements) if judgements else _NO_NEWS
        outcome = conclude(self.rule, one.past, day, one.told)
        one.told = outcome.told
        return self._lived(one, outcome, new)

    @staticmethod
    def _first(one: "_Scope", lived: Lived) -> Lived:
        """The first day that is told has all verdicts so far."""
        return msgspec.structs.replace(lived, judged=one.verdicts())

    def _judged(self, strip: "_Strip", days: Sequence[date], known: date | None) -> "_Judged":
        """The judgements that are new or other ones than before, by scope and the day on which they are taken."""
        asked = [self._asked(strip, day) if known is None else strip.all_of(day) for day in days]
        found = np.concatenate([*asked, _NONE])
        taken = np.repeat([day.toordinal() for day in days], [len(each) for each in asked]).astype(np.int64)
        closes = taken if known is None else np.full(len(found), known.toordinal())
        moments = Moments(tuple(self._places), found // strip.width, found % strip.width + strip.first, closes)
        return strip.changed(replace(moments, known=taken), *self._judge_all(moments))

    def _asked(self, strip: "_Strip", day: date) -> Array:
        """What is judged at the close of the day: the day itself, and again the days that what became known may have changed."""
        self.numbers.known = day
        today = day.toordinal()
        late = self.numbers.history(self.rule.scope).late(today)
        runs = [(place, days) for key, days in late if (place := self._places.get(key)) is not None]
        everywhere = [(today, today), *self._late_everywhere(today, strip)]
        runs += [(place, days) for place in range(len(self.scopes)) for days in everywhere]
        return strip.of(runs)

    def _late_everywhere(self, today: int, strip: "_Strip") -> Iterator[Days]:
        """The earlier days to judge again in all scopes: a late source came, or a scope above changed."""
        if come := self.numbers.come(date.fromordinal(strip.first)):
            yield come[0].toordinal(), come[-1].toordinal()
        for kind in ("region", "company") if self._reads_parent else ():
            yield from (days for _, days in self.numbers.history(kind).late(today))

    def _judge_all(self, moments: Moments) -> tuple[Array, Array]:
        """What holds and what has recovered. A day whose source is late has no data, whatever else the rule reads."""
        late = self.numbers.are_late(moments)
        facts = self._judge.judge_many(moments.days, self._facts_of_many.values(moments))
        holds, recovered = (np.where(late, np.int8(-1), each) for each in facts)
        return holds, recovered

    def _lived(self, one: "_Scope", outcome: Outcome, new: "_News") -> Lived:
        last = outcome.past[-1] if outcome.past else None
        return Lived(
            self.rule.name,
            one.scope.kind,
            one.scope.key,
            outcome.day,
            last.verdict if last and last.day == outcome.day else "",
            outcome.state,
            tuple(notice.kind for notice in outcome.notices),
            tuple(self._told(one.scope, outcome)),
            outcome.alert.episode if outcome.alert.firing else None,
            outcome.alert.fired,
            *new,
        )

    def _told(self, scope: Scope, outcome: Outcome) -> Iterator[str]:
        for notice in outcome.notices:
            for recipient in told_of(self.rule, notice.kind, scope, self.given.org, outcome.day):
                yield f"{notice.kind}:{recipient.person}"


class _Strip:
    """The facts of every scope on every day from `first` on, as judged last."""

    def __init__(self, rule: Rule, calendar: WorkCalendar, scopes: int, first: date, last: date) -> None:
        self.first = first.toordinal()
        self.width = max(0, last.toordinal() - self.first) + 1
        days = (date.fromordinal(self.first + offset) for offset in range(self.width))
        self.is_judged = np.array([is_judged(rule, calendar, day) for day in days], dtype=bool)
        self._scopes = scopes
        self._facts = np.full(scopes * self.width, _NOT_JUDGED, dtype=np.int8)

    def of(self, runs: Iterable[tuple[int, Days]]) -> Array:
        """The places, each once, of the days that are judged in runs of days of scopes."""
        pieces = (place * self.width + self._between(*days) for place, days in runs)
        found = np.unique(np.concatenate([*pieces, _NONE]))
        return np.asarray(found[self.is_judged[found % self.width]])

    def all_of(self, day: date) -> Array:
        """The places of one day in every scope, if it is judged."""
        today = day.toordinal()
        return self.of((place, (today, today)) for place in range(self._scopes))

    def _between(self, first: int, last: int) -> Array:
        """The places of days that the strip has."""
        return np.arange(max(first - self.first, 0), last - self.first + 1)

    def changed(self, moments: Moments, holds: Array, recovered: Array) -> "_Judged":
        """The judgements that are new or other ones than before, by scope and the day on which they are taken."""
        found: dict[tuple[int, date], list[Judgement]] = {}
        places, facts = moments.codes * self.width + (moments.days - self.first), holds * 3 + recovered
        for taken, rows in moments.by_known():
            other = np.flatnonzero(self._facts[places[rows]] != facts[rows]) + rows.start
            self._facts[places[other]] = facts[other]
            columns = (each[other].tolist() for each in (moments.codes, moments.days, holds, recovered))
            for place, day, held, back in zip(*columns, strict=True):
                judgement = Judgement(date.fromordinal(day), _FACT[held], _FACT[back])
                found.setdefault((place, date.fromordinal(taken)), []).append(judgement)
        return found


_News = tuple[tuple[Transition, ...], tuple[tuple[date, str], ...]]
"""The lines that the log lacks, and the verdicts that are new or others."""


_Judged = Mapping[tuple[int, date], list[Judgement]]
"""By the place of a scope and the day on which they are taken."""
_NO_NEWS: _News = ((), ())


class _Scope:
    """One scope so far."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.judgements: dict[date, Judgement] = {}
        self.past: list[Past] = []
        self.told = Told()
        self._logged: dict[date, State] = {}
        self._verdicts: dict[date, str] = {}

    def _news(self, cut: int) -> _News:
        """What the log of state changes does not say yet, and the new verdicts, when days from the place `cut` on were judged."""
        changed = self.past[cut:]
        logged = {day: state for day, state in self._logged.items() if day >= changed[0].day}
        lines = tuple(news(changed, logged, self.past[cut - 1].state if cut else "inactive"))
        verdicts = tuple((one.day, str(one.verdict)) for one in changed if self._verdicts.get(one.day) != one.verdict)
        self._logged |= {line.day: line.after for line in lines}
        self._verdicts |= dict(verdicts)
        return lines, verdicts

    def verdicts(self) -> tuple[tuple[date, str], ...]:
        """Those of all days so far."""
        return tuple(self._verdicts.items())

    def take(self, rule: Rule, judgements: Sequence[Judgement]) -> _News:
        """Lives the days anew from the first that is judged otherwise."""
        for judgement in judgements:
            self.judgements[judgement.day] = judgement
        cut = self._days_before(judgements[0].day)
        days = sorted({*(each.day for each in judgements), *(past.day for past in self.past[cut:])})
        self.past = replay(rule, (self.judgements[day] for day in days), self.past[:cut])
        return self._news(cut)

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
