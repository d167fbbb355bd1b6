"""Work without a worker: tests and the virtual clock go from one due moment to the next."""

from datetime import datetime

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.queue.carry import carry_out_due
from runtime.queue.claims import next_due


async def drain(context: Context, tenant: str | None = None) -> int:
    """Does all jobs that are due now, and those that they ask for; returns how many there were."""
    return await carry_out_due(context, tenant)


async def drain_until(context: Context, clock: VirtualClock, end: datetime, tenant: str | None = None) -> int:
    """Moves the clock from one due job to the next up to `end`, doing each in its own time; returns how many there were."""
    count = await drain(context, tenant)
    while (due := await next_due(tenant)) is not None and due <= end:
        clock.advance_to(due)
        count += await drain(context, tenant)
    clock.advance_to(end)
    return count
