"""The tree of the figures that stand beside an actual: attainment, pace, gap, what is needed, where it leads."""

from datetime import date

from engine.calendar import WorkCalendar
from engine.explain.tree import DayLeaf, Elapsed, Figure, FigureName, Given, Node, Part
from engine.pace import Figures, How
from engine.periods import days_of, month_bounds, month_of
from schema_defs.text import Text

LABELS: dict[str, Text] = {
    "attainment": {"zh": "完成率", "en": "Attainment"},
    "pace": {"zh": "应达进度", "en": "Pace"},
    "gap": {"zh": "进度差", "en": "Gap"},
    "gap_amount": {"zh": "差额", "en": "Gap amount"},
    "run_rate": {"zh": "所需日均", "en": "Run rate"},
    "projection": {"zh": "月末预测", "en": "Projection"},
    "left": {"zh": "剩余工作日", "en": "Working days left"},
}
_READ: dict[FigureName, tuple[str, ...]] = {
    "attainment": ("actual", "target"),
    "gap": ("attainment", "pace"),
    "gap_amount": ("actual", "target", "pace"),
    "run_rate": ("actual", "target", "left"),
    "projection": ("actual", "target", "pace"),
}


def pace_node(calendar: WorkCalendar, day: date, value: float | None, how: How, *, is_rate: bool) -> Node:
    """The pace at the end of the day: the days of the month that are over, among all. A historic shape is given as it is; without a target there is none."""
    by = "rate" if is_rate else how
    parts: tuple[Part, ...] = tuple(_day(calendar, each, day) for each in days_of(*month_bounds(month_of(day))))
    if by in ("rate", "history") or value is None:
        parts = (Given(name=by, value=value),)
    return Node(name="pace", label=LABELS["pace"], value=value, how=Elapsed(by), parts=parts)


def _day(calendar: WorkCalendar, each: date, day: date) -> DayLeaf:
    return DayLeaf(day=each, is_working=calendar.is_working(each), is_over=each <= day)


def figure_node(name: FigureName, found: Figures, actual: Node, target: Node, pace: Node, left: int) -> Node:
    """A figure with the values that it compares; the actual and the target stand below under these names."""
    parts: dict[str, Part] = {
        "actual": _named(actual, "actual"),
        "target": _named(target, "target"),
        "pace": pace,
        "left": Given(name="left", value=left, text=LABELS["left"]),
    }
    if name == "gap":
        parts["attainment"] = figure_node("attainment", found, actual, target, pace, left)
    return Node(
        name=name,
        label=LABELS[name],
        value=getattr(found, name),
        how=Figure(name),
        parts=tuple(parts[each] for each in _READ[name]),
    )


def _named(node: Node, name: str) -> Node:
    return Node(name=name, label=node.label, value=node.value, how=node.how, parts=node.parts)
