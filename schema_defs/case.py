"""`test`: a rule's or a metric's cases in business words."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schema_defs.base import Document, Fault, Key, Name, Part, Quantity
from schema_defs.rule import RuleBody, ScopeKind
from schema_defs.text import Said

State = Literal["inactive", "pending", "firing", "recovering", "no_data"]
Notice = Literal["fired", "recovered", "repeated", "no_data", "data_back"]
Scalar = float | bool | str | None
Values = dict[str, Scalar]
ScopedValues = dict[str, Scalar | Values]
"""The names' values, or (with `scopes`) those of each scope key."""


Expectation = dict[Key, State | tuple[Notice, ...] | dict[Key, State | tuple[Notice, ...]]]
"""`{state: …, notices: […]}`, or (with `scopes`) that per scope key."""


Period = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        extra={"is": "written", "example": "2026-03"},
    ),
]
"""A day, a week by its first day, a month, a quarter or a year; a plain `2026` is taken as its text."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold after the step; what is None is not checked."""

    state: State | None = None
    notices: tuple[Notice, ...] | None = None


class Step(Part, frozen=True, kw_only=True):
    """One evaluation of a day. `late` brings values of earlier days and is applied before the day's own."""

    day: date
    values: ScopedValues | msgspec.UnsetType | None = msgspec.UNSET
    late: dict[date, ScopedValues | None] = {}
    expect: Expectation = {}

    def expected(self, scope: Key | None = None) -> Expected:
        """What is expected of the one scope (None), or of one of the test's `scopes`."""
        wanted = self.expect if scope is None else self.expect.get(scope, {})
        return msgspec.convert(wanted, Expected)


class Silence(Part, frozen=True, kw_only=True):
    """Days, both included, on which nothing is sent and nothing counts as told."""

    from_: date = msgspec.field(name="from")
    to: date
    scope: Key | None = None


class ExpectedValue(Part, frozen=True, kw_only=True):
    """A metric's value of one scope and period (`2026-03-02`, `2026-03`, `2026-Q1`, `2026`)."""

    scope: ScopeKind
    key: Key
    period: Period
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

    @property
    def scope_keys(self) -> tuple[Key, ...]:
        """The `scopes`, else the keys under which values of several scopes are written; often none."""
        if self.scopes:
            return self.scopes
        found: dict[Key, None] = {}
        for step in self.days:
            for brought in (step.values, *step.late.values()):
                if isinstance(brought, dict):
                    found.update(dict.fromkeys(key for key, value in brought.items() if isinstance(value, dict)))
        return tuple(found)

    def faults(self) -> Iterator[Fault]:
        yield from self._subject_faults()
        for position, step in enumerate(self.days):
            for path, wanted in _expectations(step, self.scope_keys):
                yield from _unknown_expectations(("days", position, "expect", *path), wanted)

    def _subject_faults(self) -> Iterator[Fault]:
        given = [key for key in ("rule", "define", "metric") if getattr(self, key) is not None]
        if len(given) != 1:
            yield Fault(
                path=(given[1],) if given else (),
                code="one-subject",
                message=Said(
                    zh="测试必须且只能有 rule、define、metric 之一",
                    en="a test has exactly one of rule, define and metric",
                ),
                suggestion=Said(zh="例如 rule: 规则的名称", en="for example rule: the rule's name"),
            )


def _expectations(step: Step, scopes: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if not scopes:
        yield (), step.expect
        return
    for scope, wanted in step.expect.items():
        yield (scope,), wanted


def _unknown_expectations(path: tuple[str | int, ...], wanted: object) -> Iterator[Fault]:
    if not isinstance(wanted, dict):
        yield Fault(
            path=path,
            code="wrong-expectation",
            message=Said(zh="这里需要 {state: …, notices: […]}", en="{state: …, notices: […]} is needed here"),
            suggestion=Said(
                zh="例如 {state: firing, notices: [fired]}", en="for example {state: firing, notices: [fired]}"
            ),
        )
        return
    for key, value in wanted.items():
        allowed = {"state": str, "notices": tuple}.get(key)
        if allowed is None or not isinstance(value, allowed):
            yield Fault(
                path=(*path, key),
                code="wrong-expectation",
                message=Said(
                    zh=f"'{key}' 不是可以期望的内容；可写 state（一个状态）和 notices（通知列表）",
                    en=f"'{key}' cannot be expected so; write state (one state) and notices (a list of notices)",
                ),
                suggestion=Said(
                    zh="例如 {state: firing, notices: [fired]}", en="for example {state: firing, notices: [fired]}"
                ),
            )
