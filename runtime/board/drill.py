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


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """A number that goes into this one: a metric of a formula, the target, the pace."""

    label: Text
    value: float | None
    format: Format
    metric: str | None = None
    """Given when the input itself can be asked why."""
    currency: str | None = None
    note: Text | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one row below contributes."""

    scope: ScopeKind
    key: str
    label: Text
    actual: float | None
    target: float | None = None
    attainment: float | None = None
    pace: float | None = None
    share: float | None = None
    """Of the total; None where parts do not add up (a ratio, a distinct count)."""
    mark: Mark | None = None


class Field(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: Text
    kind: Literal[
        "text", "choice", "number", "money", "percent", "boolean", "date", "datetime", "person", "region", "customer"
    ]
    currency: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record: counted or not, and why not."""

    key: tuple[str, ...]
    day: date
    values: tuple[Text | float | bool | None, ...]
    """In the order of the view's `fields`; dates as ISO text, people and regions as their labels."""
    counted: bool
    amount: float | None
    """What it adds to the number."""
    reason: Text | None = None
    changed_at: datetime | None = None
    known_at: datetime | None = None


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
    inputs: tuple[Input, ...] = ()
    parts: tuple[Share, ...] = ()
    parts_title: Text | None = None
    parts_note: Text | None = None
    """Such as: people do not add up to the region, since two of them moved."""
    dataset: str | None = None
    dataset_label: Text | None = None
    fields: tuple[Field, ...] = ()
    lines: tuple[Line, ...] = ()
    counted: int = 0
    not_counted: int = 0
    page: int = 1
    pages: int = 1
    changes: tuple[Change, ...] = ()
    """What moved this number, newest first."""
    sources: tuple[SourceClock, ...] = ()
    complete_up_to: datetime | None = None
    release: int = 0
    hidden: tuple[Text, ...] = ()
    """Labels of fields that this reader may not see."""

    @property
    def place(self) -> Place:
        return self.path[-1]

    @property
    def id(self) -> str:
        """`metric:scope:key`, the address of the drawer."""
        return f"{self.column.metric}:{self.place.scope}:{self.place.key}"
