"""Versions of records: the present ones, and those that were known at any past moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

import msgspec
from tortoise.expressions import Q

from engine.expression.values import Value
from engine.records.record import Record
from runtime.bulk import Condition, in_pieces, read_many, set_many, write_named
from runtime.ids import new_id
from runtime.numbers.rows import DirtyRow
from runtime.records.rows import RecordRow, SyncRunRow
from runtime.records.timeline import Place, Timeline, Version, key_text, places_of
from runtime.tenancy import rows
from schema_defs.dataset import Dataset

__all__ = [
    "READ", "columns_between", "key_text", "mark_dirty", "record_of", "records_between", "records_of_days", "shares_of", "values_reader", "versions_of",
]  # fmt: skip

PLACES_OF_DAY = 20
_TIMED = (
    "key", "id", "version", "hash", "known_at", "superseded_at", "day", "region", "owner", "credit", "void", "deleted",
    "returns_of",
)  # fmt: skip
READ = ("key", "day", "at", "owner", "credit", "region", "values", "void", "returns_of")
_WRITTEN = (
    "dataset", "key", "version", "day", "at", "owner", "credit", "region", "values", "void", "deleted", "known_at",
    "superseded_at", "source", "run_id", "hash", "returns_of",
)  # fmt: skip
_credit = msgspec.json.Decoder(list[tuple[str, float]]).decode


async def timelines_of(tenant: str, dataset: str, keys: Iterable[str]) -> dict[str, Timeline]:
    """The timeline of each of the keys that is known."""
    found: dict[str, list[Version]] = defaultdict(list)
    for some in in_pieces(keys):
        for row in await read_many(RecordRow, tenant, _TIMED, [("dataset", "=", dataset), ("key", "in", some)]):
            found[row[0]].append(_version(*row[1:]))
    return {key: Timeline(versions) for key, versions in found.items()}


def _version(
    row_id: str, number: int, content: str, known_at: datetime, until: datetime | None, day: date,
    region: str | None, owner: str | None, credit: str | None, void: bool, deleted: bool, returns_of: str | None,
) -> Version:  # fmt: skip
    people = _credit(credit) if credit else [(owner, 1.0)] if owner is not None else []
    places = () if void or deleted else places_of(day, region, people)
    return Version(
        id=row_id, number=number, hash=content, known_at=known_at, until=until, places=places, returns_of=returns_of
    )


async def write_timelines(run: SyncRunRow, timelines: Mapping[str, Timeline]) -> str | None:
    """Writes what was added to the timelines, given by their keys, and where stored versions end now.

    Gives the id of the first version that was written.
    """
    moved = [each for line in timelines.values() for each in line.moved()]
    await set_many(RecordRow, run.tenant, "superseded_at", moved)
    new = [(key, version) for key, line in timelines.items() for version in line.added()]
    await write_named(RecordRow, run.tenant, _WRITTEN, [_written(run, key, version) for key, version in new])
    return min((version.id for _, version in new), default=None)


def _written(run: SyncRunRow, key: str, version: Version) -> tuple[Any, ...]:
    record = version.record
    assert record is not None
    return (
        version.id, run.dataset, key, version.number, record.day, record.at, record.owner, record.credit or None,
        record.region, msgspec.Raw(version.values), record.void, record.deleted, version.known_at, version.until,
        run.source, run.id, version.hash, version.returns_of,
    )  # fmt: skip


async def mark_dirty(
    tenant: str, dataset: str, places: Iterable[Place], now: datetime, since: str | None = None
) -> None:
    """Marks the places, inside the caller's transaction; a place that is marked already gets a new mark.

    `since` is the first version that was written with the marks. Of many places of one day the whole day is marked: it has the places without region and person.
    """
    columns = ("dataset", "day", "region", "owner", "mark", "marked_at", "since")
    unique = ("tenant", "dataset", "day", "region", "owner")
    by_day: dict[date, list[Place]] = defaultdict(list)
    for place in sorted(places):
        by_day[place[0]].append(place)
    fewer = (
        place for day, some in by_day.items() for place in (some if len(some) <= PLACES_OF_DAY else [(day, "", "")])
    )
    marks = ((new_id(), dataset, *place, new_id(), now, since) for place in fewer)
    await write_named(DirtyRow, tenant, columns, marks, unique=unique, update=("mark", "marked_at", "since"))


async def records_between(
    tenant: str, dataset: Dataset, first: date, last: date, *, known_at: datetime | None = None
) -> list[Record]:
    """The records of the days, as known now or as known at a past moment; deleted ones are left out."""
    typed = values_reader(dataset)
    found = await columns_between(tenant, dataset, READ, first, last, known_at)
    return [record_of(dataset, typed, *row) for row in found]


async def columns_between(
    tenant: str, dataset: Dataset, columns: Sequence[str], first: date, last: date, known_at: datetime | None
) -> list[tuple[Any, ...]]:
    """Stored columns of the days' records, as `records_between` takes them."""
    if known_at is None:
        where: list[Condition] = [("day", ">=", first), ("day", "<=", last)]
        return await read_many(RecordRow, tenant, columns, [*_present_of(dataset), *where])
    query = rows(RecordRow, tenant).filter(dataset=dataset.name, day__gte=first, day__lte=last, deleted=False)
    query = query.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)
    return [tuple(row) for row in await query.values_list(*columns)]


async def records_of_days(tenant: str, dataset: Dataset, days: Iterable[date]) -> list[Record]:
    """The records of some days, as known now; deleted ones are left out."""
    found: list[Record] = []
    for some in in_pieces(days):
        found += await _present(tenant, dataset, [("day", "in", some)])
    return found


async def _present(tenant: str, dataset: Dataset, where: Sequence[Condition]) -> list[Record]:
    typed = values_reader(dataset)
    found = await read_many(RecordRow, tenant, READ, [*_present_of(dataset), *where])
    return [record_of(dataset, typed, *row) for row in found]


def _present_of(dataset: Dataset) -> list[Condition]:
    return [("dataset", "=", dataset.name), ("superseded_at", "is null", True), ("deleted", "=", False)]


def record_of(
    dataset: Dataset, typed: Callable[[Any], dict[str, Value]], key: str, day: date, at: datetime | None,
    owner: str | None, credit: Any, region: str | None, values: Any, void: bool, returns_of: str | None,
) -> Record:  # fmt: skip
    """A record from its stored columns, in the order of `READ`; `typed` reads its values."""
    return Record(
        dataset=dataset.name,
        key=tuple(msgspec.json.decode(key)),
        day=day,
        at=at,
        owner=owner,
        credit=shares_of(credit),
        region=region,
        values=typed(values),
        void=void,
        returns=None if returns_of is None else tuple(msgspec.json.decode(returns_of)),
    )


def shares_of(credit: Any) -> tuple[tuple[str, float], ...]:
    """Stored split credit, as text or decoded already."""
    return tuple((person, share) for person, share in (_credit(credit) if isinstance(credit, str) else credit or ()))


def values_reader(dataset: Dataset) -> Callable[[Any], dict[str, Value]]:
    """Gives values back as they were before they became JSON (given as text, or decoded already): dates are dates, numbers doubles.

    A value of a kind that the field had under an earlier release is missing.
    """
    kinds = {name: _KINDS.get(dataset.field(name).type, str) for name in dataset.fields}
    make: Any = TypedDict  # Its fields are known at run time only.
    whole = msgspec.json.Decoder(make("Values", {name: kind | None for name, kind in kinds.items()}))

    def read(plain: Any) -> dict[str, Value]:
        try:
            if isinstance(plain, str):
                values: dict[str, Value] = whole.decode(plain)
                return values
        except msgspec.ValidationError:
            plain = msgspec.json.decode(plain)
        return {name: _typed(plain.get(name), kind) for name, kind in kinds.items()}

    return read


_KINDS: dict[str, Any] = {
    "number": float, "money": float, "percent": float, "boolean": bool, "date": date, "datetime": datetime,
}  # fmt: skip


def _typed(plain: Any, kind: Any) -> Value:
    try:
        return msgspec.convert(plain, kind | None)  # type: ignore[no-any-return]
    except msgspec.ValidationError:
        return None


async def versions_of(tenant: str, dataset: str, key: str) -> list[RecordRow]:
    """All versions of one record, the one that is present first."""
    return await rows(RecordRow, tenant).filter(dataset=dataset, key=key).order_by("-known_at", "-version")
