"""A cumulative or compared metric in words."""

from typing import assert_never

from schema_defs.metric import Metric, RollingDays, ShownAs
from schema_defs.release import Release
from schema_defs.text import Said, Text, pick


def window_words(release: Release, metric: Metric) -> Text:
    """The metric in a sentence of both languages."""
    looked_at = release.metrics[metric.of or ""]
    zh, en = (pick(looked_at.label, lang, looked_at.name) for lang in ("zh", "en"))
    if metric.compared is None:
        days = _over(metric)
        return {"zh": f"{days.zh}的{zh}", "en": f"{en} {days.en}"}
    point, shown = _POINTS[metric.compared], _SHOWN[metric.shown_as]
    return {"zh": shown.zh.format(what=zh, then=point.zh), "en": shown.en.format(what=en, then=point.en)}


def _over(metric: Metric) -> Said:
    match metric.over:
        case RollingDays(days=days):
            return Said(zh=f"最近 {days} 天（含当天）", en=f"over the last {days} days, the day included")
        case "month" | "quarter" | "year" as size:
            return _TO_DATE[size]
        case None:
            raise ValueError("a window without over and compared passed the check")
        case _:
            assert_never(metric.over)


_TO_DATE = {
    "month": Said(zh="本月至今", en="of the month to date"),
    "quarter": Said(zh="本季至今", en="of the quarter to date"),
    "year": Said(zh="本年至今", en="of the year to date"),
}
_POINTS = {
    "last_period": Said(zh="上月同一进度（按工作日）", en="at the same point of last month, by working days"),
    "last_year": Said(
        zh="去年同月同一进度（按工作日）", en="at the same point of this month last year, by working days"
    ),
}
_SHOWN: dict[ShownAs, Said] = {
    "value": Said(zh="{then}的{what}", en="{what} {then}"),
    "difference": Said(zh="本月{what}减去{then}的{what}", en="{what} of this month less {what} {then}"),
    "ratio": Said(zh="本月{what}除以{then}的{what}", en="{what} of this month divided by {what} {then}"),
}
