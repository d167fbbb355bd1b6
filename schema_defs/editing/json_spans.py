"""The spans of a JSON text that the loader reads without a problem."""

import re
from json import JSONDecoder

from schema_defs.editing.spans import EntrySpan, ListSpan, MapSpan, ScalarSpan, Span

_SPACE = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"[-+.\w]+")
_STRINGS = JSONDecoder()


def json_spans(text: str) -> Span:
    return _value(text, _skip(text, 0))


def _value(text: str, at: int) -> Span:
    match text[at]:
        case "{":
            return _object(text, at)
        case "[":
            return _array(text, at)
        case '"':
            return ScalarSpan(at, _STRINGS.raw_decode(text, at)[1], "double")
        case _:
            found = _ATOM.match(text, at)
            return ScalarSpan(at, found.end() if found else at)


def _object(text: str, start: int) -> MapSpan:
    entries: dict[str, EntrySpan] = {}
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = _STRINGS.raw_decode(text, at)
        value = _value(text, _skip(text, _skip(text, end) + 1))
        entries[key] = EntrySpan(at, end, value)
        at = _next(text, value.end)
    return MapSpan(start, at + 1, True, 0, entries)


def _array(text: str, start: int) -> ListSpan:
    items: list[Span] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at))
        at = _next(text, items[-1].end)
    return ListSpan(start, at + 1, True, 0, tuple(items))


def _next(text: str, at: int) -> int:
    """The next member, or the closing bracket."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
