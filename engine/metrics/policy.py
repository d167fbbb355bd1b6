"""What a base metric does with the records of its dataset: whose organisation counts, and in which period a return counts."""

from collections.abc import Iterable, Iterator

import msgspec

from engine.records.record import Record
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
