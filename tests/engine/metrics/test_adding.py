"""What is said to add up does, and what is not, does not: against computed numbers."""

import pytest

from engine.metrics.adding import adds_up
from engine.metrics.ready import ready
from schema_defs.dataset import Dataset
from schema_defs.metric import Metric
from tests.engine.metrics.world import CALENDAR, computed, dataset, metric, records, release

CREDIT = {"people": "sellers", "share": "share"}
FIELDS = {"id": "text", "day": "date", "sellers": "text", "share": "text", "region": "region", "amount": "number"}
SPLIT = {"owner": CREDIT, "fields": FIELDS, "void": None}
DATASETS = {
    "split": dataset(**SPLIT, region=None),
    "split, with a region": dataset(**SPLIT),
    "owned": dataset(owner="sellers", fields=FIELDS | {"sellers": "person"}, void=None, region=None),
}
METRICS = {
    "sum": metric("m", value="amount"),
    "count": metric("m", aggregate="count"),
    "count_distinct": metric("m", aggregate="count_distinct", value="amount"),
    "average": metric("m", value="amount", aggregate="average"),
    "maximum": metric("m", value="amount", aggregate="maximum"),
}


@pytest.mark.parametrize("below", ["person", "region"])
@pytest.mark.parametrize("data", DATASETS)
@pytest.mark.parametrize("name", METRICS)
def test_parts_that_are_said_to_add_up_do(name: str, data: str, below: str) -> None:
    of, one = DATASETS[data], METRICS[name]
    documents = release(of, one)
    measure = ready(documents, ["m"], CALENDAR).measures["m"]
    whole, parts = _numbers(of, one, below)
    assert (sum(parts) == pytest.approx(whole)) == adds_up(measure.aggregate, of, below)  # type: ignore[arg-type]


def _numbers(of: Dataset, one: Metric, below: str) -> tuple[float, list[float]]:
    """The company's number and those below it, of records of s01 in Shanghai and s02 in Suzhou, one of them shared."""
    rows: list[dict[str, object]] = [
        {"sellers": "s01", "region": "shanghai", "amount": 4},
        {"sellers": "s02", "region": "suzhou", "amount": 4},
        {"sellers": "s02", "region": "suzhou", "amount": 10},
    ]
    if of.owner != "sellers":
        rows.append({"sellers": "s01; s02", "share": "30%; 70%", "region": "suzhou", "amount": 10})
    found = computed(release(of, one), {"orders": records(of, *rows)}, "m", scope=f"{below},company")
    values = {row.key: float(row.value) for row in found.rows}  # type: ignore[arg-type]
    return values["company"], [value for key, value in values.items() if key in ("s01", "s02", "shanghai", "suzhou")]
