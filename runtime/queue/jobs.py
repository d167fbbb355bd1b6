"""Asking for work: a row, committed with what caused it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from runtime.columns import KEY_LENGTH
from runtime.database import after_commit, transact
from runtime.queue.rows import JobRow
from runtime.queue.wake import wake
from runtime.tenancy import put_all, rows

RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""How long a failed job waits before its second, third, … try."""
TRIES = 1 + len(RETRY_AFTER)
"""A job that failed this often is dead; it stays visible with its reason."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as its page shows it; states are queued, running, done, failed (tried again later), dead."""

    id: str
    tenant: str
    kind: str
    key: str
    args: dict[str, Any]
    state: str
    attempts: int
    run_after: datetime
    created_at: datetime
    finished_at: datetime | None = None
    progress: dict[str, Any] | None = None
    result: Any = None
    error: str | None = None


async def enqueue(
    tenant: str,
    kind: str,
    key: str = "",
    args: dict[str, Any] | None = None,
    *,
    now: datetime,
    run_after: datetime | None = None,
) -> str:
    """Asks for `kind` to be done from `run_after` (default `now`) on, and returns the job's id. Part of the caller's transaction.

    Of one kind and key, one job waits at most: asking again returns it, with the earlier of the two moments. The one
    that waits has not begun, so it will see what the caller's transaction wrote. Without a key every call is a job.
    """
    due = run_after or now
    row = JobRow(tenant=tenant, kind=kind, key=key, slot="", args=args or {}, run_after=due, created_at=now)
    row.slot = _slot(key) or row.id

    async def put() -> str:
        # Overwriting the key with itself locks a job that waits already: it cannot be claimed before this transaction ends.
        await put_all([row], unique=("tenant", "kind", "slot"), update=("key",))
        waiting = rows(JobRow, tenant).filter(kind=kind, slot=row.slot)
        await waiting.filter(run_after__gt=due).update(run_after=due)
        after_commit(lambda: wake(tenant))
        return (await waiting.get()).id if key else row.id

    return await transact(put)


async def find_job(tenant: str, job_id: str) -> Job | None:
    row = await rows(JobRow, tenant).get_or_none(id=job_id)
    return job_of(row) if row else None


async def list_jobs(tenant: str, *, states: tuple[str, ...] = (), limit: int = 100) -> list[Job]:
    """The newest jobs first."""
    found = rows(JobRow, tenant).order_by("-id").limit(limit)
    return [job_of(row) for row in await (found.filter(state__in=states) if states else found)]


async def retry_dead(tenant: str, job_id: str, *, now: datetime) -> bool:
    """Gives a dead job another round of tries; False if it is not dead."""
    count = (
        await rows(JobRow, tenant)
        .filter(id=job_id, state="dead")
        .update(state="failed", attempts=0, run_after=now, finished_at=None)
    )
    if count:
        after_commit(lambda: wake(tenant))
    return bool(count)


def job_of(row: JobRow) -> Job:
    return Job(
        id=row.id, tenant=row.tenant, kind=row.kind, key=row.key, args=row.args, state=row.state, attempts=row.attempts,
        run_after=row.run_after, created_at=row.created_at, finished_at=row.finished_at, progress=row.progress,
        result=row.result, error=row.error,
    )  # fmt: skip


def _slot(key: str) -> str:
    if len(key) > KEY_LENGTH:
        raise ValueError(f"a job's key has {KEY_LENGTH} characters at most")
    return key
