"""All versions of a dataset's records, each with since when it is known: what a backtest reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from engine.calendar import WorkCalendar
from engine.records.record import Record
from engine.records.versions import known_since
from runtime.bulk import read_many
from runtime.records.rows import RecordRow, SyncRunRow
from runtime.records.runs import first_imports
from runtime.records.store import READ, record_of, values_reader
from runtime.tenancy import rows
from schema_defs.dataset import Dataset

First = Mapping[str, datetime]
"""The runs of a dataset's first imports, with their beginning."""


async def all_versions(tenant: str, dataset: Dataset, calendar: WorkCalendar) -> Sequence[Record]:
    """Every version of every record, in the order in which they became known; deletions are versions, too."""
    typed, first = values_reader(dataset), await history_of_imports(tenant, dataset.name)
    columns = (*READ, "deleted", "known_at", "version", "run_id")
    order = ("known_at", "version")
    found = []
    for row in await read_many(RecordRow, tenant, columns, [("dataset", "=", dataset.name)], order=order):
        *said, deleted, known_at, number, run = row
        record = msgspec.structs.replace(record_of(dataset, typed, *said), deleted=deleted)
        moment = known_in_fact(record, known_at, number, run, first, calendar)
        found.append(msgspec.structs.replace(record, known_at=moment))
    return found


async def history_of_imports(tenant: str, dataset: str) -> First:
    sources = await rows(SyncRunRow, tenant).filter(dataset=dataset).distinct().values_list("source", flat=True)
    return await first_imports(tenant, dataset, {None if source is None else str(source) for source in sources})


def known_in_fact(
    record: Record, known_at: datetime, number: int, run: str | None, first: First, calendar: WorkCalendar
) -> datetime:
    """Since when the company knew what the version says.

    What a source brings when it is read for the first time was there long before: such a record is known since its own day,
    unless its row said since when.
    """
    begun = first.get(run or "")
    if number != 1 or begun is None or known_at < begun:
        return known_at
    return min(known_at, known_since(msgspec.structs.replace(record, known_at=None), calendar))
