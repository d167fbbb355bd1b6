"""The value of a tree, from its leaves alone: no value that a node states is looked at."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_never, cast

from engine.explain.tree import (
    Added,
    Aggregated,
    DayLeaf,
    Elapsed,
    Figure,
    Folded,
    Formula,
    Given,
    Judged,
    Node,
    Part,
    RecordLeaf,
    Shared,
    Taken,
    Weighted,
    Windowed,
)
from engine.expression import Context, parse, row_function, tolerant
from engine.expression.values import Value
from engine.metrics.partial import UNITS, Order, Tagged, untagged
from engine.metrics.window import against
from engine.pace import figures
from engine.rules.fold import replay
from engine.rules.judge import Judge
from engine.rules.verdict import Judgement
from schema_defs.metric import ShownAs


def rebuild(node: Node) -> Value:
    """What the leaves below the node come to; equal to the node's own value, or the tree is wrong."""
    match node.how:
        case Aggregated(reaches=False):
            return None
        case Aggregated(aggregate=aggregate, is_money=is_money):
            found = [part.adds for part in node.parts if isinstance(part, RecordLeaf)]
            return _aggregate(aggregate, found, is_money)
        case Formula(text=text):
            return _formula(text, node)
        case Windowed(shown_as=shown_as):
            return _windowed(shown_as, [rebuild(part) for part in node.parts if isinstance(part, Node)])
        case Figure(name=name):
            return _figure(name, _numbers(node))
        case Elapsed(by=by):
            return _elapsed(by, node.parts)
        case Added():
            return _rounded([_points(part) for part in node.parts if isinstance(part, Node)])
        case Weighted():
            return _rounded([_points(node)])
        case Shared() | Taken():
            return _rounded([exact_target(node)])
        case Judged():
            return str(judgement(node).verdict(firing=False))
        case Folded(rule=rule):
            past = replay(rule, [judgement(part) for part in node.parts if isinstance(part, Node)])
            return past[-1].state if past else "inactive"
        case _:
            assert_never(node.how)


def judgement(node: Node) -> Judgement:
    """The facts of a judged day, from the values below it."""
    assert isinstance(node.how, Judged)
    return Judge(node.how.rule).judge(node.how.day, _values(node))


def _aggregate(aggregate: str, found: Sequence[object], is_money: bool) -> Value:
    match aggregate:
        case "count":
            return float(len(found))
        case "count_distinct":
            return float(len(set(found)))
        case "sum":
            total = _total(found)
            return int(total) / UNITS if is_money else _double(total)
        case "average":
            return _double(_total(found) / len(found) / (UNITS if is_money else 1)) if found else None
        case _:
            return _chosen(aggregate, found)


def _chosen(aggregate: str, found: Sequence[object]) -> Value:
    """The one value that a minimum, maximum or last takes."""
    if not found:
        return None
    if aggregate == "last":
        return untagged(max(cast(Sequence[tuple[Order, Tagged]], found))[1])
    return untagged((min if aggregate == "minimum" else max)(cast(Sequence[Tagged], found)))


def _total(found: Iterable[object]) -> Fraction:
    return sum((Fraction(cast(float, each)) for each in found), Fraction())


def _double(exact: Fraction) -> float | None:
    """The nearest double; None beyond the doubles."""
    try:
        return float(exact)
    except OverflowError:
        return None


def _rounded(parts: Sequence[Fraction | None]) -> float | None:
    """The exact sum, rounded once; missing when a part is."""
    known = [part for part in parts if part is not None]
    return _double(sum(known, Fraction())) if len(known) == len(parts) else None


def _values(node: Node) -> dict[str, Value]:
    """The parts' values by name."""
    found: dict[str, Value] = {}
    for part in node.parts:
        if isinstance(part, Node):
            found[part.name] = rebuild(part)
        elif isinstance(part, Given):
            found[part.name] = None if part.value is None else float(part.value)
    return found


def _numbers(node: Node) -> dict[str, float | None]:
    values = _values(node).items()
    return {
        name: float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        for name, value in values
    }


def _formula(text: str, node: Node) -> Value:
    expression, context = parse(text), Context()
    return tolerant(row_function(expression, context), context)(_values(node))


def _windowed(shown_as: ShownAs, values: Sequence[Value]) -> Value:
    if len(values) == 1:
        return values[0]
    now, then = values
    found = against(shown_as, now, then)
    assert not isinstance(found, Decimal)
    return found


def _figure(name: str, of: dict[str, float | None]) -> float | None:
    if name == "gap":
        attainment, pace = of.get("attainment"), of.get("pace")
        return None if attainment is None or pace is None else attainment - pace
    found = figures(of.get("actual"), of.get("target"), of.get("pace"), int(of.get("left") or 0))
    value: float | None = getattr(found, name)
    return value


def _elapsed(by: str, parts: Sequence[Part]) -> float | None:
    given = [part.value for part in parts if isinstance(part, Given)]
    if given:
        return None if given[0] is None else float(given[0])
    days = [part for part in parts if isinstance(part, DayLeaf)]
    if all(day.is_over for day in days):
        return 1.0
    counted = [day for day in days if day.is_working] if by == "working_days" else days
    counted = counted or days
    return sum(1 for day in counted if day.is_over) / len(counted)


def _points(node: Node) -> Fraction | None:
    """What a part of a scorecard adds, exactly: its value as it is written, within its bounds, times its weight."""
    assert isinstance(node.how, Weighted)
    part, value = node.how.part, next(iter(_numbers(node).values()), None)
    if value is None:
        return None
    counted = Fraction(repr(value))
    counted = counted if part.floor is None else max(counted, Fraction(part.floor))
    counted = counted if part.cap is None else min(counted, Fraction(part.cap))
    return counted * Fraction(part.weight)


def exact_target(part: Part) -> Fraction | None:
    """A target without any rounding of doubles; None where there is none."""
    if isinstance(part, Given):
        return None if part.value is None else Fraction(part.value)
    assert isinstance(part, Node)
    amounts = [exact_target(each) for each in part.parts]
    if any(amount is None for amount in amounts):
        return None
    exact = cast(list[Fraction], amounts)
    match part.how:
        case Taken():
            return exact[0]
        case Shared():
            shared, own, whole, rounding = exact
            return shared * own / whole + rounding
        case _:
            raise ValueError("a target is shared or taken")
