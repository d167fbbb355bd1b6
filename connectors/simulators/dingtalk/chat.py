"""What a group's members would see."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.channels.dingtalk_robot.body import KEY_PARAMETER

RobotState = Literal["active", "revoked", "disabled", "removed", "dissolved"]
Silence = Literal["", "not_in_text", "not_in_at", "not_in_group"]

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
MENTION = re.compile(r"@([0-9A-Za-z_\-]+)")


class Robot(msgspec.Struct, frozen=True, kw_only=True):
    """A custom robot as its owner set it up in a group. `members` are the mobiles in the group (None: everybody);
    `addresses` the IPs that may send (empty: all)."""

    token: str
    group: str
    name: str = "对齐 Duiqi"
    secret: str | None = None
    keywords: tuple[str, ...] = ()
    members: frozenset[str] | None = None
    addresses: tuple[str, ...] = ()
    state: RobotState = "active"


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """One `@`: whom, by which name, and whether the telephone rings; if it does not, why."""

    address: str
    name: str | None
    rings: bool
    why: Silence = ""


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message in a group chat. `verified` says that the robot signs and the signature was right; `key` is the
    notice's key out of the message's link."""

    number: int
    sent_at: datetime
    group: str
    robot: str
    kind: str
    title: str
    text: str
    link: str | None
    key: str | None
    mentions: tuple[Mention, ...]
    everybody: bool
    verified: bool

    @property
    def rings(self) -> tuple[str, ...]:
        """The addresses of the people whose telephones ring."""
        return tuple(mention.address for mention in self.mentions if mention.rings)


def mentions_of(text: str, at: Mapping[str, object], robot: Robot, people: Mapping[str, str]) -> tuple[Mention, ...]:
    """Who is mentioned. DingTalk rings whom both the text and `at` name, and who is in the group."""
    named = dict.fromkeys((*strings(at.get("atMobiles")), *strings(at.get("atUserIds"))))
    written = dict.fromkeys(MENTION.findall(text))
    found = []
    for address in {**named, **written}:
        why: Silence = ""
        if address not in written:
            why = "not_in_text"
        elif address not in named:
            why = "not_in_at"
        elif robot.members is not None and address not in robot.members:
            why = "not_in_group"
        found.append(Mention(address=address, name=people.get(address), rings=not why, why=why))
    return tuple(found)


def link_of(text: str) -> str | None:
    """The address of the last link in the text."""
    links = LINK.findall(text)
    return str(links[-1]) if links else None


def key_of(link: str | None) -> str | None:
    """The notice's key in a link of ours."""
    if link is None:
        return None
    try:
        values = parse_qs(urlsplit(link).query).get(KEY_PARAMETER)
    except ValueError:
        return None
    return values[-1] if values else None


def strings(value: object) -> tuple[str, ...]:
    """The texts in a JSON list; anything else is left out."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
