"""The one function behind the live system, the backtest, the rules' tests and the explanation."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from engine.rules.fold import Alert, Past, replay, state_of
from engine.rules.notices import Notice, Told, tell
from engine.rules.verdict import Judgement
from schema_defs.case import State
from schema_defs.rule import RuleBody


class Transition(msgspec.Struct, frozen=True):
    """One change of the state, on the judged day that caused it."""

    day: date
    before: State
    after: State


class Outcome(msgspec.Struct, frozen=True):
    """A scope after a step: every judged day with its state (the day strip), what is due, and what was told then."""

    day: date
    alert: Alert
    state: State
    past: Sequence[Past]
    notices: tuple[Notice, ...]
    told: Told

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """The changes of the state over the judged days, oldest first."""
        return transitions_of(self.past)


def timeline(
    rule: RuleBody, judgements: Sequence[Judgement], day: date, told: Told | None = None, *, silent: bool = False
) -> Outcome:
    """The outcome of a step of `day`, from ALL judgements of one scope and what one recipient was last told.

    `judgements` are of judged days only, in any order; those after `day` are left out. `silent` means that the step falls
    into a silence.
    """
    known = sorted((one for one in judgements if one.day <= day), key=lambda one: one.day)
    return conclude(rule, replay(rule, known), day, told or Told(), silent=silent)


def conclude(rule: RuleBody, past: Sequence[Past], day: date, told: Told, *, silent: bool = False) -> Outcome:
    """As `timeline`, over days that were replayed already."""
    notices, told_then = ((), told) if silent else tell(rule, past, told, day)
    alert = past[-1].alert if past else Alert()
    return Outcome(day, alert, state_of(alert, rule), past, notices, told_then)


def transitions_of(past: Sequence[Past], before: State = "inactive") -> tuple[Transition, ...]:
    """The changes of the state over the judged days, oldest first; `before` is the state that they began in."""
    changes: list[Transition] = []
    for one in past:
        if one.state != before:
            changes.append(Transition(one.day, before, one.state))
        before = one.state
    return tuple(changes)


def news(past: Sequence[Past], logged: Mapping[date, State], before: State = "inactive") -> Iterator[Transition]:
    """The lines that make the log of changes true, by day; `logged` is the last line's state of each day.

    Of a history only the days that may have changed need be given, with the state `before` them. What a correction took back gets a line of its own, which begins and ends in the state that the day has now.
    """
    changes = {change.day: change for change in transitions_of(past, before)}
    states = {one.day: one.state for one in past}
    for day in sorted({*changes, *logged}):
        if day in changes:
            if logged.get(day) != changes[day].after:
                yield changes[day]
        elif day in states and logged[day] != states[day]:
            yield Transition(day, states[day], states[day])
