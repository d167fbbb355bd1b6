"""What a base metric does with the records of its dataset: whose organisation counts, and in which period a return counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec
import numpy as np

from engine.expression.columns.column import Array
from engine.records.record import Record
from engine.records.table import Table
from engine.records.version_table import VersionTable
from schema_defs.dataset import Dataset
from schema_defs.metric import Metric, OfReturns


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`dataset` has the metric's attribution. Metrics of one `name` count the same records at the same places."""

    name: str
    dataset: Dataset
    returns: OfReturns = "current"

    def counted(self, record: Record) -> Record | None:
        """The record with the day, owner and region that it counts at; None where returns are left out.

        A return whose original is not known counts as what it is itself.
        """
        if record.returns is None or self.returns == "current":
            return record
        if self.returns == "ignore":
            return None
        original = record.original
        if original is None:
            return record
        return msgspec.structs.replace(
            record,
            day=original.day,
            at=original.at,
            owner=original.owner,
            credit=original.credit,
            region=original.region,
        )


def policy_of(dataset: Dataset, metric: Metric) -> Policy:
    """The dataset's own ways, as far as the metric does not say otherwise."""
    attribution = metric.attribution or dataset.attribution
    returns = metric.returns or "current"
    is_plain = attribution == dataset.attribution and returns == "current"
    return Policy(
        name=dataset.name if is_plain else f"{dataset.name} ({attribution}, {returns})",
        dataset=msgspec.structs.replace(dataset, attribution=attribution),
        returns=returns,
    )


def counting(policy: Policy, records: Iterable[Record]) -> Iterator[Record]:
    """The records that count at all, as the policy counts them."""
    for record in records:
        if record.counts and (found := policy.counted(record)) is not None:
            yield found


def counted_table(policy: Policy, table: Table) -> Table:
    """The table's records where the policy counts them."""
    return table.under(policy.dataset) if _as_they_are(policy) else _counted(policy, table)[1]


def counted_versions(policy: Policy, versions: VersionTable) -> VersionTable:
    """The versions where the policy counts them; a return's stand beside the original as it was known."""
    if _as_they_are(policy):
        return replace(versions, table=versions.table.under(policy.dataset))
    rows, table = _counted(policy, versions.table)
    return VersionTable(table, versions.since[rows], versions.until[rows], versions.first)


def _as_they_are(policy: Policy) -> bool:
    return policy.dataset.returns is None or policy.returns == "current"


def _counted(policy: Policy, table: Table) -> tuple[Array, Table]:
    """The rows that count, and these."""
    found = [policy.counted(record) for record in table.records]
    rows = np.array([row for row, record in enumerate(found) if record is not None], dtype=np.int64)
    return rows, Table(policy.dataset, [record for record in found if record is not None])
