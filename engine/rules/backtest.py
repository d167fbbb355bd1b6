"""A rule over past days, with the data as it was known at each day's close."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import msgspec

from engine.expression.values import Value
from engine.periods import days_of
from engine.routing import Scope, told_of
from engine.rules.facts import Facts, metrics_of, reads_of
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
        self.scopes = watched(rule, given.org, self.numbers.keys(rule.scope))

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

    def judgement(self, scope: Scope, day: date) -> Judgement:
        """A day whose source is late has no data, whatever else the rule reads."""
        if self.numbers.is_late(day):
            return Judgement(day, None, None)
        return self._judge.judge(day, self.facts.values(scope, day))

    @staticmethod
    def _sorted(days: Iterator[Lived]) -> list[Lived]:
        return sorted(days, key=lambda lived: (lived.key, lived.day))

    def _live(self, first: date, last: date, known: date | None) -> Iterator[Lived]:
        """`known` is the one moment from which all days are judged; None: each from its own."""
        scopes = [_Scope(scope) for scope in self.scopes]
        start = self.numbers.first_day() or first
        days = days_of(min(start, first), last)
        for done, day in enumerate(days, 1):
            self.numbers.known = known or day
            late = self._late(day, start) if day >= start and known is None else {}
            for one in scopes:
                new: _News = ((), ())
                if day >= start:
                    of_one = late.get(one.scope.key, frozenset()) | late.get("", frozenset())
                    new = self._judge_days(one, day, of_one, start)
                outcome = conclude(self.rule, one.past, day, one.told)
                one.told = outcome.told
                if day >= first:
                    yield self._lived(one, outcome, (new[0], one.verdicts()) if day == first else new)
            self._on_day(done, len(days))

    def _late(self, day: date, start: date) -> Mapping[str, frozenset[date]]:
        """Per key the earlier days to judge again; under an empty key those of all scopes: a parent changed, or a late source came."""
        late = dict(self.numbers.history(self.rule.scope).late_days(day))
        late[""] = frozenset(self.numbers.come(start))
        if self._reads_parent:
            parents = (self.numbers.history(kind).late_days(day) for kind in ("region", "company"))
            late[""] |= frozenset(one for of_kind in parents for days in of_kind.values() for one in days)
        return late

    def _judge_days(self, one: "_Scope", day: date, late: frozenset[date], start: date) -> "_News":
        """Judges the day, and again the earlier ones that what became known has changed."""
        again = sorted(d for d in (*late, day) if d >= start and is_judged(self.rule, self.given.calendar, d))
        if not again:
            return (), ()
        for changed in again:
            one.judgements[changed] = self.judgement(one.scope, changed)
        cut = one.days_before(again[0])
        following = sorted({*again, *(past.day for past in one.past[cut:])})
        one.past = replay(self.rule, (one.judgements[d] for d in following), one.past[:cut])
        return one.news(cut)

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


_News = tuple[tuple[Transition, ...], tuple[tuple[date, str], ...]]
"""The lines that the log lacks, and the verdicts that are new or others."""


class _Scope:
    """One scope so far."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.judgements: dict[date, Judgement] = {}
        self.past: list[Past] = []
        self.told = Told()
        self._logged: dict[date, State] = {}
        self._verdicts: dict[date, str] = {}

    def news(self, cut: int) -> "_News":
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

    def days_before(self, day: date) -> int:
        """How many judged days lie before the day."""
        count = len(self.past)
        while count and self.past[count - 1].day >= day:
            count -= 1
        return count
