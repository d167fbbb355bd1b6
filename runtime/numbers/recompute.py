"""A release that changes metrics, datasets or the organisation marks every record's place dirty: the numbers follow."""

from datetime import datetime

from runtime.database import transact
from runtime.numbers.rows import CellRow, DirtyRow
from runtime.queue.jobs import enqueue
from runtime.records.rows import RecordRow
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.live import LiveRelease
from runtime.tenancy import add_missing, rows
from schema_defs.release import Release


@on_publish
async def recompute_what_changed(publishing: Publishing) -> None:
    """Marks the datasets whose numbers may be others now; what no metric computes any more is removed."""
    changed = changed_datasets(publishing.before, publishing.live.release)
    names = [name for name, metric in publishing.live.release.metrics.items() if not metric.is_derived]
    await rows(CellRow, publishing.tenant).exclude(metric__in=names or [""]).delete()
    if changed:
        await mark_datasets(publishing.tenant, changed, publishing.now)


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
    """Marks every day of the datasets dirty and asks for the computing."""

    async def mark() -> None:
        query = rows(RecordRow, tenant).filter(dataset__in=datasets, superseded_at__isnull=True).distinct()
        places = await query.values_list("dataset", "day")
        marks = [
            DirtyRow(tenant=tenant, dataset=dataset, day=day, region="", owner="", marked_at=now)
            for dataset, day in sorted(set(places))
        ]
        await add_missing(marks)
        if marks:
            await enqueue(tenant, "compute", "numbers", now=now)

    await transact(mark)
