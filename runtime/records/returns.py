"""Returns and the records that came back, in the tables: they are read together, and a change of one is one of the other's place."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from engine.records.record import Record
from engine.records.returns import with_originals
from runtime.bulk import Condition, in_pieces, read_many
from runtime.records.rows import RecordRow
from runtime.records.store import READ, record_of, shares_of, values_reader
from runtime.records.timeline import Place, Timeline, key_text, places_of
from runtime.tenancy import rows
from schema_defs.dataset import Dataset


async def linked(
    tenant: str, dataset: Dataset, records: Sequence[Record], *, known_at: datetime | None = None
) -> list[Record]:
    """The records with the returns of them that are of other days, as known now or at a past moment; every return with its original."""
    if dataset.returns is None:
        return list(records)
    typed, keys = values_reader(dataset), {record.key for record in records}
    found = await rows_of_returns(tenant, dataset, READ, (key_text(key) for key in keys), known_at)
    more = [record_of(dataset, typed, *row) for row in found]
    everything = [*records, *(record for record in more if record.key not in keys)]
    return await with_known_originals(tenant, dataset, everything, known_at=known_at)


async def with_known_originals(
    tenant: str, dataset: Dataset, records: Sequence[Record], *, known_at: datetime | None = None
) -> list[Record]:
    """The records, in their order, with the originals of the returns among them."""
    keys = {record.key for record in records}
    missing = {record.returns for record in records if record.returns} - keys
    typed = values_reader(dataset)
    found = await _rows_of(tenant, dataset, READ, "key", (key_text(key) for key in missing), known_at)
    return with_originals(records, [record_of(dataset, typed, *row) for row in found])


async def rows_of_returns(
    tenant: str, dataset: Dataset, columns: Sequence[str], keys: Iterable[str], known_at: datetime | None
) -> list[tuple[Any, ...]]:
    """Stored columns of the returns of the records with the keys."""
    if dataset.returns is None:
        return []
    return await _rows_of(tenant, dataset, columns, "returns_of", keys, known_at)


async def _rows_of(
    tenant: str, dataset: Dataset, columns: Sequence[str], by: str, keys: Iterable[str], known_at: datetime | None
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for some in in_pieces(keys):
        if known_at is None:
            where: list[Condition] = [("dataset", "=", dataset.name), (by, "in", some), *_PRESENT]
            found += await read_many(RecordRow, tenant, columns, where)
            continue
        query = rows(RecordRow, tenant).filter(**{"dataset": dataset.name, f"{by}__in": list(some), "deleted": False})
        query = query.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)
        found += [tuple(row) for row in await query.values_list(*columns)]
    return found


async def places_behind(tenant: str, dataset: str, changed: Collection[tuple[str, Timeline]]) -> set[Place]:
    """Where the originals of the returns that changed count, and where the returns count whose originals changed."""
    originals = {key for _, line in changed for key in line.returned()}
    found: set[Place] = set()
    for by, keys in (("key", originals), ("returns_of", {key for key, _ in changed})):
        for some in in_pieces(keys):
            where: list[Condition] = [("dataset", "=", dataset), (by, "in", some), *_PRESENT]
            for day, region, owner, credit in await read_many(RecordRow, tenant, _PLACE, where):
                found.update(_places(day, region, owner, credit))
    return found


async def without_original(tenant: str, dataset: Dataset) -> int:
    """How many returns that are known now name no original, or one that is not known or counts nowhere."""
    if dataset.returns is None:
        return 0
    counting: list[Condition] = [("dataset", "=", dataset.name), ("void", "=", False), *_PRESENT]
    where: list[Condition] = [*counting, ("returns_of", "is null", False)]
    references = [(key, of) for key, of in await read_many(RecordRow, tenant, ("key", "returns_of"), where)]
    known: set[str] = set()
    for some in in_pieces({of for key, of in references if of != key}):
        known.update(key for (key,) in await read_many(RecordRow, tenant, ("key",), [*counting, ("key", "in", some)]))
    return sum(1 for key, of in references if of == key or of not in known)


def _places(day: date, region: str | None, owner: str | None, credit: Any) -> Iterable[Place]:
    people = shares_of(credit) or ([(owner, 1.0)] if owner is not None else [])
    return places_of(day, region, people)


_PRESENT: list[Condition] = [("superseded_at", "is null", True), ("deleted", "=", False)]
_PLACE = ("day", "region", "owner", "credit")
