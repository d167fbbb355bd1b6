"""`plan`: a year's target of one metric, split over months, regions and people."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from schema_defs.base import DataFile, Document, Fault, Key, MonthKey, Name, Part, Quantity
from schema_defs.text import Said

Months = Literal["even", "working_days", "history"] | tuple[Quantity, ...]


class Share(Part, frozen=True, kw_only=True):
    """A part of the whole: by `weight` within `floor` and `cap`, or pinned (`pin` for the year, `pins` per month), or declared (`value`)."""

    weight: Quantity | None = None
    floor: Quantity | None = None
    cap: Quantity | None = None
    pin: Quantity | None = None
    pins: dict[MonthKey, Quantity] = {}
    value: Quantity | None = None


class PersonShare(Share, frozen=True, kw_only=True):
    """A person's part within the region."""


class RegionShare(Share, frozen=True, kw_only=True):
    """A region's part within the one above, and those of the regions below it."""

    regions: dict[Key, "RegionShare"] = {}


class TargetsMap(Part, frozen=True, kw_only=True):
    """Which columns of the targets' file hold what; `quarter` or `month` narrows the period, else a row is a year."""

    key: str
    value: str
    year: str | None = None
    quarter: str | None = None
    month: str | None = None
    scope: str | None = None


class TargetsFrom(DataFile, frozen=True, kw_only=True):
    """Targets known from elsewhere: a row is one key's target of a year, quarter or month."""

    map: TargetsMap
    months: Months = "even"
    scope: Literal["person", "region", "company"] = "person"


class Plan(Document, frozen=True, kw_only=True, tag="plan", tag_field="kind"):
    """One of `total` (split), `value` (a ratio's declared target) or `targets_from` (known from elsewhere)."""

    metric: Name
    year: Annotated[int, Meta(ge=1990, le=2200)] | None = None
    total: Quantity | None = None
    unit: Quantity | None = None
    months: Months = "even"
    regions: dict[Key, RegionShare] = {}
    people: Literal["even", "history"] | dict[Key, PersonShare] = "even"
    value: Quantity | None = None
    targets_from: TargetsFrom | None = None
    pace: Literal["working_days", "calendar_days", "history"] = "working_days"

    def faults(self) -> Iterator[Fault]:
        given = [key for key in ("total", "value", "targets_from") if getattr(self, key) is not None]
        if len(given) != 1:
            yield Fault(
                path=(given[1],) if given else (),
                code="one-of-total-value-targets",
                message=Said(
                    zh=f"total、value、targets_from 三者必须且只能有一个（现有：{'、'.join(given) or '无'}）",
                    en=f"exactly one of total, value and targets_from is needed (given: {', '.join(given) or 'none'})",
                ),
                suggestion=Said(
                    zh="总额写 total，比率写 value，已有目标写 targets_from",
                    en="write total for an amount, value for a ratio, targets_from for targets known from elsewhere",
                ),
            )
        if self.year is None and self.targets_from is None:
            yield Fault(
                path=(),
                code="missing-key",
                message=Said(zh="缺少 year", en="year is missing"),
                suggestion=Said(zh="例如 year: 2026", en="for example year: 2026"),
            )
        if isinstance(self.months, tuple) and len(self.months) != 12:
            yield Fault(
                path=("months",),
                code="twelve-weights",
                message=Said(
                    zh=f"months 需要 12 个权重，现有 {len(self.months)} 个",
                    en=f"months needs twelve weights, and has {len(self.months)}",
                ),
                suggestion=Said(
                    zh="每月一个权重，或写 even、working_days、history",
                    en="write one weight for each month, or even, working_days or history",
                ),
            )
