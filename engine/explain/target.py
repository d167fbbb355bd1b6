"""The tree of a target: how the plan's split came to it, as far as the plan tells."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from engine.calendar import WorkCalendar
from engine.explain.rebuild import exact_target
from engine.explain.tree import Given, Node, Shared, Taken
from engine.org import COMPANY, Org
from engine.periods import month_bounds
from schema_defs.plan import Plan, RegionShare
from schema_defs.rule import ScopeKind
from schema_defs.text import Text, pick

TARGET: Text = {"zh": "本月目标", "en": "Target of the month"}
_TEXTS: dict[str, Text] = {
    "total": {"zh": "全年总额", "en": "the year's total"},
    "month": {"zh": "本月的份额", "en": "the month's share"},
    "months": {"zh": "全年的份额", "en": "the shares of all months"},
    "year": {"zh": "自己的全年目标", "en": "the own year's target"},
    "above": {"zh": "上级的全年目标", "en": "the year's target above"},
    "person": {"zh": "个人的份额", "en": "the person's share"},
    "region": {"zh": "区域的本月目标", "en": "the region's target of the month"},
    "rounding": {"zh": "取整", "en": "rounding to whole units"},
    "bounds": {"zh": "固定值、上下限和取整", "en": "pins, floors, caps and rounding"},
    "pin": {"zh": "方案固定的值", "en": "pinned by the plan"},
    "declared": {"zh": "方案声明的值，不分解", "en": "declared by the plan, never split"},
    "file": {"zh": "来自目标文件，上级为下级之和", "en": "from the targets' file; the levels above are sums"},
    "plan": {"zh": "由方案分解而来", "en": "from the plan's split"},
    "history": {"zh": "按去年同期的形状", "en": "by the shape of the year before"},
    "moved": {"zh": "几个区域的份额之和", "en": "shares of several regions together"},
    "none": {"zh": "没有目标", "en": "no target"},
}


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with what it came to: `target` gives the number of a scope, key and month; `unit` is what it is rounded to."""

    plan: Plan
    months: tuple[str, ...]
    target: Callable[[ScopeKind, str, str], Decimal | None]
    org: Org
    calendar: WorkCalendar
    unit: Decimal
    sees: Callable[[ScopeKind, str], bool] = lambda scope, key: True
    """Whether the places above may be told; where not, the target is given as it is."""

    def year(self, scope: ScopeKind, key: str) -> Decimal:
        found = (self.target(scope, key, month) for month in self.months)
        return sum((value for value in found if value is not None), Decimal())


def target_node(split: Split, scope: ScopeKind, key: str, month: str) -> Node:
    """The month's target of the place, from the places above it where the plan splits; those say whose they are."""
    value = split.target(scope, key, month)
    if value is None:
        return no_target()
    if split.plan.total is None:
        return _taken("declared" if split.plan.value is not None else "file", value)
    match scope:
        case "company":
            return _of_company(split, month, value)
        case "region":
            return _of_region(split, key, month, value)
        case "person":
            return _of_person(split, key, month, value)


def no_target() -> Node:
    """The target of a place that has none."""
    return _taken("none", None)


def _of_company(split: Split, month: str, value: Decimal) -> Node:
    weights = _weights(split)
    if weights is None or split.plan.total is None:
        return _taken("history", value)
    total = Given(name="total", value=split.plan.total, text=_TEXTS["total"])
    return _shared(split, value, total, ("month", weights[month]), ("months", sum(weights.values(), Decimal())))


def _weights(split: Split) -> Mapping[str, Decimal] | None:
    """What each month weighs; None where it is the shape of another year."""
    months, written = split.months, split.plan.months
    if isinstance(written, tuple):
        return {month: Decimal(weight) for month, weight in zip(months, written, strict=True)}
    if written == "history":
        return None
    if written == "even":
        return dict.fromkeys(months, Decimal(1))
    return {month: Decimal(split.calendar.working_days(*month_bounds(month))) for month in months}


def _of_region(split: Split, key: str, month: str, value: Decimal) -> Node:
    share = _written(split, key)
    if share is not None and month in share.pins:
        return _taken("pin", value)
    parent = split.org.parent(key)
    scope: ScopeKind = "region" if parent else "company"
    if not split.sees(scope, parent or COMPANY):
        return _taken("plan", value)
    above = _above(split, scope, parent or COMPANY, month)
    mine, whole = split.year("region", key), split.year(scope, parent or COMPANY)
    return _shared(split, value, above, ("year", mine), ("above", whole))


def _above(split: Split, scope: ScopeKind, key: str, month: str) -> Node:
    label: Text = {"zh": "公司", "en": "the company"} if scope == "company" else split.org.label(key)
    zh, en = pick(label, "zh", key), pick(label, "en", key)
    named: Text = {"zh": f"{zh}的本月目标", "en": f"Target of the month of {en}"}
    return msgspec.structs.replace(target_node(split, scope, key, month), label=named)


def _written(split: Split, key: str) -> RegionShare | None:
    """What the plan writes for the region, below the regions above it."""
    shares: Mapping[str, RegionShare] = split.plan.regions
    found: RegionShare | None = None
    for each in reversed(split.org.ancestors(key)):
        found = shares.get(each)
        shares = found.regions if found else {}
    return found


def _of_person(split: Split, key: str, month: str, value: Decimal) -> Node:
    first, last = month_bounds(month)
    region = None if _moves(split, key, first, last) else split.org.region_of(key, last)
    whole = split.target("region", region, month) if region else None
    if region and not split.sees("region", region):
        return _taken("plan", value)
    if region is None or whole is None:
        return _taken("moved", value)
    return _shared(split, value, _above(split, "region", region, month), ("person", value), ("region", whole))


def _moves(split: Split, key: str, first: date, last: date) -> bool:
    return any(first < day <= last for day in split.org.changes(key))


def _shared(
    split: Split, value: Decimal, what: Node | Given, own: tuple[str, Decimal], whole: tuple[str, Decimal]
) -> Node:
    """`what` x own / whole, and what rounding made of it."""
    base = exact_target(what)
    if not whole[1] or base is None:
        return _taken("pin", value)
    rounding = Fraction(value) - base * Fraction(own[1]) / Fraction(whole[1])
    name = "rounding" if abs(rounding) < Fraction(split.unit) else "bounds"
    parts = (what, _given(*own), _given(*whole), _given(name, rounding))
    return Node(name="target", label=TARGET, value=float(value), how=Shared(), parts=parts)


def _given(name: str, value: Decimal | Fraction) -> Given:
    return Given(name=name, value=value, text=_TEXTS[name])


def _taken(name: str, value: Decimal | None) -> Node:
    number = None if value is None else float(value)
    return Node(
        name="target",
        label=TARGET,
        value=number,
        how=Taken(),
        parts=(Given(name=name, value=value, text=_TEXTS[name]),),
    )
