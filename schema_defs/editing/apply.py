"""One step of an edit on a text: a value replaced, added or removed."""

from schema_defs.editing import render
from schema_defs.editing.plain import Value
from schema_defs.editing.spans import (
    ListSpan,
    MapSpan,
    ScalarSpan,
    Span,
    break_of,
    line_end,
    line_start,
    members,
    next_line,
    skip,
)

Container = MapSpan | ListSpan


def replace(text: str, span: Span, parent: Container | None, value: Value, *, as_json: bool) -> str:
    """The value in place of the old one, in its style where that can be."""
    in_flow = as_json or (parent is not None and parent.flow)
    if isinstance(value, list | dict):
        written = render.inline(value, as_json=as_json)
    elif isinstance(value, str) and not in_flow and parent is not None and render.is_literal(value):
        written = render.literal(value, parent.column + 2).replace("\n", break_of(text))
    else:
        style = span.style if isinstance(span, ScalarSpan) else "plain"
        written = render.scalar(value, style=style, flow=in_flow, as_json=as_json)
    start, lead = _place(text, span)
    return text[:start] + lead + written + text[span.end :]


def _place(text: str, span: Span) -> tuple[int, str]:
    """Where a new value begins, and the space before it. A block of lines goes away whole: what takes its place stands beside
    the key, or, where a comment is between them, deeper than the key.
    """
    if isinstance(span, ScalarSpan) or span.flow:
        return span.start, " " if text[span.start - 1 : span.start] in (":", "-") and span.start == span.end else ""
    before = text[: span.start].rstrip()
    return (
        (len(before), " ")
        if before.endswith((":", "-")) and "#" not in before[line_start(text, len(before)) :]
        else (span.start, "  ")
    )


def add(text: str, span: Container, key: str | None, value: Value, *, as_json: bool) -> str:
    """The entry (without `key`: the item) behind the last one."""
    if span.flow:
        return _add_in_flow(text, span, key, value, as_json=as_json)
    end = line_end(text, span.end)
    written = render.item(value, span.column) if key is None else render.entry(key, value, span.column)
    line = "\n" + " " * span.column + written
    return text[:end] + line.replace("\n", break_of(text)) + text[end:]


def _add_in_flow(text: str, span: Container, key: str | None, value: Value, *, as_json: bool) -> str:
    written = render.inline(value, as_json=as_json)
    if key is not None:
        written = f"{render.scalar(key, flow=True, as_json=as_json)}: {written}"
    parts = list(members(span))
    if not parts:
        return text[: span.start + 1] + written + text[span.start + 1 :]
    start, end = parts[-1]
    before = text[line_start(text, start) : start]
    between = break_of(text) + before if before.isspace() else " "
    comma = skip(text, end)
    if text[comma] == ",":  # a comma behind the last one stays the last one
        return text[: comma + 1] + between + written + "," + text[comma + 1 :]
    return text[:end] + "," + between + written + text[end:]


def remove(text: str, span: Container, at: int, *, as_json: bool) -> str:
    """Without the entry or item at that place; what is left of a list or mapping is `[]` or `{}`."""
    parts = list(members(span))
    if len(parts) == 1:
        empty = "{}" if isinstance(span, MapSpan) else "[]"
        start, lead = _place(text, span)
        return text[:start] + lead + empty + text[span.end :]
    if span.flow:
        return _remove_in_flow(text, parts, at, as_json=as_json)
    return _remove_lines(text, span, parts, at)


def _remove_in_flow(text: str, parts: list[tuple[int, int]], at: int, *, as_json: bool) -> str:
    start, end = parts[at]
    if at + 1 < len(parts):
        return text[:start] + text[parts[at + 1][0] :]
    before = parts[at - 1][1]
    if "#" not in text[before:start] or as_json:
        return text[:before] + text[end:]
    comma = skip(text, end)
    return text[:start] + text[comma + 1 if text[comma] == "," else end :]


def _remove_lines(text: str, span: Container, parts: list[tuple[int, int]], at: int) -> str:
    """Whole lines, with a comment at their end; the first entry may share its line with a dash, which stays."""
    start, end = parts[at]
    if isinstance(span, ListSpan):
        start = _dash(text, span, parts, at)
    first = line_start(text, start)
    if text[first:start].strip() == "":
        return text[:first] + text[next_line(text, end) :]
    following = parts[at + 1][0] if isinstance(span, MapSpan) else _dash(text, span, parts, at + 1)
    between = text[end:following]
    return text[:start] + text[end if "#" in between else following :]


def _dash(text: str, span: ListSpan, parts: list[tuple[int, int]], at: int) -> int:
    return span.start if at == 0 else skip(text, parts[at - 1][1])
