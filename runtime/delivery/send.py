"""Sending: claim a message, write the attempt down, call the channel, write down what came of it."""

from datetime import datetime, timedelta

import msgspec
import structlog

from connectors.channels.protocol import Channel, Outgoing, Receipt
from connectors.errors import ConfigError, ConnectorError, RateLimitedError
from runtime.context import Context
from runtime.database import database_now, transact
from runtime.delivery.budget import free_at
from runtime.delivery.channels import Channels
from runtime.delivery.outbox import next_due
from runtime.delivery.retry import next_attempt
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.events import publish_after_commit
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.tenancy import add, rows

LEASE = timedelta(seconds=45)
"""Longer than the longest call: after it, whoever claimed the message is dead, and another one may send it."""

log = structlog.get_logger()


@handler("deliver")
async def deliver(context: Context, tenant: str, args: dict[str, str]) -> None:
    """Sends what is due on one channel, as fast as the channel allows, and comes back for the rest."""
    name = args["channel"]
    await release_expired(tenant, name)
    try:
        channel = await Channels(context).open(tenant, name)
    except ConfigError as error:
        await _hold(tenant, name, error)
        return
    while (claimed := await _claim(context, tenant, name, channel)) is not None:
        await _attempt(context, tenant, channel, *claimed)
    await _come_back(context, tenant, name, channel)


async def _hold(tenant: str, channel: str, error: ConfigError) -> None:
    """Without a working channel its messages are held, each with the reason; a new release or secret frees them."""
    waiting = rows(NotificationRow, tenant).filter(channel=channel, state="waiting")
    await waiting.update(state="held", last_error=msgspec.to_builtins(error.said))


@on_publish
async def free_under_new_release(publishing: Publishing) -> None:
    """A new release may have mended a channel."""
    await free_held(publishing.tenant, publishing.now)


async def free_held(tenant: str, now: datetime) -> None:
    """Puts held messages back and wakes their channels: something about the channels was mended."""
    held = rows(NotificationRow, tenant).filter(state="held")
    channels = {row.channel for row in await held}
    await held.update(state="waiting")
    for channel in sorted(channels):
        await enqueue(tenant, "deliver", channel, {"channel": channel}, now=now)


async def release_expired(tenant: str, channel: str) -> int:
    """Gives back messages whose sender died between claiming and recording. Whether they arrived, nobody knows."""
    return await (
        rows(NotificationRow, tenant)
        .filter(channel=channel, state="sending", lease_until__lt=await database_now())
        .update(state="waiting", lease_until=None)
    )


async def _claim(
    context: Context, tenant: str, name: str, channel: Channel
) -> tuple[NotificationRow, DeliveryRow] | None:
    """The next message that is due, with its attempt written down; None when nothing is due or the budget is used up."""
    now = context.clock.now()
    due = rows(NotificationRow, tenant).filter(channel=name, state="waiting", not_before__lte=now)
    for candidate in await due.order_by("not_before", "id").limit(1):

        async def claim(candidate: NotificationRow = candidate) -> tuple[NotificationRow, DeliveryRow] | None:
            mine = rows(NotificationRow, tenant).filter(id=candidate.id, state="waiting", attempts=candidate.attempts)
            if not await mine.update(
                state="sending", lease_until=await database_now() + LEASE, attempts=candidate.attempts + 1
            ):
                return None
            if await free_at(tenant, name, channel.limits.per_minute, now) is not None:
                taken = rows(NotificationRow, tenant).filter(id=candidate.id)
                await taken.update(state="waiting", lease_until=None, attempts=candidate.attempts)
                return None
            candidate.attempts += 1
            attempt = DeliveryRow(
                tenant=tenant, notification_id=candidate.id, channel=name, number=candidate.attempts, started_at=now
            )
            return candidate, await add(attempt)

        return await transact(claim)
    return None


async def _attempt(
    context: Context, tenant: str, channel: Channel, message: NotificationRow, attempt: DeliveryRow
) -> None:
    outgoing = Outgoing(
        key=message.key,
        title=message.title,
        body=message.body,
        link=message.link or None,
        at_mobiles=tuple(message.at_mobiles),
    )
    answer = await _answer(channel, outgoing)
    if isinstance(answer, Receipt):
        log.info("delivery.sent", tenant=tenant, channel=message.channel, key=message.key)
        await transact(lambda: _sent(context, tenant, message, attempt, answer))
    else:
        log.warning("delivery.failed", tenant=tenant, channel=message.channel, reason=answer.error_class)
        await transact(lambda: _failed(context, tenant, message, attempt, answer))


async def _answer(channel: Channel, outgoing: Outgoing) -> Receipt | ConnectorError:
    try:
        return await channel.send(outgoing)
    except ConnectorError as error:
        return error


async def _sent(
    context: Context, tenant: str, message: NotificationRow, attempt: DeliveryRow, receipt: Receipt
) -> None:
    now = context.clock.now()
    mine = rows(NotificationRow, tenant).filter(id=message.id)
    await mine.update(state="sent", sent_at=now, lease_until=None, last_error=None)
    await _record(tenant, attempt, now, "sent", receipt.answer)
    publish_after_commit(context.events, tenant, "delivery", {"key": message.key, "state": "sent"})


async def _failed(
    context: Context, tenant: str, message: NotificationRow, attempt: DeliveryRow, error: ConnectorError
) -> None:
    now = context.clock.now()
    again = None if error.permanent else next_attempt(message.attempts, now, error.retry_after)
    changes = {"state": "waiting", "not_before": again} if again else {"state": "dead"}
    mine = rows(NotificationRow, tenant).filter(id=message.id)
    await mine.update(lease_until=None, last_error=msgspec.to_builtins(error.said), **changes)
    await _record(tenant, attempt, now, error.error_class, error.answer)
    if isinstance(error, RateLimitedError) and again:
        waiting = rows(NotificationRow, tenant).filter(channel=message.channel, state="waiting", not_before__lt=again)
        await waiting.update(not_before=again)
    publish_after_commit(context.events, tenant, "delivery", {"key": message.key, "state": changes["state"]})


async def _record(tenant: str, attempt: DeliveryRow, now: datetime, outcome: str, answer: str) -> None:
    await rows(DeliveryRow, tenant).filter(id=attempt.id).update(finished_at=now, outcome=outcome, answer=answer)


async def _come_back(context: Context, tenant: str, name: str, channel: Channel) -> None:
    """Asks to be woken when the next message is due and the budget allows it, or when a lease runs out."""
    now = context.clock.now()
    due = await next_due(tenant, name)
    if due is not None:
        free = await free_at(tenant, name, channel.limits.per_minute, now)
        moment = max(due, free or now, now)
        await transact(lambda: enqueue(tenant, "deliver", name, {"channel": name}, now=now, run_after=moment))
    elif await rows(NotificationRow, tenant).filter(channel=name, state="sending").exists():
        await transact(lambda: enqueue(tenant, "deliver", name, {"channel": name}, now=now, run_after=now + LEASE))
