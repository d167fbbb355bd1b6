"""Records with their version and the reading that brought it, for explanations."""

from collections.abc import Iterable
from datetime import date, datetime

from tortoise.expressions import Q

from engine.explain.tree import Known, Origin
from engine.records.record import Record
from runtime.bulk import in_pieces, read_many
from runtime.records.returns import rows_of_returns, with_known_originals
from runtime.records.rows import RecordRow, SyncRunRow
from runtime.records.store import READ, columns_between, record_of, values_reader
from runtime.tenancy import rows
from schema_defs.dataset import Dataset

_ORIGIN = ("version", "known_at", "source", "run_id")


async def known_between(
    tenant: str, dataset: Dataset, first: date, last: date, *, known_at: datetime | None = None
) -> list[Known]:
    """The records of the days, as known now or at a past moment; deleted ones are left out. Their returns stand with them,
    of whatever day these are.
    """
    columns = (*READ, *_ORIGIN)
    found = await columns_between(tenant, dataset, columns, first, last, known_at)
    keys = {row[0] for row in found}
    found += [row for row in await rows_of_returns(tenant, dataset, columns, keys, known_at) if row[0] not in keys]
    runs = await _runs(tenant, (row[-1] for row in found if row[-1] is not None))
    typed = values_reader(dataset)
    records = [record_of(dataset, typed, *row[: len(READ)]) for row in found]
    records = await with_known_originals(tenant, dataset, records, known_at=known_at)
    return [
        Known(
            record=record,
            version=row[-4],
            known_at=row[-3],
            origin=_origin(row[-2], row[-1], runs),
        )
        for row, record in zip(found, records, strict=True)
    ]


async def known_of(
    tenant: str, dataset: Dataset, keys: Iterable[str], *, known_at: datetime | None = None
) -> list[Record]:
    """The records of some keys, of any day, as known now or at a past moment; deleted ones are left out."""
    typed, found = values_reader(dataset), list[Record]()
    for some in in_pieces(keys):
        query = rows(RecordRow, tenant).filter(dataset=dataset.name, key__in=list(some), deleted=False)
        if known_at is None:
            query = query.filter(superseded_at__isnull=True)
        else:
            query = query.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)
        found += [record_of(dataset, typed, *row) for row in await query.values_list(*READ)]
    return await with_known_originals(tenant, dataset, found, known_at=known_at)


async def _runs(tenant: str, ids: Iterable[str]) -> dict[str, tuple[str | None, datetime]]:
    found: dict[str, tuple[str | None, datetime]] = {}
    for some in in_pieces(ids):
        for run, file, at in await read_many(SyncRunRow, tenant, ("id", "file", "started_at"), [("id", "in", some)]):
            found[run] = file, at
    return found


def _origin(source: str | None, run: str | None, runs: dict[str, tuple[str | None, datetime]]) -> Origin | None:
    if source is None or run is None:
        return None
    file, at = runs.get(run, (None, None))
    return Origin(source=source, run=run, file=file, at=at)
