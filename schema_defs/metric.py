"""`metric`: a named number: base (an aggregate over records), derived (a formula over metrics), or a window on another metric."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schema_defs.base import Document, Expr, Fault, Name, Part
from schema_defs.dataset import Attribution
from schema_defs.text import Said, Text

Aggregate = Literal["sum", "count", "count_distinct", "average", "minimum", "maximum", "last"]
Format = Literal["number", "money", "percent", "days"]
Compared = Literal["last_period", "last_year"]
OfReturns = Literal["current", "original", "ignore"]
ShownAs = Literal["value", "difference", "ratio"]


class RollingDays(Part, frozen=True, kw_only=True):
    """The last so many calendar days, the day itself included."""

    days: Annotated[int, Meta(ge=1, le=366)]


Over = Literal["month", "quarter", "year"] | RollingDays

RollsUp = Literal["sum", "recompute", "none"]


class RollUp(Part, frozen=True, kw_only=True):
    """How the numbers of people, regions and periods make those above; what is not written is as the metric is by nature.

    `sum`: they add up. `recompute`: the whole is computed anew from its records. `none`: there is no number above.
    """

    people: RollsUp | None = None
    regions: RollsUp | None = None
    time: Literal["sum", "recompute"] | None = None


class Metric(Document, frozen=True, kw_only=True, tag="metric", tag_field="kind"):
    """Base with `dataset` and `aggregate`, derived with `formula`, or another metric's window with `of`; one of the three.

    `attribution` is the dataset's unless the metric has its own; `returns` says in whose period a return counts, its own or the original's.
    """

    dataset: Name | None = None
    aggregate: Aggregate | None = None
    value: Expr | None = None
    where: Expr | None = None
    attribution: Attribution | None = None
    returns: OfReturns | None = None
    formula: Expr | None = None
    of: Name | None = None
    over: Over | None = None
    compared: Compared | None = None
    as_: ShownAs | None = msgspec.field(name="as", default=None)
    roll_up: RollUp | None = None
    better: Literal["up", "down"] = "up"
    format: Format | None = None
    unit: Text | None = None
    meaning: Text | None = None

    @property
    def is_base(self) -> bool:
        return self.formula is None and self.of is None

    @property
    def is_derived(self) -> bool:
        return self.formula is not None

    @property
    def is_window(self) -> bool:
        return self.formula is None and self.of is not None

    @property
    def shown_as(self) -> ShownAs:
        """What a comparison shows: the difference unless it says otherwise; a value over a window is the value."""
        return self.as_ or ("difference" if self.compared else "value")

    def faults(self) -> Iterator[Fault]:
        if self.formula is not None:
            yield from self._foreign("formula", (*_BASE_KEYS, *_WINDOW_KEYS))
        elif self.of is not None:
            yield from self._foreign("of", _BASE_KEYS)
            yield from self._window_faults()
        else:
            yield from self._base_faults()

    def _foreign(self, form: str, keys: tuple[str, ...]) -> Iterator[Fault]:
        for key in keys:
            if getattr(self, _ATTRIBUTES.get(key, key)) is not None:
                yield _both(key, form)

    def _window_faults(self) -> Iterator[Fault]:
        if (self.over is None) == (self.compared is None):
            yield _OVER_OR_COMPARED
        elif self.as_ is not None and self.compared is None:
            yield _AS_WITHOUT_COMPARED

    def _base_faults(self) -> Iterator[Fault]:
        for key in _WINDOW_KEYS[1:]:
            if getattr(self, _ATTRIBUTES.get(key, key)) is not None:
                yield _without_of(key)
        for key in ("dataset", "aggregate"):
            if getattr(self, key) is None:
                yield _missing(key)
        if self.aggregate == "count" and self.value is not None:
            yield _COUNT_HAS_NO_VALUE
        if self.aggregate not in (None, "count") and self.value is None:
            yield _no_value(str(self.aggregate))


_BASE_KEYS = ("dataset", "aggregate", "value", "where", "attribution", "returns")
_WINDOW_KEYS = ("of", "over", "compared", "as")
_ATTRIBUTES = {"as": "as_"}


def _both(key: str, form: str) -> Fault:
    has = {"formula": "a formula", "of": "'of'"}[form]
    return Fault(
        path=(key,),
        code="base-and-derived" if form == "formula" else "base-and-window",
        message=Said(zh=f"有 {form} 的指标不能再有 {key}", en=f"a metric with {has} has no {key}"),
        suggestion=Said(
            zh=f"删掉 {key} 或 {form}", en=f"leave out {key}, or {'the formula' if form == 'formula' else form}"
        ),
    )


def _without_of(key: str) -> Fault:
    return Fault(
        path=(key,),
        code="window-without-of",
        message=Said(zh=f"{key} 要和 of 一起写：看哪个指标", en=f"{key} needs 'of': the metric that it looks at"),
        suggestion=Said(zh="加上 of: 指标名", en="add of: METRIC"),
    )


def _missing(key: str) -> Fault:
    return Fault(
        path=(),
        code="missing-key",
        message=Said(
            zh=f"缺少 {key}：基础指标需要 dataset 和 aggregate，派生指标需要 formula，累计或对比指标需要 of",
            en=f"{key} is missing: a base metric needs dataset and aggregate, a derived one needs formula, a cumulative or compared one needs of",
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
_OVER_OR_COMPARED = Fault(
    path=(),
    code="over-or-compared",
    message=Said(
        zh="有 of 的指标需要 over 或 compared，二者取一", en="a metric with 'of' needs over or compared, and not both"
    ),
    suggestion=Said(
        zh="写 over: month、quarter、year 或 {days: 30}，或者写 compared: last_period 或 last_year",
        en="write over: month, quarter, year or {days: 30}; or compared: last_period or last_year",
    ),
)
_AS_WITHOUT_COMPARED = Fault(
    path=("as",),
    code="as-without-compared",
    message=Said(zh="as 只用于 compared；over 显示的总是数值", en="as goes with compared; over always shows the value"),
    suggestion=Said(zh="删掉 as，或改用 compared", en="leave as out, or write compared instead of over"),
)
