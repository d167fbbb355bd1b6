"""Returns find the records that came back: in what is known at one moment, and in all versions through time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from engine.expression.values import Value
from engine.records.record import Record

Key = tuple[Value, ...]
Line = list[tuple[datetime, Record]]
"""The versions of one record with the moment since which each is known."""


def with_originals(records: Sequence[Record], others: Iterable[Record] = ()) -> list[Record]:
    """The records, the returns among them with their original, if it is among them or the others; what counts nowhere is no original."""
    if all(record.returns is None for record in records):
        return list(records)
    known = {record.key: record for record in (*others, *records) if record.counts}
    return [_linked(record, known) for record in records]


def _linked(record: Record, known: Mapping[Key, Record]) -> Record:
    original = None if not record.returns or record.returns == record.key else known.get(record.returns)
    return record if original is None else msgspec.structs.replace(record, original=original)


def linked_through_time(lines: dict[Key, Line]) -> dict[Key, Line]:
    """Per key all versions; a return has one more whenever its original becomes known, or another."""
    return {key: _through_time(line, lines) for key, line in lines.items()}


def _through_time(line: Line, lines: Mapping[Key, Line]) -> Line:
    if all(record.returns is None for _, record in line):
        return line
    ends = [*(since for since, _ in line[1:]), None]
    return [
        part for (since, record), end in zip(line, ends, strict=True) for part in _of_version(since, end, record, lines)
    ]


def _of_version(since: datetime, end: datetime | None, record: Record, lines: Mapping[Key, Line]) -> Line:
    """The version, cut where its original changes while it is valid."""
    others = lines.get(record.returns, []) if record.returns else []
    cuts = [since, *(moment for moment, _ in others if since < moment and (end is None or moment < end))]
    return [(cut, _linked(record, _known_at(cut, others))) for cut in dict.fromkeys(cuts)]


def _known_at(moment: datetime, line: Line) -> dict[Key, Record]:
    valid = [record for since, record in line if since <= moment][-1:]
    return {record.key: record for record in valid if record.counts}


def without_original(records: Iterable[Record]) -> list[Record]:
    """The returns that count as what they are themselves, because the record that came back is not named or not known."""
    return [record for record in records if record.counts and record.returns is not None and record.original is None]
