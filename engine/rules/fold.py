"""The state of an alert: a pure fold over the judged days of one scope, advanced by one small step."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, assert_never

import msgspec

from engine.periods import month_of
from engine.rules.verdict import Judgement, Verdict
from schema_defs.case import State
from schema_defs.rule import RuleBody

FIRING = ("firing", "recovering")
"""The states in which the alert is there."""


class Alert(msgspec.Struct, frozen=True):
    """Where one scope stands after a judged day.

    `run` counts the days in a row that the condition held, `episode` is the first of them, `fired` the day on which the
    run was long enough. `clear_days` counts the clear days in a row inside `keep_firing_for`. `no_data` says that the last
    judged day had none; `day` is the last one that counted.
    """

    run: int = 0
    episode: date | None = None
    fired: date | None = None
    clear_days: int = 0
    no_data: bool = False
    day: date | None = None

    @property
    def firing(self) -> bool:
        return self.fired is not None


class Past(msgspec.Struct, frozen=True):
    """One judged day with what it counted as, and the alert and the state after it."""

    day: date
    verdict: Verdict
    counted: bool
    alert: Alert
    state: State


def replay(rule: RuleBody, judgements: Iterable[Judgement], after: Sequence[Past] = ()) -> list[Past]:
    """The judged days in order, each with the state after it, continuing `after` if days before are known already."""
    days = list(after)
    alert = days[-1].alert if days else Alert()
    for judgement in judgements:
        past = step(alert, judgement, rule)
        days.append(past)
        alert = past.alert
    return days


def step(alert: Alert, judgement: Judgement, rule: RuleBody) -> Past:
    """The alert after one more judged day."""
    if _starts_afresh(alert, judgement, rule):
        alert = Alert()
    verdict = judgement.verdict(firing=alert.firing)
    effect = _effect(verdict, judgement, rule, firing=alert.firing)
    after = _advance(alert, effect, judgement.day, rule)
    return Past(judgement.day, verdict, effect != "nothing", after, state_of(after, rule))


def state_of(alert: Alert, rule: RuleBody) -> State:
    """The state as it is shown; only under `notify` an alert that is not firing shows that there is no data."""
    if alert.firing:
        return "recovering" if alert.clear_days else "firing"
    if alert.no_data and rule.no_data == "notify":
        return "no_data"
    return "pending" if alert.run else "inactive"


_Effect = Literal["breach", "clear", "stay", "nothing"]


def _starts_afresh(alert: Alert, judgement: Judgement, rule: RuleBody) -> bool:
    """Under `across: month` the first day of a new month that counts begins anew."""
    if rule.across != "month" or alert.day is None:
        return False
    counts = judgement.holds is not None or rule.no_data in ("ok", "breach")
    return counts and month_of(judgement.day) != month_of(alert.day)


def _effect(verdict: Verdict, judgement: Judgement, rule: RuleBody, *, firing: bool) -> _Effect:
    match verdict:
        case Verdict.NO_DATA:
            return _without_data(rule)
        case Verdict.HOLDS:
            return "breach"
        case Verdict.CLEAR:
            # Between `when` and `recover_when` an alert stays as it is, and its clear days are no longer in a row.
            return "stay" if firing and not judgement.recovered else "clear"
        case _:
            assert_never(verdict)


def _without_data(rule: RuleBody) -> _Effect:
    match rule.no_data:
        case "hold" | "notify":
            return "nothing"
        case "ok":
            return "clear"
        case "breach":
            return "breach"
        case _:
            assert_never(rule.no_data)


def _advance(alert: Alert, effect: _Effect, day: date, rule: RuleBody) -> Alert:
    match effect:
        case "nothing":
            return msgspec.structs.replace(alert, no_data=True)
        case "breach":
            run = alert.run + 1
            fired = alert.fired or (day if run >= rule.for_ else None)
            return Alert(run=run, episode=alert.episode or day, fired=fired, day=day)
        case "stay":
            return Alert(run=alert.run, episode=alert.episode, fired=alert.fired, day=day)
        case "clear":
            return _after_clear(alert, day, rule)
        case _:
            assert_never(effect)


def _after_clear(alert: Alert, day: date, rule: RuleBody) -> Alert:
    """A pending run is ended by one clear day; a firing one after `keep_firing_for` of them in a row."""
    clear_days = alert.clear_days + 1
    if not alert.firing or clear_days > rule.keep_firing_for:
        return Alert(day=day)
    return Alert(run=alert.run, episode=alert.episode, fired=alert.fired, clear_days=clear_days, day=day)
