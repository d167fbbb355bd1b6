"""What somebody is told: the difference between the truth and what they were last told, in one place."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from engine.periods import month_of
from engine.rules.fold import Alert, Past
from schema_defs.case import Notice as NoticeKind
from schema_defs.case import Silence
from schema_defs.rule import RuleBody

About = Literal["alert", "data"]
"""Which notices somebody gets: those of the alert (fired, recovered, repeated), or the data owner's (no_data, data_back)."""


class Told(msgspec.Struct, frozen=True):
    """What one recipient of one rule and scope was last told; stored between steps.

    `firing` with its `episode` and `month` is the last word about the alert and `on` the day it went out, `no_data` the last
    word about the data. `number` is that of the last notice; it is never reused.
    """

    firing: bool = False
    episode: date | None = None
    month: str | None = None
    on: date | None = None
    no_data: bool = False
    number: int = 0


class Notice(msgspec.Struct, frozen=True):
    """One thing to tell. `episode` names the alert by its first holding day, `month` the one that it is about."""

    kind: NoticeKind
    day: date
    number: int
    episode: date | None = None
    month: str | None = None


def silenced(silences: Sequence[Silence], scope: str | None, day: date) -> bool:
    """Whether nothing may be sent about the scope on the day; both ends of a silence are included."""
    return any(
        silence.from_ <= day <= silence.to and (silence.scope is None or silence.scope == scope) for silence in silences
    )


def tell(
    rule: RuleBody, past: Sequence[Past], told: Told, day: date, *, about: tuple[About, ...] = ("alert", "data")
) -> tuple[tuple[Notice, ...], Told]:
    """The notices that are due to one recipient after a step of `day` outside a silence, and what they were told then.

    `past` is the corrected history up to `day`. That data came back is told before what it shows; that it is missing, last.
    """
    notices: list[Notice] = []
    truth = past[-1].alert if past else Alert()
    missing = rule.no_data == "notify" and truth.no_data
    if "data" in about and told.no_data and not missing:
        told = _say("data_back", told, day, notices, no_data=False)
    if "alert" in about:
        told = _tell_alert(rule, past, truth, told, day, notices)
    if "data" in about and missing and not told.no_data:
        told = _say("no_data", told, day, notices, no_data=True)
    return tuple(notices), told


def _tell_alert(
    rule: RuleBody, past: Sequence[Past], truth: Alert, told: Told, day: date, notices: list[Notice]
) -> Told:
    month = month_of(truth.day) if truth.day else None
    if rule.across == "month" and told.firing and told.month and month and told.month < month:
        told = _say("recovered", told, day, notices, firing=False, on=day)
    if truth.firing and not told.firing:
        return _say("fired", told, day, notices, firing=True, on=day, episode=truth.episode, month=month)
    if told.firing and not truth.firing:
        return _say("recovered", told, day, notices, firing=False, on=day)
    if told.firing and _repeat_is_due(rule, past, told):
        return _say("repeated", told, day, notices, on=day)
    return told


def _repeat_is_due(rule: RuleBody, past: Sequence[Past], told: Told) -> bool:
    """Whether `repeat_every` days that counted have passed since the last notice; days inside silences count."""
    if not rule.repeat_every or told.on is None:
        return False
    passed = 0
    for one in reversed(past):
        if one.day <= told.on:
            break
        passed += one.counted
    return passed >= rule.repeat_every


def _say(kind: NoticeKind, told: Told, day: date, notices: list[Notice], **changes: object) -> Told:
    said = msgspec.structs.replace(told, number=told.number + 1, **changes)
    notices.append(Notice(kind, day, said.number, said.episode, said.month))
    return said
