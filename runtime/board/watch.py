"""How a rule sees one scope, day by day, as a page shows it: why it fired, and why not."""

from datetime import date

import msgspec

from runtime.board.alerts import AlertState, StripDay, Verdict
from runtime.board.drill import Twig
from schema_defs.metric import Format
from schema_defs.rule import ScopeKind
from schema_defs.text import Said, Text


class ReadValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value that the condition read, with the address of its own explanation of the day where it has one."""

    label: Text
    value: float | None
    format: Format
    currency: str | None = None
    why: str | None = None


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One operand of the rule's condition on a day: whether it held, and of a comparison both sides and by how much."""

    text: str
    truth: bool | None
    format: Format = "number"
    sign: str | None = None
    left: float | None = None
    right: float | None = None
    short: float | None = None
    """Left minus right."""


class WatchedDay(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    verdict: Verdict
    state: AlertState
    sentence: Said
    when: tuple[Condition, ...] = ()
    recover: tuple[Condition, ...] = ()
    """Of the recovery, while the alert is firing."""
    read: tuple[ReadValue, ...] = ()
    streak: Twig | None = None
    """The last judged days of the present run with what each read; all days of the run give the state."""


class WatchView(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    rule_label: Text
    condition: Text
    expression: str
    recover: Text | None
    scope: ScopeKind
    key: str
    scope_label: Text
    needed: int
    is_watched: bool
    """False for a scope that the rule does not look at, such as a region above the lowest ones."""
    strip: tuple[StripDay, ...] = ()
    chosen: WatchedDay | None = None
    alert: str | None = None
    metric: str | None = None
    release: int = 0
