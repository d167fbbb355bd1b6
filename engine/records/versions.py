"""Records in two times: which version of each key was the valid one, as known at a moment."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from engine.calendar import WorkCalendar
from engine.records.record import Record
from engine.records.returns import Key, Line, linked_through_time, with_originals

_DAWN = datetime(1, 1, 2, tzinfo=UTC)


def known_since(record: Record, calendar: WorkCalendar) -> datetime:
    """When the version became known: its own `known_at`, else the beginning of its day."""
    if record.known_at is not None:
        return record.known_at
    if record.day.year <= 1:
        return _DAWN
    return datetime.combine(record.day, time(), tzinfo=calendar.tz)


def as_known(records: Iterable[Record], calendar: WorkCalendar, known: date | datetime | None = None) -> list[Record]:
    """Per key the latest version known at `known` (a date: by its end; None: now), without deleted ones, in first-seen order.

    Of two versions known at the same moment the later in `records` is the newer one.
    """
    until = None if known is None else _end_of(known, calendar)
    newest: dict[tuple[object, ...], Record] = {}
    since_of: dict[tuple[object, ...], datetime] = {}
    for record in records:
        if until is not None and known_since(record, calendar) >= until:
            continue
        before = newest.setdefault(record.key, record)
        if before is record:
            continue
        earlier = since_of.get(record.key) or known_since(before, calendar)
        since = known_since(record, calendar)
        if record.deleted and record.known_at is None:
            since = max(since, earlier)
        since_of[record.key] = max(since, earlier)
        if since >= earlier:
            newest[record.key] = record
    return with_originals([record for record in newest.values() if not record.deleted])


def _end_of(known: date | datetime, calendar: WorkCalendar) -> datetime:
    """The first moment that is no longer known then."""
    if not isinstance(known, datetime):
        return datetime.combine(known + timedelta(days=1), time(), tzinfo=calendar.tz)
    moment = known if known.tzinfo else known.replace(tzinfo=calendar.tz)
    return moment + timedelta(microseconds=1)


def timelines(records: Iterable[Record], calendar: WorkCalendar) -> dict[Key, Line]:
    """Per key all versions with the moment since which each is known, oldest first; the last of one moment is the valid one."""
    found: dict[Key, Line] = {}
    for record in records:
        versions = found.setdefault(record.key, [])
        since = known_since(record, calendar)
        if record.deleted and record.known_at is None and versions:
            since = max(since, max(versions, key=_since)[0])
        versions.append((since, record))
    for versions in found.values():
        versions.sort(key=_since)
    return linked_through_time(found)


def _since(version: tuple[datetime, Record]) -> datetime:
    return version[0]
