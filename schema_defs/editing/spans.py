"""Where the values of a text stand, as offsets: what an edit replaces."""

import re
from collections.abc import Iterator

import msgspec

STYLES = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_BETWEEN = re.compile(r"(?:[ \t\r\n]|(?:(?<=[ \t\r\n])|^)#[^\r\n]*)*", re.MULTILINE)


class ScalarSpan(msgspec.Struct, frozen=True):
    """From the first character to the end of the last line that belongs to it; nothing between them where it is left empty."""

    start: int
    end: int
    style: str = "plain"


class EntrySpan(msgspec.Struct, frozen=True):
    start: int
    key_end: int
    value: "Span"

    @property
    def end(self) -> int:
        return max(self.key_end, self.value.end)


class MapSpan(msgspec.Struct, frozen=True):
    """`flow`: written in brackets; `column` is that of the keys, from 0."""

    start: int
    end: int
    flow: bool
    column: int
    entries: dict[str, EntrySpan]


class ListSpan(msgspec.Struct, frozen=True):
    """`column` is that of the dashes, from 0."""

    start: int
    end: int
    flow: bool
    column: int
    items: tuple["Span", ...]


Span = ScalarSpan | MapSpan | ListSpan


def skip(text: str, at: int) -> int:
    """The next character that is neither space nor comment."""
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The end of the line, before its line break."""
    found = text.find("\n", at)
    end = len(text) if found < 0 else found
    return end - 1 if end > at and text[end - 1] == "\r" else end


def next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def break_of(text: str) -> str:
    """How the text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def members(span: MapSpan | ListSpan) -> Iterator[tuple[int, int]]:
    """Start and end of each entry or item."""
    parts = span.entries.values() if isinstance(span, MapSpan) else span.items
    return ((part.start, part.end) for part in parts)
