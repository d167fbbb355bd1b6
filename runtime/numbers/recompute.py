"""A release that changes metrics, datasets or the organisation marks every record's place dirty: the numbers follow."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from tortoise.expressions import F

from runtime.bulk import Condition, in_pieces, read_many
from runtime.numbers.rows import CellRow, NumbersRow
from runtime.queue.jobs import enqueue
from runtime.records.rows import RecordRow
from runtime.records.store import mark_dirty
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.live import LiveRelease
from runtime.tenancy import add_missing, rows
from schema_defs.dataset import Credit, Dataset
from schema_defs.release import Release


@on_publish
async def recompute_what_changed(publishing: Publishing) -> None:
    """Marks the datasets whose numbers may be others now; what no metric computes any more is removed.

    Whoever computes or judges at this moment by the release before is overtaken.
    """
    tenant, now = publishing.tenant, publishing.now
    await add_missing([NumbersRow(tenant=tenant, changed_at=now)])
    await rows(NumbersRow, tenant).update(seq=F("seq") + 1)
    names = [name for name, metric in publishing.live.release.metrics.items() if metric.is_base]
    await rows(CellRow, tenant).exclude(metric__in=names or [""]).delete()
    await mark_datasets(tenant, changed_datasets(publishing.before, publishing.live.release), now)


def changed_datasets(before: LiveRelease | None, after: Release) -> list[str]:
    """The datasets whose records count otherwise than before."""
    if before is None:
        return list(after.datasets)
    if before.release.organisation != after.organisation or before.release.calendar != after.calendar:
        return list(after.datasets)
    old, found = before.release, []
    for name, dataset in after.datasets.items():
        mine = {key: metric for key, metric in after.metrics.items() if metric.dataset == name}
        theirs = {key: metric for key, metric in old.metrics.items() if metric.dataset == name}
        if dataset != old.datasets.get(name) or mine != theirs:
            found.append(name)
    return found


async def mark_datasets(tenant: str, datasets: list[str], now: datetime) -> None:
    """Marks every day of the datasets dirty, inside the caller's transaction, and asks for the computing."""
    for dataset in datasets:
        days = await read_many(RecordRow, tenant, ("day",), [("dataset", "=", dataset)], distinct=True)
        await mark_dirty(tenant, dataset, [(day, "", "") for (day,) in days], now)
    if datasets:
        await enqueue(tenant, "compute", "numbers", now=now)


async def mark_owners(tenant: str, release: Release, people: Collection[str], now: datetime) -> None:
    """Marks the days on which the people own records of datasets that take the region from the owner, inside the caller's transaction.

    Who shares split credit is no column of a record: there every day is marked.
    """
    by_owner = [each for each in release.datasets.values() if each.region is None and each.owner is not None]
    if not people or not by_owner:
        return
    for dataset in by_owner:
        days = {day for some in in_pieces(people) for day in await _days_of(tenant, dataset, some)}
        await mark_dirty(tenant, dataset.name, [(day, "", "") for day in days], now)
    await enqueue(tenant, "compute", "numbers", now=now)


async def _days_of(tenant: str, dataset: Dataset, people: Sequence[str]) -> set[date]:
    where: list[Condition] = [("dataset", "=", dataset.name)]
    where += [] if isinstance(dataset.owner, Credit) else [("owner", "in", people)]
    return {day for (day,) in await read_many(RecordRow, tenant, ("day",), where, distinct=True)}
