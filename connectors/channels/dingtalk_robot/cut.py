"""Cutting a long text so that it fits into a request of limited bytes, at a place that breaks nothing."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

import msgspec

FENCE = "```"
OPEN_LINK = re.compile(r"!?\[[^\]\n]*(\]\([^)\n]*|\]?)$")
JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def size(text: str) -> int:
    """The bytes that the text takes inside a JSON string."""
    return len(msgspec.json.encode(text)) - 2


def cut(text: str, room: int, note: Callable[[int], str]) -> str:
    """The text if it takes at most `room` bytes, else its longest clean beginning followed by `note(characters left
    out)`. Raises ValueError when not even the note has room."""
    if size(text) <= room:
        return text
    left = room - size(note(len(text)))
    if left < 0:
        raise ValueError("no room for the note")
    kept = text[: clean_end(text, longest(text, left))].rstrip()
    return kept + note(len(text) - len(kept))


def longest(text: str, room: int) -> int:
    """How many characters from the start take at most `room` bytes."""
    return bisect_right(list(accumulate(size(character) for character in text)), room)


def clean_end(text: str, end: int) -> int:
    """The last place at or before `end` where neither a line (if one ends in the second half), a visible character,
    an escape, a link nor a block of code is torn."""
    line = text.rfind("\n", 0, end + 1)
    if line > end // 2:
        end = line
    while 0 < end < len(text) and joined(text[end - 1], text[end]):
        end -= 1
    head = text[:end]
    if head.count(FENCE) % 2:
        head = head[: head.rfind(FENCE)]
    link = OPEN_LINK.search(head)
    if link:
        head = head[: link.start()]
    slashes = len(head) - len(head.rstrip("\\"))
    return len(head) - slashes % 2


def joined(before: str, after: str) -> bool:
    """Whether the two characters are shown as one."""
    return after in JOINERS or before == "\u200d" or unicodedata.category(after) in ("Mn", "Mc", "Me")
