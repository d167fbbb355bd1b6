"""Versions of records: the present ones, and those that were known at any past moment."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from tortoise.expressions import Q

from engine.expression.values import Value
from engine.records.record import Record
from runtime.bulk import set_many, write_many
from runtime.records.rows import RecordRow, SyncRunRow
from runtime.tenancy import rows
from schema_defs.dataset import Dataset

KEYS_AT_ONCE = 400
_READ = ("key", "day", "at", "owner", "credit", "region", "values", "void")
_WRITTEN = (
    "dataset", "key", "version", "day", "at", "owner", "credit", "region", "values", "void", "deleted", "known_at",
    "source", "run_id", "hash",
)  # fmt: skip


class Present(msgspec.Struct, frozen=True):
    """The newest version of a key that is known: enough to see whether a row says something new, and where it counted."""

    id: str
    key: str
    version: int
    hash: str
    known_at: datetime
    day: date
    owner: str | None
    credit: list[Any] | None
    region: str | None


def key_text(key: tuple[Value, ...]) -> str:
    """The canonical JSON of a record's key, such as `["SO1",2]`; 2.0 and 2 are the same."""
    return msgspec.json.encode([_plain(part) for part in key]).decode()


def content_hash(record: Record) -> str:
    """The same for two versions that say the same."""
    said = [
        record.day,
        record.at,
        record.owner,
        record.credit,
        record.region,
        record.values,
        record.void,
        record.deleted,
    ]
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


async def present_versions(tenant: str, dataset: str, keys: Collection[str]) -> dict[str, Present]:
    """The newest known version of each of the keys, deleted ones included."""
    found: dict[str, Present] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        some = wanted[start : start + KEYS_AT_ONCE]
        query = rows(RecordRow, tenant).filter(dataset=dataset, key__in=some, superseded_at__isnull=True)
        for row in await query.values_list(*Present.__struct_fields__):
            found[row[1]] = Present(*row)
    return found


async def write_versions(run: SyncRunRow, new: Sequence[tuple[str, Record, str, Present | None, datetime]]) -> None:
    """Writes versions given as key, record, hash, the one before, and since when known; what was present is superseded."""
    ended = [(known_at, before.id) for _, _, _, before, known_at in new if before is not None]
    await set_many(RecordRow, run.tenant, "superseded_at", ended)
    await write_many(RecordRow, run.tenant, _WRITTEN, (_written(run, *each) for each in new))


def _written(
    run: SyncRunRow, key: str, record: Record, content: str, before: Present | None, known_at: datetime
) -> tuple[Any, ...]:
    return (
        record.dataset, key, before.version + 1 if before else 1, record.day, record.at, record.owner,
        [list(part) for part in record.credit] or None, record.region, record.values, record.void, record.deleted,
        known_at, run.source, run.id, content,
    )  # fmt: skip


async def records_between(
    tenant: str, dataset: Dataset, first: date, last: date, *, known_at: datetime | None = None
) -> list[Record]:
    """The records of the days, as known now or as known at a past moment; deleted ones are left out."""
    query = rows(RecordRow, tenant).filter(dataset=dataset.name, day__gte=first, day__lte=last, deleted=False)
    if known_at is None:
        query = query.filter(superseded_at__isnull=True)
    else:
        query = query.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)
    typed = values_reader(dataset)
    return [
        Record(
            dataset=dataset.name,
            key=tuple(msgspec.json.decode(key)),
            day=day,
            at=at,
            owner=owner,
            credit=tuple((str(person), float(share)) for person, share in credit or ()),
            region=region,
            values=typed(values),
            void=void,
        )
        for key, day, at, owner, credit, region, values, void in await query.values_list(*_READ)
    ]


def values_reader(dataset: Dataset) -> Callable[[dict[str, Any]], dict[str, Value]]:
    """Gives values back as they were before they became JSON: dates are dates again, numbers doubles."""
    kinds = {name: dataset.field(name).type for name in dataset.fields}
    dates = [name for name, kind in kinds.items() if kind in ("date", "datetime")]
    numbers = [name for name, kind in kinds.items() if kind in ("number", "money", "percent")]

    def read(plain: dict[str, Any]) -> dict[str, Value]:
        values: dict[str, Any] = {name: plain.get(name) for name in kinds}
        for name in numbers:
            if values[name] is not None:
                values[name] = float(values[name])
        for name in dates:
            if values[name] is not None:
                moment = datetime.fromisoformat(values[name])
                values[name] = moment.date() if kinds[name] == "date" else moment
        return values

    return read


async def versions_of(tenant: str, dataset: str, key: str) -> list[RecordRow]:
    """All versions of one record, newest first."""
    return await rows(RecordRow, tenant).filter(dataset=dataset, key=key).order_by("-version")


def _plain(part: Value) -> object:
    return int(part) if isinstance(part, float) and part.is_integer() and abs(part) < 2**53 else part
