"""What a running system has stored, as the engine reads it."""

import msgspec

from engine.records.record import Record
from runtime.records.rows import RecordRow
from runtime.records.store import values_reader
from runtime.tenancy import rows
from tests.runtime.company import TENANT, Company


async def records_of(company: Company) -> dict[str, list[Record]]:
    """All versions by dataset, oldest first."""
    configured = await company.prepared()
    found: dict[str, list[Record]] = {}
    for name, dataset in configured.release.datasets.items():
        typed = values_reader(dataset)
        found[name] = [
            Record(
                dataset=name,
                key=tuple(msgspec.json.decode(row.key)),
                day=row.day,
                owner=row.owner,
                region=row.region,
                credit=tuple((str(person), float(share)) for person, share in row.credit or ()),
                values=typed(row.values),
                void=row.void,
                deleted=row.deleted,
                known_at=row.known_at,
                returns=None if row.returns_of is None else tuple(msgspec.json.decode(row.returns_of)),
            )
            for row in await rows(RecordRow, TENANT).filter(dataset=name).order_by("known_at", "version")
        ]
    return found
