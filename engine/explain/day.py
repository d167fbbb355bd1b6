"""The tree of a judged day, and of the days in a row that made an alert."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.explain.rebuild import judgement
from engine.explain.tree import Folded, Given, Judged, Node, Part
from engine.expression.values import Value
from engine.rules.fold import replay
from engine.rules.judge import Judge
from schema_defs.rule import Rule, RuleBody


def day_node(rule: RuleBody, day: date, parts: Sequence[Part]) -> Node:
    """The verdict of the day, from what the conditions read: values as they were stored, or trees of their own."""
    node = Node(name=f"{day}", label=f"{day}", value=None, how=Judged(rule, day), parts=tuple(parts))
    verdict = str(judgement(node).verdict(firing=False))
    return Node(name=node.name, label=node.label, value=verdict, how=node.how, parts=node.parts)


def read_values(rule: RuleBody, read: Mapping[str, Value]) -> tuple[Given, ...]:
    """What was stored of a day as leaves; only what the conditions read, and only numbers."""
    names = Judge(rule).names
    return tuple(Given(name=name, value=_number(read.get(name))) for name in names if name != "day")


def streak_node(rule: RuleBody, days: Sequence[Node]) -> Node:
    """The state after the last of the days, which are all judged days since nothing was pending."""
    past = replay(rule, [judgement(day) for day in days])
    label = (rule.label or rule.name) if isinstance(rule, Rule) else ""
    return Node(
        name="streak", label=label, value=past[-1].state if past else "inactive", how=Folded(rule), parts=tuple(days)
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
