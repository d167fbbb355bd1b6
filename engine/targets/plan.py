"""From a plan to its targets: split, declared, or known from elsewhere."""

from collections.abc import Mapping, Sequence

from engine.calendar import WorkCalendar
from engine.metrics.kind import shape_of
from engine.org import Org
from engine.periods import months_of_year
from engine.targets.faults import Place
from engine.targets.known import Known
from engine.targets.months import History
from engine.targets.ratio import declared
from engine.targets.targets import Cells, Targets
from engine.targets.total import split_total
from engine.targets.unit import Unit, unit_of
from schema_defs.issue import Issue
from schema_defs.plan import Plan, TargetsFrom
from schema_defs.release import Release

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""The rows of each data file, by the name (`data`) or path (`file`) that the document gives it."""


def targets_of(
    plan: Plan,
    release: Release,
    org: Org,
    calendar: WorkCalendar,
    rows: Rows | None = None,
    history: History | None = None,
) -> Targets:
    """All targets of the plan, exact at every node. Raises `PlanError`, with places, for what cannot be.

    `rows` holds the file of `targets_from`; `history` what the metric was in the year before, where the plan is shaped by it.
    """
    place = Place(plan.name)
    shape = shape_of(release, plan.metric)
    unit = unit_for(plan, release)
    if plan.targets_from is not None:
        known = Known(plan, plan.targets_from, place.at("targets_from"), org, calendar, unit, history)
        raw = _rows_of(plan.targets_from, rows or {}, place.at("targets_from"))
        cells, warnings = known.rates(raw) if shape.is_rate else known.targets(raw)
    else:
        cells, warnings = _of_year(plan, place, org, calendar, unit, history, shape.is_rate)
    return Targets(plan.name, plan.metric, unit, cells, shape.is_rate or plan.value is not None, warnings)


def unit_for(plan: Plan, release: Release) -> Unit:
    """The plan's own unit, or the metric's."""
    step = shape_of(release, plan.metric).step if plan.unit is None else plan.unit
    return unit_of(step, Place(plan.name).at("unit"))


def uses_history(plan: Plan) -> bool:
    """Whether the plan's shape or shares come from what the metric was in the year before."""
    months = plan.months if plan.targets_from is None else plan.targets_from.months
    return months == "history" or (plan.targets_from is None and plan.people == "history")


def data_name(source: TargetsFrom) -> str:
    """The name or path under which `rows` holds the file."""
    return source.data or source.file or ""


def _of_year(
    plan: Plan, place: Place, org: Org, calendar: WorkCalendar, unit: Unit, history: History | None, is_rate: bool
) -> tuple[Cells, tuple[Issue, ...]]:
    if plan.year is None or (plan.total is None and plan.value is None):
        raise place.refuse(
            "incomplete-plan",
            "缺少 year，或缺少 total、value、targets_from 之一",
            "year, or one of total, value and targets_from, is missing",
        )
    months = months_of_year(plan.year, calendar)
    if plan.value is not None:
        return declared(plan, place, org, calendar, months), ()
    if is_rate:
        raise place.at("total").refuse(
            "total-of-a-rate",
            f"{plan.metric} 是比率，不能分解；请用 value 声明目标",
            f"{plan.metric} is a rate and cannot be split; declare its target with value",
        )
    return split_total(plan, place, org, calendar, unit, months, history)


def _rows_of(source: TargetsFrom, rows: Rows, place: Place) -> Sequence[Mapping[str, object]]:
    name = data_name(source)
    if name not in rows:
        raise place.refuse(
            "missing-data",
            f"缺少数据 '{name}'；请加 --data {name}=文件",
            f"the data '{name}' is missing; give it with --data {name}=FILE",
        )
    return rows[name]
