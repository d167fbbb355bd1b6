"""How the parts of a value give it, in a sentence."""

from engine.explain.tree import (
    Added,
    Aggregated,
    DayLeaf,
    Elapsed,
    Figure,
    Folded,
    Formula,
    Judged,
    Node,
    RecordLeaf,
    Shared,
    Taken,
    Weighted,
    Windowed,
)
from runtime.board.window_words import window_words
from runtime.releases.prepared import Prepared
from schema_defs.scorecard import ScorePart
from schema_defs.text import Text


def how_words(configured: Prepared, node: Node) -> Text | None:
    match node.how:
        case Aggregated(reaches=False):
            return {"zh": "这个数据集里没有负责人", "en": "the dataset knows no owner"}
        case Aggregated(aggregate=aggregate):
            return _aggregated(aggregate, node)
        case Formula(text=text):
            return text
        case Windowed():
            return window_words(configured.release, configured.release.metrics[node.name])
        case Figure(name=name):
            return _FIGURES[name]
        case Elapsed(by=by):
            return _elapsed(configured, by, node)
        case Added():
            return {"zh": "各部分得分之和", "en": "the points of all parts together"}
        case Weighted(part=part):
            return _weighted(part)
        case Shared():
            return {"zh": "上级 × 自己的份额 ÷ 全部份额 + 取整", "en": "above × own share ÷ all shares + rounding"}
        case Judged(rule=rule) | Folded(rule=rule):
            return rule.when
        case Taken():
            return None


def _aggregated(aggregate: str, node: Node) -> Text:
    leaves = [part for part in node.parts if isinstance(part, RecordLeaf)]
    count, deciding = len(leaves), sum(1 for leaf in leaves if leaf.decides)
    zh, en = _AGGREGATES[aggregate]
    words = {"n": count, "d": deciding, "s": "" if count == 1 else "s"}
    return {"zh": zh.format(**words), "en": en.format(**words)}


def _elapsed(configured: Prepared, by: str, node: Node) -> Text:
    days = [part for part in node.parts if isinstance(part, DayLeaf)]
    working = [day for day in days if day.is_working]
    counted = working if by == "working_days" and working else days
    over = sum(1 for day in counted if day.is_over)
    match by:
        case "rate":
            return {
                "zh": "比率从第一天起就应达到全部目标",
                "en": "of a rate the whole target is expected from the first day",
            }
        case "history":
            return {"zh": "按去年同期的形状", "en": "by the shape of the year before"}
        case _ if counted is days:
            return {"zh": f"{over} ÷ {len(days)} 个日历日", "en": f"{over} of {len(days)} calendar days"}
    is_guess = bool(days) and configured.calendar.predicted(days[0].day.year)
    return {
        "zh": f"{over} ÷ {len(counted)} 个工作日{'（假日安排为预测）' if is_guess else ''}",
        "en": f"{over} of {len(counted)} working days{' (days off are predicted)' if is_guess else ''}",
    }


def _weighted(part: ScorePart) -> Text:
    weight = f"{float(part.weight):.4g}"
    low, high = (None if bound is None else f"{float(bound):.4g}" for bound in (part.floor, part.cap))
    zh = [f"权重 {weight}", *([f"下限 {low}"] if low else []), *([f"上限 {high}"] if high else [])]
    en = [f"weight {weight}", *([f"floor {low}"] if low else []), *([f"cap {high}"] if high else [])]
    return {"zh": "，".join(zh), "en": ", ".join(en)}


_AGGREGATES: dict[str, tuple[str, str]] = {
    "sum": ("{n} 条记录之和", "the sum of {n} record{s}"),
    "count": ("{n} 条记录", "{n} record{s}"),
    "count_distinct": ("{n} 条记录带来 {d} 个不同的值", "{n} record{s} bring {d} different values"),
    "average": ("{n} 条记录的平均", "the average of {n} record{s}"),
    "minimum": ("{n} 条记录中最小的", "the smallest of {n} record{s}"),
    "maximum": ("{n} 条记录中最大的", "the largest of {n} record{s}"),
    "last": ("{n} 条记录中最近的", "the latest of {n} record{s}"),
}
_FIGURES: dict[str, Text] = {
    "attainment": {"zh": "实际 ÷ 目标", "en": "actual ÷ target"},
    "gap": {"zh": "完成率 − 应达进度", "en": "attainment − pace"},
    "gap_amount": {"zh": "实际 − 应达进度 × 目标", "en": "actual − pace × target"},
    "run_rate": {"zh": "（目标 − 实际）÷ 剩余工作日", "en": "(target − actual) ÷ working days left"},
    "projection": {"zh": "实际 ÷ 应达进度", "en": "actual ÷ pace"},
}
