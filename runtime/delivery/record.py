"""What came of an attempt, written down with what follows from it."""

from datetime import datetime
from typing import Any

import msgspec

from connectors.channels.protocol import Receipt
from connectors.errors import ConfigError, ConnectorError, QuotaExhaustedError, RateLimitedError
from runtime.context import Context
from runtime.delivery.retry import after_throttling, next_attempt
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.events import publish_after_commit
from runtime.tenancy import rows
from schema_defs.text import Said

UNKNOWN = ("started", "transient")
"""Outcomes that count as failures of the message: it may have arrived or not."""


async def record_sent(
    context: Context, tenant: str, message: NotificationRow, attempt: DeliveryRow, receipt: Receipt
) -> None:
    """The message is out; `unreached` addresses stay visible."""
    now = context.clock.now()
    await _end(tenant, attempt, now, "sent", receipt.answer, list(receipt.unreached) or None)
    await _set(context, tenant, message, state="sent", sent_at=now, last_error=None)


async def record_failed(
    context: Context, tenant: str, message: NotificationRow, attempt: DeliveryRow, error: ConnectorError
) -> None:
    """By the error's class: tried again, held until the channel is mended, or dead. Throttling stops the whole channel."""
    now = context.clock.now()
    await _end(tenant, attempt, now, error.error_class, error.answer)
    said = msgspec.to_builtins(error.said)
    if isinstance(error, ConfigError):
        await _set(context, tenant, message, state="held", last_error=said)
        if error.disable:
            await hold_all(tenant, message.channel, error.said)
    elif isinstance(error, RateLimitedError | QuotaExhaustedError):
        again = after_throttling(now, error.retry_after)
        await _set(context, tenant, message, state="waiting", not_before=again, last_error=said)
        waiting = rows(NotificationRow, tenant).filter(channel=message.channel, state="waiting", not_before__lt=again)
        await waiting.update(not_before=again)
    else:
        again_at = None if error.permanent else next_attempt(await _failures(tenant, message), now, error.retry_after)
        changes: dict[str, Any] = {"state": "waiting", "not_before": again_at} if again_at else {"state": "dead"}
        await _set(context, tenant, message, last_error=said, **changes)


async def hold_all(tenant: str, channel: str, why: Said) -> None:
    """Without a working channel its messages are held, each with the reason; a new release or secret frees them."""
    waiting = rows(NotificationRow, tenant).filter(channel=channel, state="waiting")
    await waiting.update(state="held", last_error=msgspec.to_builtins(why))


async def _failures(tenant: str, message: NotificationRow) -> int:
    attempts = rows(DeliveryRow, tenant).filter(notification_id=message.id, outcome__in=UNKNOWN)
    return max(1, await attempts.count())


async def _end(
    tenant: str, attempt: DeliveryRow, now: datetime, outcome: str, answer: str, unreached: list[str] | None = None
) -> None:
    mine = rows(DeliveryRow, tenant).filter(id=attempt.id)
    await mine.update(finished_at=now, outcome=outcome, answer=answer, unreached=unreached)


async def _set(context: Context, tenant: str, message: NotificationRow, **changes: Any) -> None:
    """Changes the message if the claim is still this worker's: after the lease it may be somebody else's, or sent already."""
    mine = rows(NotificationRow, tenant).filter(id=message.id, state="sending", attempts=message.attempts)
    if changes["state"] == "sent":
        mine = rows(NotificationRow, tenant).filter(id=message.id)
    await mine.update(lease_until=None, **changes)
    publish_after_commit(context.events, tenant, "delivery", {"key": message.key, "state": changes["state"]})
