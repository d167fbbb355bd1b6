"""How many messages a channel may take a minute, counted over the attempts that all workers wrote down."""

from datetime import datetime, timedelta

from runtime.bulk import Condition, read_many
from runtime.delivery.rows import DeliveryRow

WINDOW = timedelta(seconds=60)
LONGEST_CALL = timedelta(seconds=45)
"""An attempt that nobody recorded the end of has arrived within so long, if at all."""


async def free_at(tenant: str, channel: str, per_minute: int | None, now: datetime) -> datetime | None:
    """None when the channel may be used now, else from when on.

    Attempts count until a minute after they may have arrived: so the receiver, whose minute begins with the arrival, never
    sees more than the budget in any minute of its own.
    """
    if per_minute is None:
        return None
    where: list[Condition] = [("channel", "=", channel), ("started_at", ">", now - WINDOW - LONGEST_CALL)]
    found = await read_many(DeliveryRow, tenant, ("started_at", "finished_at"), where)
    arrived: list[datetime] = sorted((ended or min(begun + LONGEST_CALL, now) for begun, ended in found), reverse=True)
    if len(arrived) < per_minute or arrived[per_minute - 1] <= now - WINDOW:
        return None
    return arrived[per_minute - 1] + WINDOW
