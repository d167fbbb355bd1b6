"""A rule tried on the past, as the page shows it."""

from datetime import date
from typing import Literal

import msgspec

from schema_defs.rule import ScopeKind
from schema_defs.text import Text

Mode = Literal["then", "now", "both"]
MODES: tuple[Mode, ...] = ("then", "now", "both")
State = Literal["none", "running", "failed", "done"]
Look = Literal["not_judged", "clear", "pending", "firing", "recovering", "no_data"]


class TriedDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one scope; `differs`: with hindsight its verdict, state or messages are others."""

    day: date
    look: Look
    differs: bool = False


class TriedScope(msgspec.Struct, frozen=True, kw_only=True):
    """A scope with its days, the oldest first; `differing` are the days whose own verdict is another one with hindsight."""

    scope: ScopeKind
    key: str
    label: Text
    days: tuple[TriedDay, ...]
    episodes: int
    messages: int
    differing: tuple[date, ...] = ()


class TriedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The messages that a person would have had, week by week."""

    label: Text
    weeks: tuple[int, ...]

    @property
    def messages(self) -> int:
        return sum(self.weeks)


class TriedSum(msgspec.Struct, frozen=True, kw_only=True):
    """What one version comes to, of the scopes and people that the reader sees. Months: those with a target that lie inside as a whole."""

    episodes: int
    messages: int
    missed: int = 0
    caught: int = 0
    false_alarms: int = 0
    lead: float | None = None
    """The mean working days that were left of the month when the alert came."""


class TriedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that became known, or otherwise, after the day's close, and what it moved the number by."""

    key: str
    known: date | None
    by: float | None
    dataset: str
    record: str | None = None


class TriedMove(msgspec.Struct, frozen=True, kw_only=True):
    metric: Text
    format: str
    currency: str | None
    then: float | None
    now: float | None
    total: float | None
    """What all the records moved it by, the ones that are not listed among them."""
    records: tuple[TriedRecord, ...]
    more: int = 0


class TriedWhy(msgspec.Struct, frozen=True, kw_only=True):
    """Why one day is judged otherwise with hindsight; `was_late`: its source was late then, so it had no data."""

    label: Text
    day: date
    was_late: bool
    moves: tuple[TriedMove, ...]


class TriedView(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[tuple[str, Text], ...]
    rule: str
    first: date
    last: date
    state: State
    mode: Mode = "then"
    may_try: bool = False
    done: float = 0.0
    """The share of the work that is done."""
    error: str | None = None
    release: int = 0
    is_live: bool = True
    """False where another release has gone live since: what was found then is not shown."""
    then: TriedSum | None = None
    now: TriedSum | None = None
    scopes: tuple[TriedScope, ...] = ()
    weeks: tuple[date, ...] = ()
    people: tuple[TriedPerson, ...] = ()
    why: TriedWhy | None = None

    @property
    def rule_label(self) -> Text:
        return dict(self.rules).get(self.rule, self.rule)
