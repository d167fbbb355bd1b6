"""Carrying out jobs that are due."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import structlog

from runtime.context import Context
from runtime.queue.claims import HEARTBEAT_SECONDS, claim, fail, finish, keep, postpone, report
from runtime.queue.handlers import TryLater, handler_of
from runtime.queue.rows import JobRow
from schema_defs.errors import DuiqiError, OutsideError

log = structlog.get_logger(__name__)
_current: ContextVar[JobRow | None] = ContextVar("current_job", default=None)


class LostJobError(Exception):
    """The job's lease had run out, and another worker has it now."""


async def carry_out_due(
    context: Context, tenant: str | None = None, *, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Does everything that is due, one job after the other, and returns how many there were."""
    count = 0
    while go_on() and (job := await claim(tenant, context.clock.now())) is not None:
        await carry_out(context, job)
        count += 1
    return count


async def carry_out(context: Context, job: JobRow) -> None:
    """Does one claimed job; whatever it raises ends here, as the job's reason."""
    token = _current.set(job)
    try:
        result = await _with_heartbeat(job, _handle(context, job))
    except asyncio.CancelledError:
        # The worker is being stopped: the next one goes on at once.
        await asyncio.shield(postpone(job, context.clock.now()))
        raise
    except TryLater as later:
        await postpone(job, context.clock.now() + later.wait)
    except LostJobError:
        log.warning("job was taken over", kind=job.kind, tenant=job.tenant, job=job.id)
    except DuiqiError as error:
        await _failed(context, job, error.said.en, permanent=_is_permanent(error), after=_retry_after(error))
    except Exception as error:
        log.exception("job failed", kind=job.kind, tenant=job.tenant, job=job.id)
        await _failed(context, job, f"{type(error).__name__}: {error}")
    else:
        await finish(job, result, context.clock.now())
    finally:
        _current.reset(token)


async def report_progress(progress: dict[str, Any]) -> None:
    """Shows how far the current job is, such as `{"done": 200, "total": 1000}`; outside a job nothing happens."""
    job = _current.get()
    if job is not None:
        await report(job, progress)


async def _handle(context: Context, job: JobRow) -> Any:
    function = handler_of(job.kind)
    if function is None:
        raise LookupError(f"no handler for jobs of kind '{job.kind}'")
    return await function(context, job.tenant, job.args)


async def _with_heartbeat(job: JobRow, work: Any) -> Any:
    """The work's result. A worker that was held up so long that somebody else got the job stops, with a LostJobError."""
    task = asyncio.ensure_future(work)
    beat = asyncio.create_task(_beat(job, task))
    try:
        return await task
    except asyncio.CancelledError:
        if beat.done():
            raise LostJobError from None
        raise
    finally:
        beat.cancel()


async def _beat(job: JobRow, task: "asyncio.Future[Any]") -> None:
    """Extends the lease; ends, and the task with it, when the job is somebody else's."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        try:
            if not await keep(job):
                break
        except Exception:
            log.exception("heartbeat failed", job=job.id)
    task.cancel()


async def _failed(
    context: Context, job: JobRow, reason: str, *, permanent: bool = False, after: timedelta | None = None
) -> None:
    dead = await fail(job, reason, context.clock.now(), permanent=permanent, after=after)
    log.warning(
        "job failed", kind=job.kind, tenant=job.tenant, job=job.id, attempt=job.attempts, dead=dead, reason=reason
    )


def _is_permanent(error: DuiqiError) -> bool:
    return not isinstance(error, OutsideError) or error.permanent


def _retry_after(error: DuiqiError) -> timedelta | None:
    seconds = error.retry_after if isinstance(error, OutsideError) else None
    return timedelta(seconds=seconds) if seconds else None
