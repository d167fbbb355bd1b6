"""Plans that no data could make right: regions and people that are not there, shares that contradict themselves."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from engine.calendar import calendar_of
from engine.checks.calendars import IMPORT
from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.metrics.window import keeps_growing
from engine.year_plans import predicted
from schema_defs.metric import Metric
from schema_defs.nearest import did_you_mean
from schema_defs.organisation import Organisation
from schema_defs.plan import PersonShare, Plan, RegionShare
from schema_defs.text import Said

_NO_TOTAL = ("average", "minimum", "maximum", "last")


def plans(view: View) -> Iterator[Finding]:
    for plan in view.release.plans.values():
        metric = view.metrics.get(plan.metric)
        if metric and plan.total is not None:
            yield from _can_be_split(plan, metric)
            yield from _is_no_window(plan, metric)
        yield from _regions(plan, (), plan.regions, None, view.organisation)
        if isinstance(plan.people, dict):
            yield from _people(view, plan, plan.people)
        yield from _positive(plan)
        yield from _predicted(view, plan)


def _predicted(view: View, plan: Plan) -> Iterator[Finding]:
    """Working days decide the pace, so a year whose days off nobody has announced yet is told of."""
    calendar = calendar_of(view.release.calendar)
    if plan.year is not None and calendar.predicted(plan.year):
        yield Finding(
            document=plan,
            path=("year",),
            level="warning",
            code="predicted-year",
            message=predicted(calendar, [plan.year])[0],
            suggestion=IMPORT,
        )


def _can_be_split(plan: Plan, metric: Metric) -> Iterator[Finding]:
    if metric.format == "percent" or metric.aggregate in _NO_TOTAL:
        yield Finding(
            document=plan,
            path=("total",),
            code="ratio-has-no-total",
            message=Said(
                zh=f"指标 '{metric.name}' 是比率或平均值，不能分解总额",
                en=f"the metric '{metric.name}' is a ratio or an average, which cannot be split",
            ),
            suggestion=Said(
                zh="用 value 直接给出目标，例如 value: 45%", en="declare the target, for example value: 45%"
            ),
        )


def _is_no_window(plan: Plan, metric: Metric) -> Iterator[Finding]:
    if metric.is_window and not keeps_growing(metric):
        yield Finding(
            document=plan,
            path=("total",),
            code="window-has-no-total",
            message=Said(
                zh=f"指标 '{metric.name}' 跨越月份或与以前对比，各月相加没有意义，不能分解总额",
                en=f"the metric '{metric.name}' reaches over months or compares them; its months do not add up to a total",
            ),
            suggestion=Said(
                zh=f"给 '{metric.of}' 定总额，或用 value 直接给出目标",
                en=f"split a total of '{metric.of}', or declare the target with value",
            ),
        )


def _positive(plan: Plan) -> Iterator[Finding]:
    if plan.unit is not None and plan.unit <= 0:
        yield _wrong(
            plan,
            ("unit",),
            "unit-not-positive",
            Said(zh=f"单位 {plan.unit:f} 必须大于 0", en=f"the unit {plan.unit:f} must be above 0"),
            Said(zh="例如 unit: 1000", en="for example unit: 1000"),
        )
    if isinstance(plan.months, tuple):
        for i, weight in enumerate(plan.months):
            if weight < 0:
                yield _negative(plan, ("months", i), weight)
        if not any(plan.months):
            yield _wrong(plan, ("months",), "no-weight", _NO_WEIGHT, _EVEN)


def _regions(
    plan: Plan, above: Path, shares: Mapping[str, RegionShare], parent: str | None, organisation: Organisation | None
) -> Iterator[Finding]:
    tree = {region.key: region.parent for region in organisation.regions} if organisation else {}
    known = [key for key, over in tree.items() if over == parent]
    for key, share in shares.items():
        path = (*above, "regions", key)
        if tree and key not in known:
            yield _misplaced(plan, path, key, parent, tree)
        yield from _share(plan, path, share)
        yield from _regions(plan, path, share.regions, key, organisation)


def _misplaced(plan: Plan, path: Path, key: str, parent: str | None, tree: Mapping[str, str | None]) -> Finding:
    siblings = [name for name, over in tree.items() if over == parent]
    if key not in tree:
        message = Said(zh=f"没有地区 '{key}'", en=f"there is no region '{key}'")
        return _wrong(plan, path, "unknown-region", message, did_you_mean(key, siblings or tree))
    over = tree[key]
    message = Said(
        zh=f"地区 '{key}' 不在这一层；它的上级是 {over or '公司'}",
        en=f"the region '{key}' is not at this level; above it is {over or 'the company'}",
    )
    mend = Said(
        zh=f"写在 {over} 的 regions 下" if over else "写在方案的 regions 下",
        en=f"write it under `regions` of {over}" if over else "write it under the plan's `regions`",
    )
    return _wrong(plan, path, "misplaced-region", message, mend)


def _people(view: View, plan: Plan, shares: Mapping[str, PersonShare]) -> Iterator[Finding]:
    people = view.people
    for key, share in shares.items():
        if people is not None and key not in people:
            yield _wrong(
                plan,
                ("people", key),
                "unknown-person",
                Said(zh=f"没有人员 '{key}'", en=f"there is no person '{key}'"),
                did_you_mean(key, sorted(people)),
            )
        yield from _share(plan, ("people", key), share)


def _share(plan: Plan, path: Path, share: RegionShare | PersonShare) -> Iterator[Finding]:
    if share.weight is not None and share.weight < 0:
        yield _negative(plan, (*path, "weight"), share.weight)
    if share.floor is not None and share.cap is not None and share.floor > share.cap:
        yield _wrong(
            plan,
            (*path, "floor"),
            "floor-above-cap",
            Said(
                zh=f"下限 {share.floor:f} 高于上限 {share.cap:f}",
                en=f"the floor {share.floor:f} is above the cap {share.cap:f}",
            ),
            Said(zh="交换 floor 和 cap", en="exchange floor and cap"),
        )
    for month in share.pins:
        if plan.year is not None and not month.startswith(f"{plan.year:04d}-"):
            yield _wrong(
                plan,
                (*path, "pins", month),
                "pin-outside-year",
                Said(zh=f"{month} 不在 {plan.year} 年", en=f"{month} is not in the plan's year {plan.year}"),
                Said(zh=f"写 {plan.year}-{month[5:]}", en=f"write {plan.year}-{month[5:]}"),
            )
    yield from _no_split(plan, path, share)


def _no_split(plan: Plan, path: Path, share: RegionShare | PersonShare) -> Iterator[Finding]:
    """A declared plan has values and no shares; a split one has shares and no values."""
    declared = plan.value is not None
    for key in ("weight", "floor", "cap", "pin") if declared else ("value",):
        if getattr(share, key) is not None:
            yield _wrong(
                plan,
                (*path, key),
                "split-and-declared",
                Said(
                    zh=f"{key} 不适用于{'直接给出 value 的' if declared else '分解 total 的'}方案",
                    en=f"{key} has no place in a plan that {'declares a value' if declared else 'splits a total'}",
                ),
                Said(zh="改用 value", en="write value") if declared else Said(zh="改用 pin", en="write pin"),
            )


def _negative(plan: Plan, path: Path, weight: Decimal) -> Finding:
    return _wrong(
        plan,
        path,
        "negative-weight",
        Said(zh=f"权重 {weight:f} 不能为负", en=f"the weight {weight:f} may not be negative"),
        Said(zh="写 0 或正数", en="write 0 or a positive number"),
    )


def _wrong(plan: Plan, path: Path, code: str, message: Said, suggestion: Said | None) -> Finding:
    return Finding(document=plan, path=path, code=code, message=message, suggestion=suggestion)


_NO_WEIGHT = Said(zh="月份权重全为 0", en="the weights of all months are 0")
_EVEN = Said(zh="写 months: even，或给某个月正的权重", en="write months: even, or give some month a weight above 0")
