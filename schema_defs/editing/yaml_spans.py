"""The spans of a YAML text, from the marks of the parser's events."""

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml import events as ev

from schema_defs.editing.spans import STYLES, EntrySpan, ListSpan, MapSpan, ScalarSpan, Span, skip


def yaml_spans(text: str) -> Span:
    """The spans of the one document of a text that the loader reads without a problem."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[ev.Event] = YAML(typ="safe", pure=True).parse(text)

    def read(self) -> Span:
        for event in self._events:
            if isinstance(event, ev.DocumentStartEvent):
                break
        return self._value(next(self._events), 0)

    def _value(self, event: ev.Event, after: int) -> Span:
        """`after` is where the value may begin: behind the colon or the dash."""
        match event:
            case ev.MappingStartEvent():
                return self._mapping(event)
            case ev.SequenceStartEvent():
                return self._sequence(event)
            case _:
                return self._scalar(event, after)

    def _scalar(self, event: ev.Event, after: int) -> ScalarSpan:
        start, end = event.start_mark.index, event.end_mark.index
        style = getattr(event, "style", None)
        if start == end or (not style and not getattr(event, "value", "")):
            return ScalarSpan(after, after)
        kept = self._text[start:end]
        return ScalarSpan(
            start, start + len(kept.rstrip() if style in ("|", ">") else kept), STYLES.get(style or "", "plain")
        )

    def _mapping(self, event: ev.MappingStartEvent) -> MapSpan:
        entries: dict[str, EntrySpan] = {}
        while not isinstance(key := next(self._events), ev.MappingEndEvent):
            key_end = key.end_mark.index
            value = self._value(next(self._events), self._behind(":", key_end))
            entries[str(getattr(key, "value", ""))] = EntrySpan(key.start_mark.index, key_end, value)
        start, flow = event.start_mark.index, bool(event.flow_style)
        end = key.end_mark.index if flow else max(each.end for each in entries.values())
        first = next(iter(entries.values())).start if entries else start
        return MapSpan(start, end, flow, first - self._text.rfind("\n", 0, first) - 1, entries)

    def _sequence(self, event: ev.SequenceStartEvent) -> ListSpan:
        items: list[Span] = []
        start, flow = event.start_mark.index, bool(event.flow_style)
        at = start
        while not isinstance(item := next(self._events), ev.SequenceEndEvent):
            items.append(self._value(item, at if flow else self._behind("-", at)))
            at = items[-1].end
        end = item.end_mark.index if flow else items[-1].end
        return ListSpan(start, end, flow, start - self._text.rfind("\n", 0, start) - 1, tuple(items))

    def _behind(self, sign: str, at: int) -> int:
        """Behind the colon or the dash that follows; where there is none, the place itself."""
        found = skip(self._text, at)
        return found + 1 if self._text.startswith(sign, found) else at
