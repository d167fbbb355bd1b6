"""A rule over past days, with the data as it was known at each day's close."""

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from engine.periods import days_of
from engine.routing import Scope, told_of
from engine.rules.facts import Facts, metrics_of, reads_of
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
        self._facts = Facts(reads, given.org, self._numbers)
        scopes = watched(rule, given.org, self._numbers.keys(rule.scope))
        self._scopes = [_Scope(scope) for scope in scopes]

    def live(self, first: date, last: date) -> Iterator[Lived]:
        start = self._numbers.first_day() or first
        for day in days_of(min(start, first), last):
            self._numbers.known = day
            late = self._late(day, start) if day >= start else {}
            for one in self._scopes:
                if day >= start:
                    self._judge_days(one, day, late.get(one.scope.key, frozenset()) | late.get("", frozenset()), start)
                outcome = conclude(self._rule, one.past, day, one.told)
                one.told = outcome.told
                if day >= first:
                    yield self._lived(one, outcome)

    def _late(self, day: date, start: date) -> Mapping[str, frozenset[date]]:
        """Per key the earlier days to judge again; under an empty key those of all scopes: a parent changed, or a late source came."""
        late = dict(self._numbers.history(self._rule.scope).late_days(day))
        late[""] = frozenset(self._numbers.come(start))
        if self._reads_parent:
            parents = (self._numbers.history(kind).late_days(day) for kind in ("region", "company"))
            late[""] |= frozenset(one for of_kind in parents for days in of_kind.values() for one in days)
        return late

    def _judge_days(self, one: "_Scope", day: date, late: frozenset[date], start: date) -> None:
        """Judges the day, and again the earlier ones that what became known has changed."""
        again = sorted(d for d in (*late, day) if d >= start and is_judged(self._rule, self._given.calendar, d))
        if not again:
            return
        for changed in again:
            one.judgements[changed] = self._judgement(one.scope, changed)
        cut = one.days_before(again[0])
        following = sorted({*again, *(past.day for past in one.past[cut:])})
        one.past = replay(self._rule, (one.judgements[d] for d in following), one.past[:cut])

    def _judgement(self, scope: Scope, day: date) -> Judgement:
        """A day whose source is late has no data, whatever else the rule reads."""
        if self._numbers.is_late(day):
            return Judgement(day, None, None)
        return self._judge.judge(day, self._facts.values(scope, day))

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


class _Scope:
    """One scope so far."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.judgements: dict[date, Judgement] = {}
        self.past: list[Past] = []
        self.told = Told()

    def days_before(self, day: date) -> int:
        """How many judged days lie before the day."""
        count = len(self.past)
        while count and self.past[count - 1].day >= day:
            count -= 1
        return count
