"""A metric in a sentence, and as its author wrote it."""

from runtime.board.window_words import window_words
from runtime.releases.prepared import Prepared
from schema_defs.dataset import Dataset
from schema_defs.text import Text, pick


def formula_words(configured: Prepared, name: str) -> Text:
    """The metric in a sentence of both languages."""
    metric = configured.release.metrics[name]
    if metric.formula is not None:
        return {"zh": f"每一级都重新计算：{metric.formula}", "en": f"Computed anew at every level: {metric.formula}"}
    if metric.of is not None:
        return window_words(configured.release, metric)
    dataset = configured.release.datasets[metric.dataset or ""]
    zh, en = _AGGREGATES[metric.aggregate or "count"]
    value = {lang: _value_words(dataset, metric.value, lang) for lang in ("zh", "en")}
    source = {lang: pick(dataset.label, lang, dataset.name) for lang in ("zh", "en")}
    where = {"zh": f"，条件：{metric.where}", "en": f", where {metric.where}"} if metric.where else {"zh": "", "en": ""}
    return {
        "zh": f"本月{source['zh']}的{zh.format(value=value['zh'])}{where['zh']}",
        "en": f"{en.format(value=value['en'])} over {source['en']} of this month{where['en']}",
    }


_AGGREGATES: dict[str, tuple[str, str]] = {
    "sum": ("{value}之和", "The sum of {value}"),
    "count": ("条数", "The number of records"),
    "count_distinct": ("不同{value}的个数", "The number of different values of {value}"),
    "average": ("{value}的平均值", "The average of {value}"),
    "minimum": ("最小的{value}", "The smallest {value}"),
    "maximum": ("最大的{value}", "The largest {value}"),
    "last": ("最近的{value}", "The latest {value}"),
}


def _value_words(dataset: Dataset, value: str | None, lang: str) -> str:
    if value is None:
        return ""
    return pick(dataset.field(value).label, "zh" if lang == "zh" else "en", value) if value in dataset.fields else value


def expression_of(configured: Prepared, metric: str) -> str:
    """The same as the author wrote it."""
    found = configured.release.metrics[metric]
    if found.formula is not None:
        return found.formula
    if found.of is not None:
        return found.of
    inner = f"{found.aggregate}({found.value or ''})"
    return f"{inner} where {found.where}" if found.where else inner
