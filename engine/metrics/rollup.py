"""How a metric rolls up: whether the numbers of people, regions and periods add up to those above, or are computed anew."""

import ast
from collections.abc import Callable, Iterable, Mapping

import msgspec

from engine.expression import parse
from engine.metrics.adding import adds_up
from schema_defs.dataset import Dataset
from schema_defs.metric import Metric, RollsUp
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.text import Said

Over = str
"""`people`, `regions` or `time`."""
OVER: tuple[Over, ...] = ("people", "regions", "time")


class Rolled(msgspec.Struct, frozen=True):
    """How the parts make the whole; `why` they do not add up, where they do not."""

    how: RollsUp
    why: Said | None = None


class Rollup(msgspec.Struct, frozen=True, kw_only=True):
    """How one metric rolls up over people, regions and time."""

    people: Rolled
    regions: Rolled
    time: Rolled

    def has_total(self, scope: ScopeKind, *, is_leaf: bool) -> bool:
        """Whether there is a number for the scope: not above what is not put together. `is_leaf`: a region without regions below."""
        if scope == "person":
            return True
        return self.people.how != "none" and (self.regions.how != "none" or (scope == "region" and is_leaf))

    def of_parts(self, *, regions: bool) -> Rolled:
        """How what stands below makes the number: regions, or people."""
        return self.regions if regions else self.people


def rollups_of(release: Release, metrics: Iterable[Metric]) -> dict[str, Rollup]:
    """How the metrics roll up, as written or else as they are; inputs stand before what is computed from them."""
    found: dict[str, Rollup] = {}
    for metric in metrics:
        found[metric.name] = _written(metric, inferred(release, metric, found))
    return found


def inferred(release: Release, metric: Metric, known: Mapping[str, Rollup]) -> Rollup:
    """How the metric rolls up by what it is, whatever its document says."""
    if metric.formula is not None:
        return _each(lambda over: _of_formula(metric.formula or "", known, over))
    if metric.of is not None:
        return _each(lambda over: _of_window(metric, known, over))
    dataset = release.datasets.get(metric.dataset or "")
    return _each(lambda over: _of_aggregate(metric, dataset, over))


def _each(of: Callable[[Over], Rolled]) -> Rollup:
    return Rollup(people=of("people"), regions=of("regions"), time=of("time"))


def _written(metric: Metric, by_nature: Rollup) -> Rollup:
    return _each(lambda over: _one_written(metric, getattr(by_nature, over), over))


def _one_written(metric: Metric, by_nature: Rolled, over: Over) -> Rolled:
    how: RollsUp | None = getattr(metric.roll_up, over) if metric.roll_up is not None else None
    if how is None or how == by_nature.how or how == "sum":
        return by_nature
    return Rolled(how, _NOT_TOTALLED if how == "none" else by_nature.why or _AS_WRITTEN)


def _of_aggregate(metric: Metric, dataset: Dataset | None, over: Over) -> Rolled:
    aggregate = metric.aggregate or "last"
    if aggregate not in ("sum", "count"):
        return Rolled("recompute", _AGGREGATES[aggregate])
    if over == "time" or adds_up(aggregate, dataset, "person" if over == "people" else "region"):
        return _ADDS_UP
    return Rolled("recompute", _CREDIT)


def _of_formula(formula: str, known: Mapping[str, Rollup], over: Over) -> Rolled:
    return _ADDS_UP if _is_linear(parse(formula).tree, known, over) else Rolled("recompute", _FORMULA)


def _is_linear(node: ast.expr, known: Mapping[str, Rollup], over: Over) -> bool:
    """Whether the formula of sums is the sum of the formulas: sums and differences of what adds up, and fixed multiples."""
    match node:
        case ast.Name(id=name):
            return name in known and getattr(known[name], over).how == "sum"
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            return _is_linear(operand, known, over)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return _is_linear(left, known, over) and _is_linear(right, known, over)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=ast.Constant()):
            return _is_linear(left, known, over)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right):
            return _is_linear(right, known, over)
        case _:
            return False


def _of_window(metric: Metric, known: Mapping[str, Rollup], over: Over) -> Rolled:
    if metric.shown_as == "ratio":
        return Rolled("recompute", _FORMULA)
    if over == "time":
        return Rolled("recompute", _WINDOW)
    inner: Rolled = getattr(known[metric.of or ""], over)
    return Rolled("recompute", _NOT_TOTALLED) if inner.how == "none" else inner


_ADDS_UP = Rolled("sum")
_CREDIT = Said(
    zh="一条记录分给几个人时，每个人都按一条计，合计会重复",
    en="a record that several people share counts whole for each of them, so the parts count it more than once",
)
_FORMULA = Said(
    zh="比率和公式在每一级由那里的记录重新计算，下级不能相加或平均",
    en="a ratio or formula is computed anew from the records of every level; those below are neither added nor averaged",
)
_WINDOW = Said(
    zh="相邻期间的窗口互相重叠或彼此对比，不能相加",
    en="the windows of periods overlap, or compare them with each other, so they do not add up",
)
_AS_WRITTEN = Said(zh="指标写明每一级重新计算", en="the metric says that it is computed anew at every level")
_NOT_TOTALLED = Said(zh="指标写明不往上汇总", en="the metric says that it is not put together above")
_AGGREGATES: Mapping[str, Said] = {
    "count_distinct": Said(
        zh="同一个值可能在几处出现，合计时只算一次",
        en="one value may occur at several places and counts once in the whole",
    ),
    "average": Said(
        zh="平均值由全部记录重新计算，平均值不能相加",
        en="an average is computed anew from all records; averages do not add up",
    ),
    "minimum": Said(
        zh="最小值是全部记录中最小的，不是各部分之和", en="the smallest of all records, not a sum of the parts"
    ),
    "maximum": Said(
        zh="最大值是全部记录中最大的，不是各部分之和", en="the largest of all records, not a sum of the parts"
    ),
    "last": Said(zh="取全部记录中最后一条，不是各部分之和", en="the latest of all records, not a sum of the parts"),
}
