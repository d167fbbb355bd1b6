"""What every channel looks like from the outside."""

from datetime import datetime
from typing import Protocol

import msgspec

from schema_defs.text import Lang


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient.

    `key` names the notice and stays the same over all attempts. `title` is plain text. `body` is Markdown in which
    users' own words have passed the channel's `escape`. `link` leads into Duiqi; the key is added to it.
    `at_mobiles` and `at_user_ids` are the people whose telephones shall ring. `lang` is the language of our own words.
    """

    key: str
    title: str
    body: str
    link: str | None = None
    at_mobiles: tuple[str, ...] = ()
    at_user_ids: tuple[str, ...] = ()
    lang: Lang = "zh"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The other side took the message: when, by our clock, and the start of its answer. Not that anybody read it.
    `unreached` are addresses of the message that the channel could not use, such as a telephone that is no number."""

    accepted_at: datetime
    answer: str = ""
    unreached: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the channel may be asked for: messages a minute (None is no limit), bytes of one message, and whether one
    recipient alone reads it (a group robot's messages are never private)."""

    per_minute: int | None
    max_bytes: int
    private: bool


class Channel(Protocol):
    """An opened channel. Open it once and keep it: it remembers how it was throttled."""

    @property
    def limits(self) -> Limits: ...

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Sends once, without retries; raises a `ConnectorError` whose class is the decision."""
        ...
