"""The simulated DingTalk: what each conversation would show on the reader's phone."""

from datetime import datetime
from typing import Literal

import msgspec

from schema_defs.text import Text


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message as the vendor's client shows it; `body` is the robot's Markdown."""

    id: str
    at: datetime
    sender: Text
    title: str
    body: str
    mentions: tuple[str, ...] = ()
    key: str | None = None
    """The notice key, the same for every attempt."""
    link: str | None = None
    duplicate: bool = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A request that the simulator refused, as the vendor would."""

    at: datetime
    code: int
    said: Text


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    title: Text
    kind: Literal["group", "private"]
    messages: int = 0
    last: datetime | None = None
    last_title: str = ""


class ChatView(msgspec.Struct, frozen=True, kw_only=True):
    conversations: tuple[Conversation, ...] = ()
    chosen: Conversation | None = None
    messages: tuple[ChatMessage, ...] = ()
    """Of the chosen conversation, oldest first."""
    refusals: tuple[Refusal, ...] = ()
