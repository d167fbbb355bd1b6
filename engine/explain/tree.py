"""The tree of an explanation: what a value is made of, level by level, down to records, days and numbers of documents."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from engine.expression.values import Value
from engine.metrics.aggregate import Contribution
from engine.records.record import Record
from schema_defs.metric import Aggregate, ShownAs
from schema_defs.rule import RuleBody
from schema_defs.scorecard import ScorePart
from schema_defs.text import Text

FigureName = Literal["attainment", "gap", "gap_amount", "run_rate", "projection"]
Exact = int | float | Decimal | Fraction


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The reading that brought a version of a record: which source and file, and when it began."""

    source: str
    run: str
    file: str | None = None
    at: datetime | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A record with the number of its version, since when it is known, and what brought it."""

    record: Record
    version: int = 1
    known_at: datetime | None = None
    origin: Origin | None = None


class RecordLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    """A record that counts, with what it adds by its `share`; `decides`: it brings a new value, or is the one that the aggregate takes."""

    known: Known
    adds: Contribution
    share: float = 1.0
    decides: bool = False


class DayLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="day"):
    """A day of the month: whether people work then, and whether it is over."""

    day: date
    is_working: bool
    is_over: bool


class Given(msgspec.Struct, frozen=True, kw_only=True, tag="given"):
    """A number that stands as it is: a document's total, pin or weight, or what rounding to whole units left."""

    name: str
    value: Exact | None
    text: Text | None = None


class Aggregated(msgspec.Struct, frozen=True, tag="aggregated"):
    """The parts are records. `reaches` is False where the dataset says nothing about such a scope: then there is no value."""

    aggregate: Aggregate
    is_money: bool
    reaches: bool = True


class Formula(msgspec.Struct, frozen=True, tag="formula"):
    """The parts are the values that the formula names."""

    text: str


class Windowed(msgspec.Struct, frozen=True, tag="windowed"):
    """The parts are the metric that a window looks at: over the window, or now and then (then alone where that is shown)."""

    shown_as: ShownAs


class Figure(msgspec.Struct, frozen=True, tag="figure"):
    """The parts are the actual, target, pace and days that the figure compares."""

    name: FigureName


class Elapsed(msgspec.Struct, frozen=True, tag="elapsed"):
    """The parts are days; of a rate the whole target is expected from the first day; a shape is given as it is."""

    by: Literal["working_days", "calendar_days", "history", "rate"]


class Added(msgspec.Struct, frozen=True, tag="added"):
    """The exact sum of the parts' points, rounded once."""


class Weighted(msgspec.Struct, frozen=True, tag="weighted"):
    """The one part's value within floor and cap, times the weight."""

    part: ScorePart


class Shared(msgspec.Struct, frozen=True, tag="shared"):
    """The parts are what is shared, the own weight, the whole weight, and what rounding added."""


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """The one part as it is."""


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """The parts are the values that the rule's conditions read on the day."""

    rule: RuleBody
    day: date


class Folded(msgspec.Struct, frozen=True, tag="folded"):
    """The parts are judged days, the oldest first."""

    rule: RuleBody


How = Aggregated | Formula | Windowed | Figure | Elapsed | Added | Weighted | Shared | Taken | Judged | Folded


class Node(msgspec.Struct, frozen=True, kw_only=True, tag="node"):
    """One value: its name among its siblings, its label, its parts, and how they give it."""

    name: str
    label: Text
    value: Value
    how: How
    parts: tuple["Part", ...] = ()

    @property
    def kind(self) -> str:
        """The aggregate or figure by its own name, else how the parts give the value."""
        match self.how:
            case Aggregated(aggregate=aggregate):
                return aggregate
            case Figure(name=name):
                return name
            case Elapsed():
                return "pace"
            case Added():
                return "score"
            case Weighted():
                return "points"
            case Shared() | Taken():
                return "target"
            case Judged():
                return "day"
            case Folded():
                return "streak"
            case _:
                return "formula"


Part = Node | RecordLeaf | DayLeaf | Given


def leaves(node: Node) -> tuple[RecordLeaf, ...]:
    """Every record leaf below the node, in the tree's order."""
    found: list[RecordLeaf] = []
    for part in node.parts:
        if isinstance(part, RecordLeaf):
            found.append(part)
        elif isinstance(part, Node):
            found += leaves(part)
    return tuple(found)
