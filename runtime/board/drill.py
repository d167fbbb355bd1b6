"""The answer to "why?" of one number: formula in words, inputs, parts, orders, freshness."""

from datetime import date, datetime
from typing import Literal

import msgspec

from runtime.board.view import Cell, Change, Column, Mark, ScopeKind, SourceClock
from schema_defs.metric import Format
from schema_defs.text import Text


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the way from the company to the scope."""

    scope: ScopeKind
    key: str
    label: Text


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one row below contributes."""

    scope: ScopeKind
    key: str
    label: Text
    actual: float | None
    """The row's own number."""
    adds: float | None = None
    """What it has of the number that is explained; None where parts do not add up (a ratio, a distinct count)."""
    target: float | None = None
    attainment: float | None = None
    pace: float | None = None
    share: float | None = None
    """Of the number that is explained."""
    mark: Mark | None = None
    is_rest: bool = False
    """What no row below stands for: records without a person or region, or of people who are not listed."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: Text
    kind: Literal[
        "text", "choice", "number", "money", "percent", "boolean", "date", "datetime", "person", "region", "customer"
    ]
    currency: str | None = None


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    """The reading that brought a version of a record."""

    source: Text
    file: str | None = None
    at: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record: what it adds to each of the table's measures, or why it does not count; and where it came from."""

    key: tuple[str, ...]
    day: date
    values: tuple[Text | float | bool | None, ...] = ()
    """In the order of the table's `fields`; dates as ISO text, people and regions as their labels."""
    counted: bool = True
    adds: tuple[Text | float | bool | None, ...] = ()
    """In the order of the table's `measures`; None where it adds nothing to one."""
    decides: bool = False
    """It brings a new value, or is the one that the aggregate takes."""
    reasons: tuple[Text, ...] = ()
    """Why it does not count, or not for one of the measures."""
    note: Text | None = None
    """Of a return: of which record, and where it counts."""
    record: str | None = None
    """Its id in an address; None when this reader may not open it."""
    version: int = 1
    known_at: datetime | None = None
    sync: Sync | None = None


class RecordTable(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one dataset behind a number, newest first, one page of them."""

    dataset: str
    label: Text
    fields: tuple[Field, ...]
    measures: tuple[Column, ...]
    """The base metrics that read the dataset: a column for each."""
    lines: tuple[Line, ...] = ()
    counted: int = 0
    not_counted: int = 0


class DayMark(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the month in the explanation of a pace."""

    day: date
    is_working: bool
    is_over: bool


class Twig(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the tree: what it is, how its parts give it, and the parts."""

    kind: str
    label: Text
    value: Text | float | bool | None
    format: Format = "number"
    currency: str | None = None
    how: Text | None = None
    why: str | None = None
    """The address of the value's own explanation."""
    parts: tuple["Twig", ...] = ()
    lines: tuple[Line, ...] = ()
    more: int = 0
    """How many records are not listed here."""
    dataset: str | None = None
    days: tuple[DayMark, ...] = ()


class BridgeMove(msgspec.Struct, frozen=True, kw_only=True):
    """One record that changed the number."""

    what: Text
    by: float | None
    """None where the number is no sum or count of its records."""
    dataset: str
    record: str | None = None
    """Its id in an address; None when this reader may not open it."""


class BridgeStep(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened of one kind since the day; of its records the largest."""

    kind: str
    by: float | None
    count: int = 0
    moves: tuple[BridgeMove, ...] = ()


class BridgeDriver(msgspec.Struct, frozen=True, kw_only=True):
    """What one group of records changed; the groups and another definition add up to the difference."""

    label: Text
    by: float | None
    why: str | None = None
    """The address of the group's own number, where the reader may see it."""


class AttainmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """The attainment at both moments; what the number changed at the earlier target, and what the target changed after that."""

    target_before: float
    target_after: float
    before: float | None = None
    after: float | None = None
    of_actual: float | None = None
    of_target: float | None = None


class BridgeView(msgspec.Struct, frozen=True, kw_only=True):
    """What led from one number to another: from the end of a past day, as it was known then, or from another month as it is known now."""

    since: date
    month: str | None = None
    """The earlier month, where two months are compared; `since` is the day up to which it counts."""
    start: float | None
    end: float | None
    difference: float | None
    steps: tuple[BridgeStep, ...] = ()
    attainment: AttainmentChange | None = None
    drivers: tuple[BridgeDriver, ...] = ()


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    column: Column
    path: tuple[Place, ...]
    """Company first, the scope itself last."""
    month: str
    day: date
    cell: Cell
    formula: Text
    """The metric in a sentence, such as: the sum of `amount` over order lines of this month, where …"""
    expression: str | None = None
    """The same as the author wrote it."""
    parts: tuple[Share, ...] = ()
    parts_title: Text | None = None
    parts_note: Text | None = None
    """Such as: people do not add up to the region, since two of them moved."""
    tables: tuple[RecordTable, ...] = ()
    """One for each dataset that the number is computed from."""
    tree: Twig | None = None
    agrees: bool = True
    """Whether the records give the stored number; not for a moment after a change, until it is computed."""
    is_today: bool = True
    page: int = 1
    pages: int = 1
    changes: tuple[Change, ...] = ()
    """What moved this number, newest first."""
    sources: tuple[SourceClock, ...] = ()
    complete_up_to: datetime | None = None
    release: int = 0
    since_choices: tuple[date, ...] = ()
    """The days from which one may ask what changed."""
    month_choice: str | None = None
    """The month before, to compare with."""
    bridge: BridgeView | None = None
    rules: tuple[tuple[str, Text], ...] = ()
    """The rules that judge this number: name and label."""
    hidden: tuple[Text, ...] = ()
    """Labels of fields that this reader may not see."""

    @property
    def place(self) -> Place:
        return self.path[-1]

    @property
    def id(self) -> str:
        """`metric:scope:key`, the address of the drawer; of a past day with `@` and the day."""
        return self.at(self.column.metric, self.place.scope, self.place.key)

    @property
    def suffix(self) -> str:
        """What an address of the same day ends in."""
        return "" if self.is_today else f"@{self.day}"

    @property
    def counted(self) -> int:
        return sum(table.counted for table in self.tables)

    @property
    def not_counted(self) -> int:
        return sum(table.not_counted for table in self.tables)

    def at(self, metric: str, scope: str, key: str) -> str:
        """The address of another number of the same day."""
        return f"{metric}:{scope}:{key}{self.suffix}"
