"""Versions of records: the present ones, and those that were known at any past moment."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import date, datetime

import msgspec
from tortoise.expressions import Q

from engine.expression.values import Value
from engine.records.record import Record
from runtime.records.rows import RecordRow
from runtime.tenancy import rows
from schema_defs.dataset import Dataset

KEYS_AT_ONCE = 400


def key_text(key: tuple[Value, ...]) -> str:
    """The canonical JSON of a record's key, such as `["SO1",2]`; 2.0 and 2 are the same."""
    return msgspec.json.encode([_plain(part) for part in key]).decode()


def row_of(record: Record, tenant: str, *, source: str | None, run_id: str | None, known_at: datetime) -> RecordRow:
    """A new row for the record; its version is set when it is known which came before."""
    return RecordRow(
        tenant=tenant,
        dataset=record.dataset,
        key=key_text(record.key),
        version=1,
        day=record.day,
        at=record.at,
        owner=record.owner,
        credit=[list(part) for part in record.credit] or None,
        region=record.region,
        values=msgspec.to_builtins(record.values),
        void=record.void,
        deleted=record.deleted,
        known_at=known_at,
        source=source,
        run_id=run_id,
        hash=content_hash(record),
    )


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


def record_of(row: RecordRow, dataset: Dataset) -> Record:
    """The stored version as the engine reads it."""
    return Record(
        dataset=row.dataset,
        key=tuple(msgspec.json.decode(row.key)),
        day=row.day,
        at=row.at,
        owner=row.owner,
        credit=tuple((str(person), float(share)) for person, share in row.credit or ()),
        region=row.region,
        values=values_of(row.values, dataset),
        void=row.void,
        deleted=row.deleted,
        known_at=row.known_at,
    )


def values_of(plain: dict[str, object], dataset: Dataset) -> dict[str, Value]:
    """Values as they were before they became JSON: dates are dates again, numbers doubles."""
    return {name: _value(plain.get(name), dataset.field(name).type) for name in dataset.fields}


async def present_rows(tenant: str, dataset: str, keys: Collection[str]) -> dict[str, RecordRow]:
    """The newest version of each of the keys that is known, deleted ones included."""
    found: dict[str, RecordRow] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        some = wanted[start : start + KEYS_AT_ONCE]
        query = rows(RecordRow, tenant).filter(dataset=dataset, key__in=some, superseded_at__isnull=True)
        found |= {row.key: row for row in await query}
    return found


async def records_between(
    tenant: str,
    dataset: Dataset,
    first: date,
    last: date,
    *,
    known_at: datetime | None = None,
    regions: Collection[str | None] | None = None,
    owners: Collection[str] | None = None,
) -> list[Record]:
    """The records of the days, as known now or as known at a past moment; of `regions` or `owners` only, where they are given."""
    query = rows(RecordRow, tenant).filter(dataset=dataset.name, day__gte=first, day__lte=last, deleted=False)
    if known_at is None:
        query = query.filter(superseded_at__isnull=True)
    else:
        query = query.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)
    if regions is not None or owners is not None:
        query = query.filter(_anybody(regions or (), owners or ()))
    return [record_of(row, dataset) for row in await query]


async def versions_of(tenant: str, dataset: str, key: str) -> list[RecordRow]:
    """All versions of one record, newest first."""
    return await rows(RecordRow, tenant).filter(dataset=dataset, key=key).order_by("-version")


def _anybody(regions: Iterable[str | None], owners: Iterable[str]) -> Q:
    named = [region for region in regions if region]
    wanted = Q(region__in=named or ["\0"]) | Q(owner__in=list(owners) or ["\0"])
    return wanted | Q(region__isnull=True) if len(named) < len(list(regions)) else wanted


def _plain(part: Value) -> object:
    return int(part) if isinstance(part, float) and part.is_integer() and abs(part) < 2**53 else part


def _value(plain: object, kind: str) -> Value:
    match plain:
        case str() if kind == "date":
            return date.fromisoformat(plain)
        case str() if kind == "datetime":
            return datetime.fromisoformat(plain)
        case bool() | str() | None:
            return plain
        case int() | float():
            return float(plain)
        case _:
            raise TypeError(f"a stored value is {plain!r}")
