"""The request body: Markdown that rings the right telephones, fits the limit and always keeps its link."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from connectors.channels.dingtalk_robot.cut import FENCE, cut, size
from connectors.channels.dingtalk_robot.escape import clean, escape_markdown
from connectors.channels.protocol import Outgoing
from connectors.errors import DataError
from schema_defs.text import Said

TITLE = 120
KEY_PARAMETER = "notice"
SHOWN_KEY = 8
"""The end of the key that one reads, to tell a repeated message by; the link carries the whole."""
OPEN = Said(zh="查看详情", en="Open")


class Composed(msgspec.Struct, frozen=True):
    """The bytes to send, and the addresses that are no telephone numbers and so ring nobody."""

    content: bytes
    unreached: tuple[str, ...]


def compose(outgoing: Outgoing, max_bytes: int, keyword: str | None) -> Composed:
    """The body of the request, at most `max_bytes` long: title, text (cut where it must be), mentions, link, keyword.
    Raises DataError when not even these fixed parts fit."""
    mobiles, unreached = telephones(outgoing.at_mobiles)
    title = shorten(" ".join(clean(outgoing.title).split()) or outgoing.key, TITLE)
    head = f"#### {escape_markdown(title)}"
    tail = [mentions(mobiles, outgoing.at_user_ids), link_line(outgoing), keyword_line(keyword, title)]
    text = closed(clean(outgoing.body).strip())

    def encode(middle: str) -> bytes:
        return payload(outgoing, title, "\n\n".join(part for part in (head, middle, *tail) if part), mobiles)

    room = max_bytes - len(encode("")) - size("\n\n")
    try:
        return Composed(encode(cut(text, room, lambda n: left_out(n, outgoing))), unreached)
    except ValueError:
        raise DataError(too_small(max_bytes)) from None


def payload(outgoing: Outgoing, title: str, text: str, mobiles: tuple[str, ...]) -> bytes:
    at = {"atMobiles": mobiles, "atUserIds": outgoing.at_user_ids, "isAtAll": False}
    return msgspec.json.encode({"msgtype": "markdown", "markdown": {"title": title, "text": text}, "at": at})


def telephones(written: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers as DingTalk knows them (`+86 138-0000-0001` is `13800000001`), each once, and what is no number."""
    numbers: dict[str, None] = {}
    refused: list[str] = []
    for one in written:
        number = re.sub(r"[\s()\-]", "", one).removeprefix("+86").removeprefix("+")
        if re.fullmatch(r"[0-9]{5,20}", number):
            numbers[number] = None
        else:
            refused.append(one)
    return tuple(numbers), tuple(refused)


def mentions(mobiles: tuple[str, ...], user_ids: tuple[str, ...]) -> str:
    """The mentions in the text: DingTalk rings only whom both the text and `at` name."""
    return " ".join(f"@{one}" for one in (*mobiles, *user_ids))


def with_key(link: str, key: str) -> str:
    """The link with the notice's key as a parameter, safe inside Markdown's parentheses."""
    parts = urlsplit(link)
    own = f"{KEY_PARAMETER}={quote(key, safe='')}"
    query = parts.query if own in parts.query.split("&") else "&".join(part for part in (parts.query, own) if part)
    return quote(urlunsplit(parts._replace(query=query)), safe="%/?#:&=+,;@!$~*'[]")


def link_line(outgoing: Outgoing) -> str:
    if outgoing.link is None:
        return ""
    shown = escape_markdown(outgoing.key[-SHOWN_KEY:])
    return f"[{OPEN.in_(outgoing.lang)} · {shown}]({with_key(outgoing.link, outgoing.key)})"


def keyword_line(keyword: str | None, title: str) -> str:
    """The robot's keyword where the title does not carry it; the text might be cut."""
    return "" if keyword is None or keyword in title else keyword


def left_out(count: int, outgoing: Outgoing) -> str:
    """What a cut text says in place of its rest."""
    if outgoing.link is None:
        return Said(zh=f"……（还有 {count:,} 个字未显示）", en=f"… ({count:,} more characters)").in_(outgoing.lang)
    said = Said(
        zh=f"……（还有 {count:,} 个字未显示，请打开链接查看）", en=f"… ({count:,} more characters behind the link)"
    )
    return said.in_(outgoing.lang)


def closed(text: str) -> str:
    """The text with its last block of code ended, so that the link below stays a link."""
    return f"{text}\n{FENCE}" if text.count(FENCE) % 2 else text


def shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def too_small(max_bytes: int) -> Said:
    return Said(
        zh=f"标题、@ 和链接本身已超过通道的上限 {max_bytes} 字节；请调高 max_bytes 或减少 @ 的人数",
        en=f"title, mentions and link alone exceed the channel's {max_bytes} bytes; "
        f"raise max_bytes or mention fewer people",
    )
