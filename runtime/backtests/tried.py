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
    """One day of one scope in both versions; `differs`: with hindsight its verdict, state or messages are others."""

    day: date
    then: Look
    now: Look
    differs: bool = False


class TriedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """The days of one month that were tried."""

    month: str
    days: tuple[TriedDay, ...]


class TriedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What would have been told on a day: to the people whom the reader sees, by name, and to how many `others`."""

    day: date
    kind: str
    people: tuple[Text, ...]
    others: int = 0

    @property
    def messages(self) -> int:
        return len(self.people) + self.others


class TriedEpisode(msgspec.Struct, frozen=True, kw_only=True):
    """An alert from its first holding day to its last; `alone`: the other version has none on any of its days.

    `fired` is the day on which it became known, `days` counts judged days, `ended` is False for one that is still there.
    """

    first: date
    fired: date
    last: date
    days: int
    ended: bool
    alone: bool
    notices: tuple[TriedNotice, ...] = ()


class TriedSide(msgspec.Struct, frozen=True, kw_only=True):
    """A scope in one version; `beside` are the messages before its first episode, `outside` those to people not seen."""

    episodes: tuple[TriedEpisode, ...] = ()
    beside: tuple[TriedNotice, ...] = ()
    messages: int = 0
    outside: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether nothing fires and nobody is told."""
        return not self.episodes and not self.messages

    @property
    def alone(self) -> int:
        """How many episodes the other version does not have."""
        return sum(1 for episode in self.episodes if episode.alone)


class TriedScope(msgspec.Struct, frozen=True, kw_only=True):
    """A scope with its months, the oldest first; `differing` are the days whose own verdict is another one with hindsight."""

    scope: ScopeKind
    key: str
    label: Text
    months: tuple[TriedMonth, ...]
    then: TriedSide
    now: TriedSide
    differing: tuple[date, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing fires, nobody is told and no day differs."""
        differs = any(day.differs for month in self.months for day in month.days)
        return self.then.is_silent and self.now.is_silent and not differs


class TriedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The messages that a person would have had, week by week; without a label: all people whom the reader does not see."""

    label: Text | None
    weeks: tuple[int, ...]

    @property
    def messages(self) -> int:
        return sum(self.weeks)


class TriedSum(msgspec.Struct, frozen=True, kw_only=True):
    """What one version comes to, of the scopes that the reader sees. Months: those with a target that lie inside as a whole.

    `outside` of the messages go to `others`, so many people whom the reader does not see.
    """

    episodes: int
    messages: int
    outside: int = 0
    others: int = 0
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
    mode: Mode = "both"
    may_try: bool = False
    is_part: bool = False
    """Whether there may be scopes and people whom the reader does not see."""
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
    """Those in which somebody would have been told."""
    people: tuple[TriedPerson, ...] = ()
    why: TriedWhy | None = None

    @property
    def rule_label(self) -> Text:
        return dict(self.rules).get(self.rule, self.rule)
