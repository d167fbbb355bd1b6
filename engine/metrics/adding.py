"""Whether the numbers of the scopes below add up to the number above."""

from schema_defs.dataset import Credit, Dataset
from schema_defs.metric import Aggregate
from schema_defs.rule import ScopeKind


def adds_up(aggregate: Aggregate, dataset: Dataset | None, below: ScopeKind) -> bool:
    """Sums do, and counts of what belongs to one scope only.

    Of split credit only a sum is split: everybody who is credited counts the record whole, and so does every one of their
    regions where the record has none of its own.
    """
    match aggregate:
        case "sum":
            return True
        case "count":
            is_shared = (
                dataset is not None
                and isinstance(dataset.owner, Credit)
                and (below == "person" or dataset.region is None)
            )
            return not is_shared
        case _:
            return False
