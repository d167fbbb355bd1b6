"""The split of a plan, month by month."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from engine.org import COMPANY
from engine.periods import month_of, months_of_year
from runtime.board.columns import column_of
from runtime.board.targets import PlanTab, TargetRow, TargetsView
from runtime.board.tree import Branch, branches
from runtime.board.viewer import Viewer
from runtime.people.rights import sight_in
from runtime.releases.prepared import Prepared
from runtime.targets.rows import TargetRow as Stored
from runtime.tenancy import rows
from runtime.wording import amount
from schema_defs.plan import Plan
from schema_defs.text import Text, pick

Months = Mapping[str, Decimal]


async def build_targets(
    configured: Prepared, viewer: Viewer, now: datetime, *, plan: str | None = None, opened: Collection[str] = ()
) -> TargetsView | None:
    """The plan's targets at every place that the reader may see; None for a plan that does not exist."""
    plans, today = configured.release.plans, configured.calendar.today(now)
    if not plans:
        return TargetsView()
    chosen = plans.get(plan) if plan else next((each for each in plans.values() if each.year == today.year), None)
    chosen = chosen or (None if plan else next(iter(plans.values())))
    if chosen is None:
        return None
    stored = (
        await rows(Stored, configured.tenant).filter(plan=chosen.name).values_list("scope", "key", "month", "value")
    )
    cells: dict[tuple[str, str], dict[str, Decimal]] = {}
    for scope, key, month, value in stored:
        cells.setdefault((scope, key), {})[month] = Decimal(value)
    year = chosen.year or today.year
    months = months_of_year(year, configured.calendar)
    column = column_of(configured, chosen.metric)
    sight = sight_in(configured, viewer, today)
    tree = branches(configured.org, sight, today, people=True, opened=frozenset(opened))
    return TargetsView(
        plans=tuple(PlanTab(name=each.name, label=each.label or each.name) for each in plans.values()),
        chosen=PlanTab(name=chosen.name, label=chosen.label or chosen.name),
        year=year,
        months=tuple(months),
        this_month=month_of(today) if month_of(today) in months else None,
        metric_label=column.label,
        format=column.format,
        currency=column.currency,
        sentence=_sentence(configured, chosen),
        is_declared=chosen.value is not None or column.is_rate,
        rows=tuple(_row(branch, cells, months, is_rate=column.is_rate) for branch in tree),
        release=configured.number,
        days_predicted=any(configured.calendar.predicted(int(month[:4])) for month in months),
    )


def _row(
    branch: Branch, cells: Mapping[tuple[str, str], Months], months: Collection[str], *, is_rate: bool
) -> TargetRow:
    mine = cells.get((branch.scope, branch.key), {})
    above = _above(branch, cells)
    year = None if is_rate or not mine else sum(mine.values(), Decimal())
    whole = None if is_rate or not above else sum(above.values(), Decimal())
    return TargetRow(
        scope=branch.scope,
        key=branch.key,
        label=branch.label,
        level=branch.level,
        months=tuple(float(mine[month]) if month in mine else None for month in months),
        year=float(year) if year is not None else None,
        share=float(year / whole) if year is not None and whole else None,
        children=branch.children,
        open=branch.open,
        parent=branch.parent,
    )


def _above(branch: Branch, cells: Mapping[tuple[str, str], Months]) -> Months:
    scope, _, key = (branch.parent or f"company:{COMPANY}").partition(":")
    return {} if branch.scope == "company" else cells.get((scope, key), {})


def _sentence(configured: Prepared, plan: Plan) -> Text:
    column = column_of(configured, plan.metric)
    label = {lang: pick(column.label, lang, plan.metric) for lang in ("zh", "en")}
    if plan.value is not None:
        value = f"{float(plan.value) * 100:g}%"
        return {
            "zh": f"{plan.year} 年{label['zh']}目标为 {value}，各级相同，另有声明的除外；比率不分解。",
            "en": f"The target of {label['en']} for {plan.year} is {value} at every level unless declared otherwise; a ratio is never split.",
        }
    if plan.total is not None:
        total = {lang: amount(float(plan.total), column.format, lang, column.currency) for lang in ("zh", "en")}
        return {
            "zh": f"{plan.year} 年{label['zh']}目标 {total['zh']}，按月、区域和人员精确分解，每一级合计都相等。",
            "en": f"{label['en']} of {plan.year}: {total['en']}, split exactly over months, regions and people; every level adds up.",
        }
    return {
        "zh": f"{label['zh']}目标来自文件，上级为下级之和。",
        "en": f"The targets of {label['en']} come from a file; the levels above are sums.",
    }
