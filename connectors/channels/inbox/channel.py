"""The inbox as a channel like any other."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from connectors.channels.protocol import Limits, Outgoing, Receipt
from schema_defs import channel as documents

MAX_BYTES = 100_000


class Inbox:
    """Takes every message at once: whoever keeps the notification's row has delivered it."""

    def __init__(self, limits: Limits, now: Callable[[], datetime]) -> None:
        self.limits = limits
        self._now = now

    async def send(self, outgoing: Outgoing) -> Receipt:
        return Receipt(accepted_at=self._now(), answer="inbox")


def open_inbox(
    document: documents.Channel, secrets: Mapping[str, str], http: httpx.AsyncClient, now: Callable[[], datetime]
) -> Inbox:
    limits = Limits(per_minute=document.per_minute, max_bytes=document.max_bytes or MAX_BYTES, private=True)
    return Inbox(limits, now)


def same_text(text: str) -> str:
    """The inbox page escapes when it renders; the words stay as they were written."""
    return text
