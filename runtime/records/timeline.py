"""All versions of one record in the order of time: where a row that arrives finds its place."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter

import msgspec

from engine.expression.values import Value
from engine.records.record import Record
from runtime.ids import new_id

Place = tuple[date, str, str]
"""Day, region and person of a record; empty where it has none."""
_UNPLACED = datetime.min.replace(tzinfo=UTC)
_encode = msgspec.json.Encoder(order="deterministic").encode


class Version(msgspec.Struct, kw_only=True, gc=False):
    """One version of a record: known from `known_at` until `until`, and where it counts. `number` is its turn of arriving.

    `record` with its `values` as JSON is given for versions that are to be written.
    """

    id: str
    number: int
    hash: str
    known_at: datetime
    until: datetime | None
    places: tuple[Place, ...]
    returns_of: str | None = None
    record: Record | None = None
    values: bytes = b""


class Timeline:
    """The versions of one key, oldest first; of two that became known at one moment, the later arrival is the newer."""

    __slots__ = ("_number", "_was", "versions")

    def __init__(self, versions: Sequence[Version] = ()) -> None:
        self.versions = sorted(versions, key=_in_time) if versions else []
        self._was = tuple([(version, version.until) for version in self.versions])
        self._number = max([version.number for version in versions]) if versions else 0

    @property
    def present(self) -> Version | None:
        return self.versions[-1] if self.versions else None

    def say(self, records: Sequence[Record], now: datetime) -> None:
        """Takes in what arrived, in its order; what says nothing new leaves no version.

        A row with a `known_at` of its own is put there, even if later versions are known already, and is new unless the very
        same was said of that moment. A row without one is known from now on, and is new if it differs from what is present.
        """
        if not self.versions and len(records) == 1:
            version = _unplaced(records[0])
            version.known_at = min(records[0].known_at or now, now)
            self._insert(0, version)
            return
        for given, group in groupby(records, key=_given):
            said = [_unplaced(record) for record in group]
            if given is None:
                for version in said:
                    self._say_now(version, now)
            else:
                self._say_of(min(given, now), said)
        for version, following in zip(self.versions, [*self.versions[1:], None], strict=True):
            version.until = following.known_at if following else None

    def added(self) -> Iterator[Version]:
        """The versions to write."""
        return (version for version in self.versions if version.record is not None)

    def moved(self) -> Iterator[tuple[datetime | None, str]]:
        """The stored versions that end otherwise now: their end and id."""
        return ((version.until, version.id) for version, until in self._was if version.until != until)

    def changed_places(self) -> set[Place] | None:
        """The old and the new place of the record, or None if the version that is present says what it said before."""
        before, after = self._was[-1][0] if self._was else None, self.present
        if after is None or (before is not None and before.hash == after.hash):
            return None
        return {*after.places, *(before.places if before else ())}

    def returned(self) -> set[str]:
        """The keys of the records that came back by what the record said before and says now."""
        versions = (self._was[-1][0] if self._was else None, self.present)
        return {version.returns_of for version in versions if version is not None and version.returns_of is not None}

    def _say_now(self, version: Version, now: datetime) -> None:
        last = self.present
        if last is None or last.hash != version.hash:
            version.known_at = max(now, last.known_at) if last else now
            self._insert(len(self.versions), version)

    def _say_of(self, moment: datetime, said: list[Version]) -> None:
        first = bisect_left(self.versions, moment, key=_known_at)
        last = bisect_right(self.versions, moment, key=_known_at)
        known = [version.hash for version in self.versions[first:last]]
        said = [version for place, version in enumerate(said) if not place or said[place - 1].hash != version.hash]
        if known == [version.hash for version in said[: len(known)]]:
            said = said[len(known) :]
        for version in said:
            if not known or known[-1] != version.hash:
                version.known_at = moment
                self._insert(last, version)
                known, last = [version.hash], last + 1

    def _insert(self, place: int, version: Version) -> None:
        self._number += 1
        version.number = self._number
        self.versions.insert(place, version)


_known_at = attrgetter("known_at")
_in_time = attrgetter("known_at", "number")
_given = attrgetter("known_at")


def _unplaced(record: Record) -> Version:
    values = _encode(record.values)
    return Version(
        id=new_id(),
        number=0,
        hash=content_hash(record, values),
        known_at=_UNPLACED,
        until=None,
        places=places_of(record.day, record.region, record.people) if record.counts else (),
        returns_of=None if record.returns is None else key_text(record.returns),
        record=record,
        values=values,
    )


def places_of(day: date, region: str | None, people: Sequence[tuple[str, float]]) -> tuple[Place, ...]:
    """Where a record counts: once per person that it is credited to."""
    return tuple([(day, region or "", person) for person, _ in people or (("", 1.0),)])


def content_hash(record: Record, values: bytes) -> str:
    """The same for two versions that say the same; `values` are the record's own as JSON."""
    said = (record.day, record.at, record.owner, record.credit, record.region, record.void, record.deleted)
    rest = "|".join(map(str, said)) + ("" if record.returns is None else f"|{record.returns}")
    return hashlib.blake2b(values + rest.encode(), digest_size=16).hexdigest()


def key_text(key: tuple[Value, ...]) -> str:
    """The canonical JSON of a record's key, such as `["SO1",2]`; 2.0 and 2 are the same."""
    return msgspec.json.encode([_plain(part) for part in key]).decode()


def _plain(part: Value) -> object:
    return int(part) if isinstance(part, float) and part.is_integer() and abs(part) < 2**53 else part
