"""The board as one value: page, wall, PDF, message and export of the same moment read the same `BoardView`.

Views carry no language and no layout: texts are `Text`, numbers are plain numbers (money in the currency's unit, shares as
0.824), times are aware and in the tenant's zone. `None` is missing.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

from schema_defs.board import Shown
from schema_defs.metric import Format
from schema_defs.text import Text

ScopeKind = Literal["company", "region", "person"]
MarkState = Literal["pending", "firing", "recovering", "no_data"]
Answer = Literal["none", "seen", "reason", "promise", "support"]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's word on a row: `colour` is red or amber as its `mark` action says once it fires, amber while pending."""

    rule: str
    label: Text
    colour: Literal["red", "amber", "grey"]
    state: MarkState
    days: int
    """Judged days in a row on which the condition held."""
    needed: int
    """The rule's `for`."""
    metric: str | None = None
    reads: tuple[str, ...] = ()
    """Every metric that the rule reads: who may not see one of them does not see the mark."""
    since: date | None = None
    alert: str | None = None
    """The alert's id for `/alerts/{id}`, once there is one."""
    answer: Answer = "none"
    answered_by: Text | None = None
    told: Text | None = None
    """Who was told, such as the manager's name."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What moved a cell last: `delta` in the metric's unit, and the records that did it in words."""

    at: datetime
    delta: float | None
    reason: Text


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one row, month to date."""

    metric: str
    actual: float | None = None
    target: float | None = None
    attainment: float | None = None
    pace: float | None = None
    gap: float | None = None
    gap_amount: float | None = None
    run_rate: float | None = None
    projection: float | None = None
    trend: tuple[float | None, ...] = ()
    """One point a working day, oldest first: the attainment where `trend_pace` is given, else the value."""
    trend_pace: tuple[float | None, ...] = ()
    """The pace on the same days; empty where there is none."""
    mark: Mark | None = None
    late: bool = False
    """A source that this number needs is late, so it may be incomplete."""
    note: Text | None = None
    """Why there is no value or no total, in words."""
    changed: Change | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One scope. Rows stand in tree order, parents before children; `level` 0 is the top of the tree."""

    scope: ScopeKind
    key: str
    label: Text
    level: int = 0
    parent: str | None = None
    """`scope:key` of the row above."""
    children: int = 0
    """How many rows can be opened below it, whether or not they are in this view."""
    open: bool = False
    cells: tuple[Cell, ...] = ()
    """In the order of the section's columns."""
    marks: tuple[Mark, ...] = ()
    """All marks of the row, the most serious first."""
    below: int = 0
    """Rows below this one that carry a red mark."""
    manager: Text | None = None
    note: Text | None = None

    @property
    def id(self) -> str:
        """`scope:key`, unique on a board."""
        return f"{self.scope}:{self.key}"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a metric: what its cells are and which of their figures are shown, in the author's order."""

    metric: str
    label: Text
    format: Format = "number"
    currency: str | None = None
    unit: Text | None = None
    better: Literal["up", "down"] = "up"
    shown: tuple[Shown, ...] = ("actual", "target", "attainment", "trend")
    meaning: Text | None = None
    is_rate: bool = False
    """A ratio, average or percent: its pace is 1 from the first day."""


class TableSection(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    rows_of: Literal["regions", "people", "company"]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Text | None = None


class TilesSection(msgspec.Struct, frozen=True, kw_only=True, tag="tiles"):
    """One tile per metric of each row; usually of the company alone."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Text | None = None


class TrendSection(msgspec.Struct, frozen=True, kw_only=True, tag="trend"):
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    days: tuple[date, ...] = ()
    title: Text | None = None


class RankingSection(msgspec.Struct, frozen=True, kw_only=True, tag="ranking"):
    """Rows in order of the first column's attainment, best first."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Text | None = None


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the alerts panel."""

    id: str
    scope: ScopeKind
    key: str
    scope_label: Text
    rule_label: Text
    sentence: Text
    """Such as: 3 working days below 80 % of the pace."""
    colour: Literal["red", "amber", "grey"]
    state: MarkState
    days: int
    since: date
    told: Text | None = None
    told_at: datetime | None = None
    answer: Answer = "none"
    answered_by: Text | None = None
    answer_text: str | None = None
    escalated: bool = False
    reads: tuple[str, ...] = ()
    """Every metric that the rule reads: who may not see one of them does not see the alert."""


class AlertsSection(msgspec.Struct, frozen=True, kw_only=True, tag="alerts"):
    which: Literal["open", "all"]
    alerts: tuple[OpenAlert, ...]
    title: Text | None = None


Section = TableSection | TilesSection | TrendSection | RankingSection | AlertsSection


class SourceClock(msgspec.Struct, frozen=True, kw_only=True):
    """How far a source is complete; `late` when that is older than its `fresh_within`."""

    name: str
    label: Text
    complete_up_to: datetime | None
    late: bool = False


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One line of "what just moved"."""

    at: datetime
    scope_label: Text
    metric: str
    metric_label: Text
    format: Format
    delta: float | None
    reason: Text
    currency: str | None = None


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: Text
    organisation: Text
    scope_label: Text
    """The top of what this reader may see: the company, an area, a region, or themselves."""
    day: date
    """The day the numbers stand at."""
    month: str
    working_day: int
    """How many working days of the month have begun, of `working_days`."""
    working_days: int
    days_predicted: bool = False
    """Whether no official plan of the year's days off is known, so that the working days are a prediction."""
    complete_up_to: datetime | None
    release: int
    sections: tuple[Section, ...]
    sources: tuple[SourceClock, ...] = ()
    moved: tuple[Moved, ...] = ()
    """The last changes, newest first."""
    preview: bool = False
    """The day is not closed yet: verdicts are a preview."""
    snapshot: str | None = None
    """The id, when this is a frozen board."""

    @property
    def late_sources(self) -> tuple[SourceClock, ...]:
        return tuple(source for source in self.sources if source.late)

    @property
    def columns(self) -> dict[str, Column]:
        """Every metric that a section shows, by name; of a metric that several show, the first."""
        found: dict[str, Column] = {}
        for section in self.sections:
            if not isinstance(section, AlertsSection):
                for column in section.columns:
                    found.setdefault(column.metric, column)
        return found
