"""Sending: claim a message, write the attempt down, call the channel, write down what came of it."""

from datetime import datetime, timedelta
from typing import get_args

import structlog

from connectors.channels.protocol import Channel, Outgoing, Receipt
from connectors.errors import ConfigError, ConnectorError, TransientError
from runtime.bulk import read_many
from runtime.context import Context
from runtime.database import database_now, transact
from runtime.delivery.budget import LONGEST_CALL, free_at
from runtime.delivery.channels import open_for
from runtime.delivery.outbox import next_due, wake_channel
from runtime.delivery.record import hold_all, record_failed, record_sent
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.locks import hold
from runtime.queue.handlers import handler
from runtime.releases.hooks import Publishing, on_publish
from runtime.tenancy import add, rows
from schema_defs.text import Lang, Said

LEASE = LONGEST_CALL
"""Longer than the longest call: after it, whoever claimed the message is dead, and another one may send it."""

log = structlog.get_logger()


@handler("deliver")
async def deliver(context: Context, tenant: str, args: dict[str, str]) -> None:
    """Sends what is due on one channel, as fast as the channel allows, and comes back for the rest."""
    name = args["channel"]
    await release_expired(tenant, name)
    try:
        channel = await open_for(context, tenant, name)
    except ConfigError as error:
        await hold_all(tenant, name, error.said)
        return
    while (claimed := await _claim(context, tenant, name, channel)) is not None:
        await _attempt(context, tenant, channel, *claimed)
    await _come_back(context, tenant, name, channel)


@on_publish
async def free_under_new_release(publishing: Publishing) -> None:
    """A new release may have mended a channel."""
    await free_held(publishing.tenant, publishing.now)


async def free_held(tenant: str, now: datetime) -> None:
    """Puts held messages back and wakes their channels: a channel's document or a secret was changed."""

    async def write() -> None:
        found = await read_many(NotificationRow, tenant, ("channel",), [("state", "=", "held")], distinct=True)
        await rows(NotificationRow, tenant).filter(state="held").update(state="waiting")
        for (channel,) in found:
            await wake_channel(tenant, channel, now)

    await transact(write)


async def send_again(tenant: str, key: str, now: datetime) -> bool:
    """Gives a dead message another round of tries, with the same key; False if it is not dead."""

    async def write() -> bool:
        mine = rows(NotificationRow, tenant).filter(key=key, state="dead")
        found = await mine.get_or_none()
        if found is None or not await mine.update(state="waiting", not_before=now):
            return False
        await rows(DeliveryRow, tenant).filter(notification_id=found.id, outcome="transient").update(outcome="given_up")
        await wake_channel(tenant, found.channel, now)
        return True

    return await transact(write)


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
    """The next message that is due, with its attempt written down; None when nothing is due or the budget is used up.

    One claim of a channel at a time: so two workers together keep the budget.
    """
    now = context.clock.now()

    async def claim() -> tuple[NotificationRow, DeliveryRow] | None:
        await hold(tenant, f"channel:{name}")
        due = rows(NotificationRow, tenant).filter(channel=name, state="waiting", not_before__lte=now)
        message = await due.order_by("not_before", "id").first()
        if message is None or await free_at(tenant, name, channel.limits.per_minute, now) is not None:
            return None
        mine = rows(NotificationRow, tenant).filter(id=message.id, state="waiting", attempts=message.attempts)
        message.attempts += 1
        lease = await database_now() + LEASE
        if not await mine.update(state="sending", lease_until=lease, attempts=message.attempts):
            return None
        attempt = DeliveryRow(
            tenant=tenant, notification_id=message.id, channel=name, number=message.attempts, started_at=now
        )
        return message, await add(attempt)

    return await transact(claim)


async def _attempt(
    context: Context, tenant: str, channel: Channel, message: NotificationRow, attempt: DeliveryRow
) -> None:
    answer = await _answer(channel, _outgoing(message))
    if isinstance(answer, Receipt):
        log.info(
            "delivery.sent", tenant=tenant, channel=message.channel, key=message.key, unreached=len(answer.unreached)
        )
        await transact(lambda: record_sent(context, tenant, message, attempt, answer))
    else:
        log.warning("delivery.failed", tenant=tenant, channel=message.channel, reason=answer.error_class)
        await transact(lambda: record_failed(context, tenant, message, attempt, answer))


def _outgoing(message: NotificationRow) -> Outgoing:
    lang: Lang = message.lang if message.lang in get_args(Lang) else "zh"  # type: ignore[assignment]  # just looked
    return Outgoing(
        key=message.key,
        title=message.title,
        body=message.body,
        link=message.link or None,
        at_mobiles=tuple(message.at_mobiles),
        lang=lang,
    )


async def _answer(channel: Channel, outgoing: Outgoing) -> Receipt | ConnectorError:
    """What came of it. A fault of our own is one message's, and is tried again like a disturbed line."""
    try:
        return await channel.send(outgoing)
    except ConnectorError as error:
        return error
    except Exception as error:
        log.exception("delivery.broke", key=outgoing.key)
        return TransientError(_OURS, answer=type(error).__name__)


async def _come_back(context: Context, tenant: str, name: str, channel: Channel) -> None:
    """Asks to be woken when the next message is due and the budget allows it, or when a lease runs out."""
    now, due = context.clock.now(), await next_due(tenant, name)
    moments = []
    if due is not None:
        moments.append(max(due, await free_at(tenant, name, channel.limits.per_minute, now) or now, now))
    sending = rows(NotificationRow, tenant).filter(channel=name, state="sending", lease_until__isnull=False)
    if left := await sending.order_by("lease_until").first():
        assert left.lease_until is not None
        moments.append(now + max(left.lease_until - await database_now(), timedelta(0)) + timedelta(seconds=1))
    if moments:
        await transact(lambda: wake_channel(tenant, name, now, min(moments)))


_OURS = Said(zh="发送时出现内部错误", en="an internal error happened while sending")
