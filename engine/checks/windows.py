"""What a cumulative or compared metric may look at."""

from collections.abc import Iterator

from engine.checks.finding import Finding
from engine.checks.formulas import inputs_of
from engine.checks.view import View
from engine.expression.kinds import TYPES
from schema_defs.metric import Metric
from schema_defs.text import Said


def windows(view: View) -> Iterator[Finding]:
    for metric in view.metrics.values():
        if metric.is_window:
            yield from _of_window(view, metric)
            yield from _of_no_number(view, metric)


def _of_window(view: View, metric: Metric) -> Iterator[Finding]:
    """A window looks at numbers of days, and a window has none: the last 30 days of the last 30 days would count days twice."""
    inner = _window_behind(view, metric.of or "", metric.name)
    if inner is not None:
        yield Finding(
            document=metric,
            path=("of",),
            code="window-of-window",
            message=Said(
                zh=f"'{metric.of}' 已经是累计或对比（{inner}）；窗口的窗口会把同一天重复计算，不支持",
                en=f"'{metric.of}' is a window already ({inner}); a window of a window would count days more than once",
            ),
            suggestion=Said(
                zh=f"把 of 指向 '{inner}' 所看的指标 '{view.metrics[inner].of}'",
                en=f"let 'of' name what '{inner}' looks at: '{view.metrics[inner].of}'",
            ),
        )


def _window_behind(view: View, name: str, start: str) -> str | None:
    """The first window that the metric is, or is computed from."""
    seen, waiting = {start}, [name]
    for at in waiting:
        metric = view.metrics.get(at)
        if metric is None or at in seen:
            continue
        if metric.is_window:
            return at
        seen.add(at)
        waiting += sorted(inputs_of(metric))
    return None


def _of_no_number(view: View, metric: Metric) -> Iterator[Finding]:
    """Differences and ratios are made of numbers."""
    kind = view.metric_kinds.get(metric.of or "")
    if metric.shown_as == "value" or kind is None or kind.is_open or kind.type == "number":
        return
    there = TYPES[kind.type]
    yield Finding(
        document=metric,
        path=("of",),
        code="compared-is-no-number",
        message=Said(
            zh=f"'{metric.of}' 是{there.zh}，不能求差或比",
            en=f"'{metric.of}' is {there.en}: it has no difference or ratio",
        ),
        suggestion=Said(zh="写 as: value，或换一个指标", en="write as: value, or name another metric"),
    )
