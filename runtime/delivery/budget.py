"""How many messages a channel may take a minute, counted over the attempts that all workers wrote down."""

from datetime import datetime, timedelta

from runtime.delivery.rows import DeliveryRow
from runtime.tenancy import rows

WINDOW = timedelta(seconds=60)


async def free_at(tenant: str, channel: str, per_minute: int | None, now: datetime) -> datetime | None:
    """None when the channel may be used now, else when the oldest attempt of the last minute leaves the window."""
    if per_minute is None:
        return None
    query = rows(DeliveryRow, tenant).filter(channel=channel, started_at__gt=now - WINDOW).order_by("-started_at")
    recent = await query.limit(per_minute)
    return recent[-1].started_at + WINDOW if len(recent) == per_minute else None
