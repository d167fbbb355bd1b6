"""What was known when: the latest version of each key, compared with a naive reading of the definition."""
# ruff: noqa: DTZ001  # times without a zone are what is tested

from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.records.record import Record
from engine.records.versions import as_known
from schema_defs.calendar import Calendar

CALENDAR = calendar_of(Calendar())
FIRST = datetime(2026, 3, 1, tzinfo=CALENDAR.tz)


def version(key: str, day: int, *, known: float | None = None, amount: float = 1.0, deleted: bool = False) -> Record:
    return Record(
        dataset="orders",
        key=(key,),
        day=date(2026, 3, 1) + timedelta(days=day),
        values={"amount": amount},
        known_at=None if known is None else FIRST + timedelta(days=known),
        deleted=deleted,
    )


def amounts(records: list[Record], known: date | datetime | None = None) -> dict[str, float]:
    return {str(record.key[0]): float(record.values["amount"]) for record in as_known(records, CALENDAR, known)}  # type: ignore[arg-type]


def test_a_record_without_known_at_is_known_from_its_own_day() -> None:
    orders = [version("a", 4)]
    assert amounts(orders, date(2026, 3, 4)) == {}
    assert amounts(orders, date(2026, 3, 5)) == {"a": 1.0}


def test_the_orders_as_known_on_a_past_day() -> None:
    orders = [version("a", 0), version("a", 0, known=3.5, amount=9.0), version("a", 0, known=6, deleted=True)]
    assert amounts(orders, date(2026, 3, 3)) == {"a": 1.0}
    assert amounts(orders, date(2026, 3, 4)) == {"a": 9.0}
    assert amounts(orders, datetime(2026, 3, 4, 11, 59)) == {"a": 1.0}
    assert amounts(orders, datetime(2026, 3, 4, 12, 0)) == {"a": 9.0}
    assert amounts(orders, date(2026, 3, 7)) == {}
    assert amounts(orders) == {}


def test_a_tombstone_without_a_time_of_its_own_follows_the_row_before() -> None:
    tombstone = Record(dataset="orders", key=("a",), day=date(1, 1, 1), deleted=True)
    assert amounts([version("a", 5), tombstone]) == {}


def test_a_deleted_record_may_come_back() -> None:
    orders = [version("a", 0, known=0), version("a", 0, known=1, deleted=True), version("a", 0, known=2, amount=5.0)]
    assert amounts(orders, date(2026, 3, 2)) == {}
    assert amounts(orders, date(2026, 3, 3)) == {"a": 5.0}


def naive(records: list[Record], known: datetime | None) -> dict[str, float]:
    """Word by word: of every key the version with the latest known_at that is not after the asked moment; gone if it is a tombstone."""
    present = {}
    for key in {record.key for record in records}:
        best: tuple[datetime, int] | None = None
        for position, record in enumerate(records):
            moment = record.known_at or datetime.combine(record.day, datetime.min.time(), tzinfo=CALENDAR.tz)
            if record.key == key and (known is None or moment <= known) and (best is None or (moment, position) > best):
                best = moment, position
        if best is not None and not records[best[1]].deleted:
            present[str(key[0])] = float(records[best[1]].values["amount"])  # type: ignore[arg-type]
    return present


VERSIONS = st.builds(
    version,
    st.sampled_from("abc"),
    st.integers(0, 9),
    known=st.integers(0, 40).map(lambda quarters: quarters / 4),
    amount=st.integers(1, 9).map(float),
    deleted=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(VERSIONS, max_size=14), st.one_of(st.none(), st.integers(0, 44)))
def test_as_known_is_what_the_definition_says(records: list[Record], quarters: int | None) -> None:
    known = None if quarters is None else FIRST + timedelta(hours=6 * quarters)
    assert amounts(records, known) == naive(records, known)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_history_as_known_on_each_of_its_days(seed: int) -> None:
    rng = Random(seed)
    records = [
        version(
            f"k{rng.randrange(60)}",
            rng.randrange(25),
            known=rng.randrange(120) / 4,
            amount=float(rng.randrange(99)),
            deleted=rng.random() < 0.1,
        )
        for _ in range(400)
    ]
    for day in range(31):
        end = FIRST + timedelta(days=day + 1) - timedelta(microseconds=1)
        assert amounts(records, date(2026, 3, 1) + timedelta(days=day)) == naive(records, end)
