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
                    yield _fault(
                        key,
                        "base-and-derived",
                        f"有 formula 的指标不能再有 {key}",
                        f"a metric with a formula has no {key}",
                    )
            return
        for key in ("dataset", "aggregate"):
            if getattr(self, key) is None:
                yield _fault(
                    "",
                    "missing-key",
                    f"缺少 {key}：基础指标需要 dataset 和 aggregate，派生指标需要 formula",
                    f"{key} is missing: a base metric needs dataset and aggregate, a derived one needs formula",
                )
        if self.aggregate == "count" and self.value is not None:
            yield _fault(
                "value",
                "count-has-no-value",
                "count 不需要 value；请用 where 过滤",
                "count takes no value; filter with where",
            )
        if self.aggregate not in (None, "count") and self.value is None:
            yield _fault("", "missing-key", f"{self.aggregate} 需要 value", f"{self.aggregate} needs a value")


def _fault(key: str, code: str, zh: str, en: str) -> Fault:
    return Fault(path=(key,) if key else (), code=code, message=Said(zh=zh, en=en))
