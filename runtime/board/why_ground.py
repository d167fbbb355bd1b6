"""What one explanation reads: the records of the month (and of windows) to the day, where they count, the stored numbers, and the reader's rights."""

from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import msgspec

from engine.explain.metric import Ground
from engine.explain.target import Split
from engine.explain.tree import Known
from engine.metrics.span import At, Span, month_to
from engine.org import COMPANY
from engine.periods import month_bounds, month_of, months_of_year
from engine.records.record import Record
from engine.targets.faults import Place
from engine.targets.unit import unit_of
from runtime.numbers.read import Book
from runtime.people.rights import Sight
from runtime.records.known import known_between
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook
from runtime.targets.rows import TargetRow
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.plan import Plan
from schema_defs.rule import ScopeKind

ReadRecords = Callable[[str, Collection[Span]], Awaitable[list[Known]]]
"""The records of a dataset that count on a day of the spans."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one day of one number, and who asks."""

    configured: Prepared
    ground: Ground
    book: Book
    targets: TargetBook
    day: date
    sight: Sight
    hidden: frozenset[str]
    splits: dict[str, Split] = {}
    """By metric, the plan that its target of the month comes from."""


async def ground_of(
    configured: Prepared, metrics: Collection[str], day: date, read: ReadRecords | None = None
) -> Ground:
    """The records of the month up to the day, as known now; under `attribution: now` they count where people are on that day.

    `read` gives a dataset's records of some days; without it the tables do.
    """
    datasets = sorted({name for metric in metrics for name in configured.metrics.datasets_of(metric)})
    policies = sorted({name for metric in metrics for name in configured.metrics.policies_of(metric)})
    at, read = month_to(day), read or partial(_stored, configured)
    spans = {name: spans_of(configured, metrics, name, at) for name in datasets}
    return Ground(
        release=configured.release,
        ready=configured.metrics,
        places={name: configured.places(name, day) for name in policies},
        records={name: await read(name, spans[name]) for name in datasets},
        at=at,
    )


async def _stored(configured: Prepared, dataset: str, spans: Collection[Span]) -> list[Known]:
    return await known_in(configured.tenant, configured.release.datasets[dataset], spans)


def spans_of(configured: Prepared, metrics: Collection[str], dataset: str, at: At) -> list[Span]:
    """The days of the dataset that the metrics are read from: the month to date, and as far as windows reach."""
    ready = configured.metrics
    read = ((name, span) for metric in metrics for name, span in ready.spans_at(metric, at))
    return sorted({span for name, span in read if ready.measures[name].dataset == dataset and span[0] <= span[1]})


async def known_in(
    tenant: str, dataset: Dataset, spans: Collection[Span], *, known_at: datetime | None = None
) -> list[Known]:
    """The records of all the spans, each once, as known now or at a past moment."""
    if not spans:
        return []
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    known = await known_between(tenant, dataset, first, last, known_at=known_at)
    return [each for each in known if any(first <= day <= last for day in each.record.days for first, last in spans)]


async def splits_of(
    configured: Prepared, sight: Sight, metrics: Collection[str], scope: ScopeKind, key: str, day: date
) -> dict[str, Split]:
    """The plans behind the metrics' targets, with the targets of the place and of all above it that the reader sees."""
    month, found = month_of(day), dict[str, Split]()
    keys = [COMPANY, key, *_regions(configured, scope, key, day)]
    query = rows(TargetRow, configured.tenant).filter(metric__in=sorted(metrics), key__in=keys)
    stored = await query.values_list("plan", "metric", "scope", "key", "month", "value")
    plans = {row[1]: configured.release.plans.get(row[0]) for row in stored if row[4] == month}
    for metric, plan in plans.items():
        if plan is not None:
            values = {(row[2], row[3], row[4]): Decimal(row[5]) for row in stored if row[0] == plan.name}
            found[metric] = _split(configured, sight, plan, values, month)
    return found


def _regions(configured: Prepared, scope: ScopeKind, key: str, day: date) -> tuple[str, ...]:
    region = configured.org.region_of(key, month_bounds(month_of(day))[1]) if scope == "person" else key
    return configured.org.ancestors(region) if region else ()


def _split(
    configured: Prepared, sight: Sight, plan: Plan, values: dict[tuple[str, str, str], Decimal], month: str
) -> Split:
    year = plan.year if plan.year is not None else int(month[:4])
    step = configured.metrics.shapes[plan.metric].step if plan.unit is None else plan.unit
    return Split(
        plan=plan,
        months=months_of_year(year, configured.calendar),
        target=lambda scope, key, month: values.get((scope, key, month)),
        org=configured.org,
        calendar=configured.calendar,
        sees=sight.sees,
        unit=unit_of(step, Place(plan.name)).value(1),
    )


def may_open(dataset: Dataset, sight: Sight, record: Record) -> bool:
    """Whether the reader may open the record's own page."""
    if sight.everything:
        return True
    if dataset.region is not None and sight.regions:
        return record.region in sight.regions
    return record.owner in sight.people
