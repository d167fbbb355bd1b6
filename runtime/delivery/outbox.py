"""The outbox: a message is a row that is committed with what decided it."""

import hashlib
from datetime import datetime

import msgspec

from runtime.delivery.rows import NotificationRow
from runtime.queue.jobs import enqueue
from runtime.tenancy import add_missing, rows
from schema_defs.text import Lang

INBOX = "inbox"
"""The channel that every tenant has: the reader's own list of messages."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient. `number` is the recipient's own count of notices of this rule and scope."""

    rule: str
    scope: str
    scope_key: str
    notice: str
    number: int
    recipient: str
    channel: str
    title: str
    body: str
    link: str = ""
    lang: Lang = "zh"
    at_mobiles: tuple[str, ...] = ()
    not_before: datetime


def notice_key(tenant: str, message: Message) -> str:
    """The stable name of the notice: the same for every attempt, different for every notice."""
    parts = (
        tenant,
        message.rule,
        message.scope,
        message.scope_key,
        message.recipient,
        message.channel,
        str(message.number),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


async def put(tenant: str, message: Message, *, now: datetime) -> str:
    """Writes the message inside the caller's transaction and wakes its channel after the commit; gives the notice's key.

    A key that exists already is the same notice, decided again: nothing is written.
    """
    key = notice_key(tenant, message)
    await add_missing(
        [
            NotificationRow(
                tenant=tenant,
                key=key,
                rule=message.rule,
                scope=message.scope,
                scope_key=message.scope_key,
                notice=message.notice,
                recipient=message.recipient,
                channel=message.channel,
                title=message.title,
                body=message.body,
                link=message.link,
                lang=message.lang,
                at_mobiles=list(message.at_mobiles),
                not_before=message.not_before,
                created_at=now,
            )
        ]
    )
    await wake_channel(tenant, message.channel, now, message.not_before)
    return key


async def wake_channel(tenant: str, channel: str, now: datetime, moment: datetime | None = None) -> None:
    """Has the channel's messages sent from the moment on, inside the caller's transaction."""
    await enqueue(tenant, "deliver", channel, {"channel": channel}, now=now, run_after=moment)


async def next_due(tenant: str, channel: str) -> datetime | None:
    """When the channel's next waiting message may go out."""
    waiting = rows(NotificationRow, tenant).filter(channel=channel, state="waiting").order_by("not_before").limit(1)
    found = await waiting
    return found[0].not_before if found else None
