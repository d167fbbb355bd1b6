"""Alerts as pages show them: the list, and the why of one."""

from datetime import date, datetime
from typing import Literal

import msgspec

from runtime.board.view import Answer, OpenAlert
from schema_defs.metric import Format
from schema_defs.text import Text

Verdict = Literal["holds", "clear", "no_data", "not_judged"]
Notice = Literal["fired", "recovered", "repeated", "no_data", "data_back", "escalated"]
AlertState = Literal["inactive", "pending", "firing", "recovering", "no_data"]
DeliveryState = Literal["waiting", "sending", "sent", "failed", "dead", "held"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A named value that the rule read on a day."""

    name: str
    label: Text
    value: float | None
    format: Format
    currency: str | None = None


class StripDay(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar day of the strip."""

    day: date
    verdict: Verdict
    values: tuple[Value, ...] = ()
    run: int = 0
    """How many judged days in a row the condition held, this day included."""
    corrected: bool = False
    """Late data changed this day after it was judged."""
    preview: bool = False
    notices: tuple[Notice, ...] = ()
    reason: Text | None = None


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    day: date
    before: AlertState
    after: AlertState
    reason: Text


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Who was told, or is about to be: one notification with its attempts."""

    recipient: Text
    channel: Text
    notice: Notice
    state: DeliveryState
    at: datetime
    key: str
    attempts: int = 1
    note: Text | None = None


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    who: Text
    kind: Answer
    text: str = ""
    promised: date | None = None
    mentioned: tuple[Text, ...] = ()


class AlertWhy(msgspec.Struct, frozen=True, kw_only=True):
    alert: OpenAlert
    rule: str
    condition: Text
    """The rule as one sentence."""
    expression: str
    recover: Text | None = None
    strip: tuple[StripDay, ...] = ()
    transitions: tuple[Transition, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    answers: tuple[Acknowledgement, ...] = ()
    metric: str | None = None
    may_answer: bool = False
    people: tuple[tuple[str, Text], ...] = ()
    """Key and name of those who can be mentioned."""
    escalates_at: datetime | None = None
    release: int = 0
    complete_up_to: datetime | None = None


class AlertsView(msgspec.Struct, frozen=True, kw_only=True):
    organisation: Text
    open: tuple[OpenAlert, ...] = ()
    closed: tuple[OpenAlert, ...] = ()
    chosen: AlertWhy | None = None
    judged_until: date | None = None
    watched: int = 0
    """How many scopes the rules watch for this reader."""
