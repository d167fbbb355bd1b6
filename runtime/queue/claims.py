"""Taking a job, keeping it, and giving it back: conditional updates whose changed rows are counted.

Due times are the product's (they may be virtual); leases are the database's, since the clocks of two machines differ.
"""

from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import F
from tortoise.functions import Min
from tortoise.queryset import QuerySet

from runtime.database import database_now
from runtime.queue.jobs import RETRY_AFTER, TRIES
from runtime.queue.rows import JobRow
from runtime.tenancy import across_tenants, rows
from runtime.tenants.rows import TenantRow

LEASE = timedelta(seconds=30)
HEARTBEAT_SECONDS = 8.0
WAITING = ("queued", "failed")
_LOOKED_AT = 50


async def claim(tenant: str | None, now: datetime) -> JobRow | None:
    """The job that is due longest, now this worker's; None when nothing is due. Without a tenant, anybody's."""
    for row in await _due(tenant, now):
        if await _is_busy(row):
            continue
        taken = (
            await rows(JobRow, row.tenant)
            .filter(id=row.id, state=row.state, attempts=row.attempts)
            .update(
                state="running",
                slot=row.id,
                attempts=F("attempts") + 1,
                lease_until=await database_now() + LEASE,
                error=None,
            )
        )
        if taken:
            return await rows(JobRow, row.tenant).get(id=row.id)
    return None


async def next_due(tenant: str | None = None) -> datetime | None:
    """When the next waiting job is due; None when none waits."""
    waiting = (await _waiting(tenant)).annotate(due=Min("run_after"))
    found: list[Any] = list(await waiting.values_list("due", flat=True))
    return found[0] if found else None


async def keep(job: JobRow) -> bool:
    """Extends the lease; False when the job was given to somebody else in between."""
    now = await database_now()
    return bool(await _mine(job).update(lease_until=now + LEASE, heartbeat_at=now))


async def report(job: JobRow, progress: dict[str, Any]) -> None:
    """Shows how far the job is."""
    await _mine(job).update(progress=progress)


async def finish(job: JobRow, result: Any, now: datetime) -> bool:
    """Marks the job done; False when it is not this worker's any more."""
    return bool(await _mine(job).update(state="done", result=result, lease_until=None, finished_at=now))


async def postpone(job: JobRow, until: datetime) -> bool:
    """Gives the job back without counting the try."""
    return bool(await _mine(job).update(state="failed", attempts=F("attempts") - 1, run_after=until, lease_until=None))


async def fail(
    job: JobRow, reason: str, now: datetime, *, permanent: bool = False, after: timedelta | None = None
) -> bool:
    """Gives the job back to be tried later; after its last try, or if no try can help, it is dead. True if it is."""
    if permanent or job.attempts >= TRIES:
        await _mine(job).update(state="dead", error=reason, lease_until=None, finished_at=now)
        return True
    wait = max(after or timedelta(0), RETRY_AFTER[job.attempts - 1])
    await _mine(job).update(state="failed", error=reason, run_after=now + wait, lease_until=None)
    return False


async def rescue(now: datetime, *, all_running: bool = False) -> int:
    """Gives back the jobs whose workers have died, and returns how many; `all_running` when no other worker can exist."""
    lost = across_tenants(JobRow).filter(state="running")
    if not all_running:
        lost = lost.filter(lease_until__lt=await database_now())
    count = 0
    for job in await lost:
        count += 1
        if job.attempts >= TRIES:
            await fail(job, "the worker died each time", now)
        else:
            await _mine(job).update(state="failed", error="the worker died", run_after=now, lease_until=None)
    return count


async def forget(finished_before: datetime) -> int:
    """Removes jobs that were done long ago, so that the table stays small; dead ones stay until somebody looks."""
    return await across_tenants(JobRow).filter(state="done", finished_at__lt=finished_before).delete()


async def _due(tenant: str | None, now: datetime) -> list[JobRow]:
    waiting = (await _waiting(tenant)).filter(run_after__lte=now)
    return await waiting.order_by("run_after", "id").limit(_LOOKED_AT)


async def _is_busy(row: JobRow) -> bool:
    """Whether a job of the same kind and key runs: two of them would only get into each other's way."""
    return bool(row.key) and await rows(JobRow, row.tenant).filter(kind=row.kind, key=row.key, state="running").exists()


async def _waiting(tenant: str | None) -> QuerySet[JobRow]:
    """The jobs that wait, of one tenant or of all; nothing is done for tenants that are suspended."""
    jobs = rows(JobRow, tenant) if tenant else across_tenants(JobRow)
    suspended = list(await across_tenants(TenantRow).filter(state="suspended").values_list("tenant", flat=True))
    waiting = jobs.filter(state__in=WAITING)
    return waiting.exclude(tenant__in=suspended) if suspended else waiting


def _mine(job: JobRow) -> QuerySet[JobRow]:
    """The job as long as it is the same try: another worker's claim has another number."""
    return rows(JobRow, job.tenant).filter(id=job.id, state="running", attempts=job.attempts)
