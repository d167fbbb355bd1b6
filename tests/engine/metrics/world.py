"""A small company for the tests of metrics: documents, people, and records made from short rows."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from engine.calendar import calendar_of
from engine.metrics.compute import Asked, Computed, compute
from engine.metrics.shape import written
from engine.org import Org, org_of
from engine.records.reader import RecordReader
from engine.records.record import Record
from schema_defs.calendar import Calendar
from schema_defs.dataset import Dataset
from schema_defs.metric import Metric
from schema_defs.organisation import Organisation
from schema_defs.release import Release, release_of

CALENDAR = calendar_of(Calendar())
ORGANISATION = msgspec.convert(
    {
        "kind": "organisation",
        "regions": [
            {"key": "east"},
            {"key": "shanghai", "parent": "east"},
            {"key": "suzhou", "parent": "east"},
            {"key": "west"},
        ],
        "people": [
            {
                "key": "s01",
                "region": [{"region": "shanghai", "from": "2025-01-01"}, {"region": "west", "from": "2026-03-10"}],
            },
            {"key": "s02", "region": "suzhou"},
        ],
    },
    Organisation,
)
ORDERS = {
    "kind": "dataset",
    "name": "orders",
    "key": "id",
    "time": "day",
    "owner": "seller",
    "region": "region",
    "fields": {
        "id": "text",
        "day": "date",
        "seller": "person",
        "region": "region",
        "customer": "customer",
        "status": "text",
        "amount": {"type": "money"},
        "cost": {"type": "money"},
        "weight": "number",
    },
    "void": "status == 'cancelled'",
}


def dataset(**changes: object) -> Dataset:
    """The orders' dataset, with some keys changed; None takes a key away."""
    plain = {name: value for name, value in (ORDERS | changes).items() if value is not None}
    return msgspec.convert(plain, Dataset)


def metric(name: str, **keys: object) -> Metric:
    plain = {"kind": "metric", "name": name, **keys}
    if "formula" not in keys and "of" not in keys:
        plain = {"dataset": "orders", "aggregate": "sum", **plain}
    return msgspec.convert(plain, Metric)


def release(*documents: Dataset | Metric) -> Release:
    return release_of((ORGANISATION, *documents))


def records(of: Dataset, *rows: dict[str, object]) -> list[Record]:
    reader = RecordReader(of, None, CALENDAR)
    found = [reader.read({"id": f"o{position}", "day": "2026-03-02"} | row) for position, row in enumerate(rows)]
    assert all(isinstance(record, Record) for record in found), found
    return found  # type: ignore[return-value]


def computed(
    documents: Release,
    rows: dict[str, list[Record]],
    metrics: str,
    *,
    by: str = "month",
    scope: str = "company",
    first: date | None = None,
    last: date | None = None,
    known: date | datetime | None = None,
    today: date = date(2026, 6, 1),
    until: date | None = None,
    org: Org | None = None,
) -> Computed:
    asked = Asked(
        metrics=tuple(metrics.split(",")),
        by=by,  # type: ignore[arg-type]
        scopes=tuple(scope.split(",")),  # type: ignore[arg-type]
        first=first,
        last=last,
        known=known,
        today=today,
        until=until,
    )
    return compute(documents, rows, asked, org or org_of(documents.organisation), CALENDAR)


def lines(found: Computed) -> list[str]:
    """Rows as `compute` prints them."""
    return [f"{row.metric},{row.scope},{row.key},{row.period},{written(row.value, row.shape)}" for row in found.rows]


def values(found: Computed) -> dict[tuple[str, str], object]:
    """Values by key and period; money as exact decimals."""
    return {(row.key, row.period): row.value for row in found.rows}


ZERO = Decimal("0.0000")
