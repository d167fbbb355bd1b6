"""The split of a plan, month by month."""

import msgspec

from runtime.board.view import ScopeKind
from schema_defs.metric import Format
from schema_defs.text import Text


class PlanTab(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: Text


class TargetRow(msgspec.Struct, frozen=True, kw_only=True):
    scope: ScopeKind
    key: str
    label: Text
    level: int = 0
    months: tuple[float | None, ...] = ()
    """In the order of the view's months."""
    year: float | None = None
    share: float | None = None
    """Of the level above."""
    pinned: tuple[bool, ...] = ()
    children: int = 0
    open: bool = False
    parent: str | None = None

    @property
    def id(self) -> str:
        return f"{self.scope}:{self.key}"


class TargetsView(msgspec.Struct, frozen=True, kw_only=True):
    plans: tuple[PlanTab, ...] = ()
    chosen: PlanTab | None = None
    year: int = 0
    months: tuple[str, ...] = ()
    this_month: str | None = None
    metric_label: Text | None = None
    format: Format = "number"
    currency: str | None = None
    sentence: Text | None = None
    """The plan in one sentence."""
    is_declared: bool = False
    """A ratio's targets are declared, never split or summed."""
    rows: tuple[TargetRow, ...] = ()
    release: int = 0
    days_predicted: bool = False
    """The official plan of days off of one of the months is not known."""
