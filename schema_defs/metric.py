"""`metric`: a named number, base (an aggregate over records) or derived (a formula over metrics)."""

from collections.abc import Iterator
from typing import Literal

from schema_defs.base import Document, Expr, Fault, Name
from schema_defs.text import Said, Text

Aggregate = Literal["sum", "count", "count_distinct", "average", "minimum", "maximum", "last"]
Format = Literal["number", "money", "percent", "days"]


class Metric(Document, frozen=True, kw_only=True, tag="metric", tag_field="kind"):
    """Base with `dataset` and `aggregate`, derived with `formula`; never both."""

    dataset: Name | None = None
    aggregate: Aggregate | None = None
    value: Expr | None = None
    where: Expr | None = None
    formula: Expr | None = None
    better: Literal["up", "down"] = "up"
    format: Format | None = None
    unit: Text | None = None
    meaning: Text | None = None

    @property
    def is_derived(self) -> bool:
        return self.formula is not None

    def faults(self) -> Iterator[Fault]:
        if self.formula is not None:
            for key in ("dataset", "aggregate", "value", "where"):
                if getattr(self, key) is not None:
                    yield _both(key)
            return
        for key in ("dataset", "aggregate"):
            if getattr(self, key) is None:
                yield _missing(key)
        if self.aggregate == "count" and self.value is not None:
            yield _COUNT_HAS_NO_VALUE
        if self.aggregate not in (None, "count") and self.value is None:
            yield _no_value(str(self.aggregate))


def _both(key: str) -> Fault:
    return Fault(
        path=(key,),
        code="base-and-derived",
        message=Said(zh=f"有 formula 的指标不能再有 {key}", en=f"a metric with a formula has no {key}"),
        suggestion=Said(zh=f"删掉 {key} 或 formula", en=f"leave out {key}, or the formula"),
    )


def _missing(key: str) -> Fault:
    return Fault(
        path=(),
        code="missing-key",
        message=Said(
            zh=f"缺少 {key}：基础指标需要 dataset 和 aggregate，派生指标需要 formula",
            en=f"{key} is missing: a base metric needs dataset and aggregate, a derived one needs formula",
        ),
        suggestion=Said(zh=f"加上 {key}: …", en=f"add {key}: …"),
    )


def _no_value(aggregate: str) -> Fault:
    return Fault(
        path=(),
        code="missing-key",
        message=Said(zh=f"{aggregate} 需要 value", en=f"{aggregate} needs a value"),
        suggestion=Said(zh="例如 value: amount", en="for example value: amount"),
    )


_COUNT_HAS_NO_VALUE = Fault(
    path=("value",),
    code="count-has-no-value",
    message=Said(zh="count 不需要 value；请用 where 过滤", en="count takes no value; filter with where"),
    suggestion=Said(zh="改用 where，或 aggregate: count_distinct", en="write where, or aggregate: count_distinct"),
)
