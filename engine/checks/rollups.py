"""What a metric says of its roll-up is true."""

from collections.abc import Iterator

from engine.checks.finding import Finding
from engine.checks.view import View
from engine.metrics.derive import in_order
from engine.metrics.rollup import OVER, Over, Rolled, inferred, rollups_of
from schema_defs.errors import AuthorError
from schema_defs.metric import Metric
from schema_defs.text import Said


def rollups(view: View) -> Iterator[Finding]:
    for metric in view.metrics.values():
        if metric.roll_up is not None:
            yield from _of_metric(view, metric)


def _of_metric(view: View, metric: Metric) -> Iterator[Finding]:
    """Nothing where the metric cannot be computed: that is told elsewhere."""
    try:
        known = rollups_of(view.release, in_order(view.metrics, [metric.name])[:-1])
        by_nature = inferred(view.release, metric, known)
    except AuthorError:
        return
    for over in OVER:
        rolled: Rolled = getattr(by_nature, over)
        if getattr(metric.roll_up, over) == "sum" and rolled.how != "sum":
            yield _cannot_be_summed(metric, over, rolled)


def _cannot_be_summed(metric: Metric, over: Over, rolled: Rolled) -> Finding:
    why = rolled.why or Said(zh="", en="")
    return Finding(
        document=metric,
        path=("roll_up", over),
        code="cannot-be-summed",
        message=Said(
            zh=f"'{metric.name}' 不能按{_OVER[over].zh}相加：{why.zh}",
            en=f"'{metric.name}' does not add up over {_OVER[over].en}: {why.en}",
        ),
        suggestion=Said(
            zh=f"写 {over}: recompute，或不写"
            if over == "time"
            else f"写 {over}: recompute（重新计算）或 none（不汇总）",
            en=f"write {over}: recompute" + ("" if over == "time" else " (computed anew) or none (no number above)"),
        ),
    )


_OVER = {
    "people": Said(zh="人员", en="people"),
    "regions": Said(zh="区域", en="regions"),
    "time": Said(zh="时间", en="time"),
}
