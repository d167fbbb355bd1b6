"""`test`: a rule's or a metric's cases in business words."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from schema_defs.base import Document, Fault, Key, Name, Part, Quantity
from schema_defs.rule import RuleBody, ScopeKind
from schema_defs.text import Said

State = Literal["inactive", "pending", "firing", "recovering", "no_data"]
Notice = Literal["fired", "recovered", "repeated", "no_data", "data_back"]
Scalar = float | bool | str | None
Values = dict[str, Scalar]
ScopedValues = dict[str, Scalar | Values]
"""The names' values, or (with `scopes`) those of each scope key."""


class Expected(Part, frozen=True, kw_only=True):
    """What must hold after the step; what is not named is not checked."""

    state: State | None = None
    notices: tuple[Notice, ...] | None = None


class Step(Part, frozen=True, kw_only=True):
    """One evaluation of a day. `late` brings values of earlier days and is applied before the day's own."""

    day: date
    values: ScopedValues | msgspec.UnsetType | None = msgspec.UNSET
    late: dict[date, ScopedValues | None] = {}
    expect: Expected | dict[Key, Expected] | None = None


class Silence(Part, frozen=True, kw_only=True):
    """Days, both included, on which nothing is sent and nothing counts as told."""

    from_: date = msgspec.field(name="from")
    to: date
    scope: Key | None = None


class ExpectedValue(Part, frozen=True, kw_only=True):
    """A metric's value of one scope and period (`2026-03-02`, `2026-03`, `2026-Q1`, `2026`)."""

    scope: ScopeKind
    key: Key
    period: str
    value: Quantity | None
    metric: Name | None = None


class Case(Document, frozen=True, kw_only=True, tag="test", tag_field="kind"):
    """Exactly one of `rule`, `define` (a rule of its own) with `days`, or `metric` with `records`."""

    rule: Name | None = None
    define: RuleBody | None = None
    metric: Name | None = None
    scopes: tuple[Key, ...] = ()
    days: tuple[Step, ...] = ()
    silences: tuple[Silence, ...] = ()
    records: tuple[dict[str, Scalar], ...] = ()
    expect: tuple[ExpectedValue, ...] = ()

    def faults(self) -> Iterator[Fault]:
        given = [key for key in ("rule", "define", "metric") if getattr(self, key) is not None]
        if len(given) != 1:
            yield Fault(
                path=(given[1],) if given else (),
                code="one-subject",
                message=Said(
                    zh="测试必须且只能有 rule、define、metric 之一",
                    en="a test has exactly one of rule, define and metric",
                ),
            )
