"""A release that changes metrics, datasets or the organisation marks every record's place dirty: the numbers follow."""

from datetime import datetime

from tortoise.expressions import F

from runtime.bulk import read_many
from runtime.numbers.rows import CellRow, NumbersRow
from runtime.queue.jobs import enqueue
from runtime.records.rows import RecordRow
from runtime.records.store import mark_dirty
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.live import LiveRelease
from runtime.tenancy import add_missing, rows
from schema_defs.release import Release


@on_publish
async def recompute_what_changed(publishing: Publishing) -> None:
    """Marks the datasets whose numbers may be others now; what no metric computes any more is removed.

    Whoever computes or judges at this moment by the release before is overtaken.
    """
    tenant, now = publishing.tenant, publishing.now
    await add_missing([NumbersRow(tenant=tenant, changed_at=now)])
    await rows(NumbersRow, tenant).update(seq=F("seq") + 1)
    names = [name for name, metric in publishing.live.release.metrics.items() if not metric.is_derived]
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
