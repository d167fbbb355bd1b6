"""`rule`: what is watched, when it fires, and what happens then."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schema_defs.base import ClockTime, Document, Duration, Expr, Fault, Key, Name, Part
from schema_defs.text import Said

ScopeKind = Literal["person", "region", "company"]
SCOPE_KINDS: tuple[ScopeKind, ...] = ("company", "region", "person")
Severity = Literal["notice", "warning", "critical"]
Days = Annotated[int, Meta(ge=0, le=366)]
ACTION_KINDS = ("notify", "mark", "snapshot", "webhook", "request")
ActionKind = Literal["notify", "mark", "snapshot", "webhook", "request"]


class Check(Part, frozen=True, kw_only=True):
    """When days are judged: `daily` at a clock time (default: the calendar's `day_closes`), and again `on_change`."""

    daily: ClockTime | None = None
    on_change: bool = False


class Action(Part, frozen=True, kw_only=True):
    """Exactly one of `notify` (a recipient), `mark` (a colour), `snapshot` (a board), `webhook` (a channel), `request`."""

    notify: Key | None = None
    channel: Name | None = None
    message: Name | None = None
    mark: Literal["red", "amber"] | None = None
    snapshot: Name | None = None
    webhook: Name | None = None
    request: Literal["support"] | None = None
    from_: Key | None = msgspec.field(name="from", default=None)

    @property
    def kind(self) -> ActionKind:
        for kind in ACTION_KINDS:
            if getattr(self, kind) is not None:
                return kind  # type: ignore[return-value]  # the tuple repeats the literal, which mypy cannot see
        raise ValueError("an action without a kind passed the check")

    def faults(self) -> Iterator[Fault]:
        given = [kind for kind in ACTION_KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            allowed = " / ".join(ACTION_KINDS)
            yield Fault(
                path=(given[1],) if given else (),
                code="one-action",
                message=Said(
                    zh=f"一个动作必须且只能是其中之一：{allowed}", en=f"an action is exactly one of: {allowed}"
                ),
                suggestion=Said(zh="每个动作单独一行", en="write each action as an item of its own"),
            )


class Unanswered(Part, frozen=True, kw_only=True):
    """Whom to tell when nobody answered `after` so many working hours."""

    after: Duration
    notify: Key
    channel: Name | None = None
    message: Name | None = None


class RuleBody(Document, frozen=True, kw_only=True):
    """Everything of a rule; stands alone as a test's inline `define`, where the name may be left out."""

    name: Name = "defined"
    when: Expr
    scope: ScopeKind = "region"
    level: Annotated[int, Meta(ge=1, le=12)] | None = None
    metric: Name | None = None
    for_: Annotated[int, Meta(ge=1, le=366)] = msgspec.field(name="for", default=1)
    days: Literal["working", "all"] = "working"
    across: Literal["continuous", "month"] = "continuous"
    recover_when: Expr | None = None
    keep_firing_for: Days = 0
    no_data: Literal["hold", "ok", "breach", "notify"] = "hold"
    check: Check = Check()
    severity: Severity = "warning"
    urgent: bool = False
    on_fire: tuple[Action, ...] = ()
    on_recover: tuple[Action, ...] = ()
    unanswered: Unanswered | None = None
    repeat_every: Days = 0

    def faults(self) -> Iterator[Fault]:
        if self.level is not None and self.scope != "region":
            yield Fault(
                path=("level",),
                code="level-without-region",
                message=Said(zh="level 只用于 scope: region", en="level goes with scope: region only"),
                suggestion=Said(zh="删掉 level，或写 scope: region", en="leave level out, or write scope: region"),
            )


class Rule(RuleBody, frozen=True, kw_only=True, tag="rule", tag_field="kind"):
    """`scope` with `level` picks regions of one depth; without it the leaves."""

    name: Name
