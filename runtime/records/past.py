"""All versions of a dataset's records: what a backtest reads."""

from collections.abc import Sequence

import msgspec

from engine.records.record import Record
from runtime.bulk import read_many
from runtime.records.rows import RecordRow
from runtime.records.store import READ, record_of, values_reader
from schema_defs.dataset import Dataset


async def all_versions(tenant: str, dataset: Dataset) -> Sequence[Record]:
    """Every version of every record, in the order in which they became known; deletions are versions, too."""
    typed = values_reader(dataset)
    columns = (*READ, "deleted", "known_at")
    found = await read_many(RecordRow, tenant, columns, [("dataset", "=", dataset.name)], order=("known_at", "version"))
    return [
        msgspec.structs.replace(record_of(dataset, typed, *row[: len(READ)]), deleted=row[-2], known_at=row[-1])
        for row in found
    ]
