"""What the tests of plans stand on: a small metric, and a plan's targets in one call."""

from collections.abc import Sequence
from decimal import Decimal

from engine.calendar import calendar_of
from engine.org import Org, org_of
from engine.targets.plan import targets_of
from engine.targets.targets import Targets
from schema_defs.calendar import Calendar
from schema_defs.dataset import Dataset, Field
from schema_defs.metric import Metric
from schema_defs.organisation import Organisation, Person, Region
from schema_defs.plan import Plan, RegionShare
from schema_defs.release import Release, release_of

CHINA = Calendar(country="CN")
DATASET = Dataset(
    name="orders",
    key="id",
    time="day",
    fields={"id": "text", "day": "date", "amount": Field(type="money", currency="CNY"), "done": "percent"},
)
METRICS = (
    Metric(name="amount", dataset="orders", aggregate="sum", value="amount"),
    Metric(name="orders", dataset="orders", aggregate="count"),
    Metric(name="share", formula="amount / orders", format="percent"),
)
RELEASE: Release = release_of([DATASET, *METRICS])
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))


def company(regions: dict[str, str | None], people: Sequence[Person] = ()) -> Org:
    """An organisation from each region's parent."""
    return org_of(
        Organisation(regions=tuple(Region(key=key, parent=parent) for key, parent in regions.items())), people
    )


def total_plan(total: str, regions: dict[str, RegionShare] | None = None, **more: object) -> Plan:
    return Plan(name="p", metric="amount", year=2026, total=Decimal(total), regions=regions or {}, **more)


def targets(plan: Plan, org: Org, calendar: Calendar = CHINA, **more: object) -> Targets:
    return targets_of(plan, RELEASE, org, calendar_of(calendar), **more)


def row(found: Targets, scope: str, key: str) -> list[str]:
    """The scope's months as they are printed."""
    return [f"{found.month(scope, key, month)}" for month in MONTHS]
