"""Month-to-date values as known on past days: incremental answers equal a full computation over the records as known then."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import round_half_away
from engine.metrics.history import History
from engine.org import org_of
from engine.records.record import Record
from tests.engine.metrics.world import CALENDAR, computed, dataset, metric, records, release

ORDERS = dataset()
DOCUMENTS = release(
    ORDERS,
    metric("amount", value="amount"),
    metric("weight", value="weight"),
    metric("customers", aggregate="count_distinct", value="customer"),
    metric("average", aggregate="average", value="amount"),
    metric("latest", aggregate="last", value="amount"),
    metric("largest", aggregate="maximum", value="amount"),
    metric("high", value="amount", where="amount > 50"),
    metric("share", formula="high / amount", format="percent"),
)
METRICS = ("amount", "weight", "customers", "average", "latest", "largest", "share")
FIRST = date(2026, 3, 25)


def history(rows: list[Record], scope: str = "region", metrics: tuple[str, ...] = METRICS) -> History:
    return History(DOCUMENTS, {"orders": rows}, org_of(DOCUMENTS.organisation), CALENDAR, metrics, scope)  # type: ignore[arg-type]


def full(rows: list[Record], name: str, scope: str, key: str, day: date, known: date) -> float | None:
    """By the full computation: the records as known at the close of `known`, from the first of the month to the day."""
    found = computed(
        DOCUMENTS,
        {"orders": rows},
        name,
        scope=scope,
        first=day.replace(day=1),
        last=day,
        known=CALENDAR.closing(known),
    )
    values = [row.value for row in found.rows if row.key == key]
    nothing = None if name in ("average", "latest", "largest", "share") else 0.0
    value = values[0] if values else nothing
    return None if value is None else float(value)  # type: ignore[arg-type]


def versions(seed: int, count: int) -> list[Record]:
    """Random histories: late rows, edits, moves between regions, people and days, cancellations, tombstones."""
    rng, rows = Random(seed), []
    for _ in range(count):
        key, day = f"o{rng.randrange(max(1, count // 2))}", FIRST + timedelta(days=rng.randrange(14))
        row: dict[str, object] = {
            "id": key,
            "day": str(day),
            "seller": rng.choice(["s01", "s02", ""]),
            "region": rng.choice(["shanghai", "suzhou", "west", "mars", ""]),
            "customer": f"c{rng.randrange(4)}",
            "status": "cancelled" if rng.random() < 0.1 else "open",
            "amount": rng.choice(["", str(rng.randrange(10_000) / 100)]),
            "weight": rng.random(),
        }
        if rng.random() < 0.8:
            moment = datetime.combine(day, datetime.min.time(), CALENDAR.tz) + timedelta(hours=rng.randrange(24 * 12))
            row |= {"_known_at": moment.isoformat(), "_deleted": rng.random() < 0.1}
        rows.append(row)
    return records(ORDERS, *rows)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["region", "person", "company"]), st.randoms(use_true_random=False))
def test_incremental_equals_full_in_any_order_of_asking(seed: int, scope: str, random: Random) -> None:
    rows = versions(seed, 24)
    asked = history(rows, scope)
    days, keys = [FIRST + timedelta(days=offset) for offset in range(26)], asked.keys()
    questions = [
        (key, random.choice(days), random.choice(days), random.choice(METRICS)) for key in keys for _ in range(6)
    ]
    for key, day, known, name in questions:
        value = asked.to_date(name, key, day, known)
        if name == "average" and value is not None:
            value = round_half_away(value, 4)
        assert value == full(rows, name, scope, key, day, known), (key, day, known, name)


@pytest.mark.parametrize("seed", range(3))
def test_day_after_day_as_a_backtest_asks(seed: int) -> None:
    rows = versions(seed, 60)
    asked = history(rows, "region", ("amount", "share"))
    for offset in range(0, 28, 2):
        day = FIRST + timedelta(days=offset)
        for key in ("east", "shanghai", "west"):
            assert asked.to_date("share", key, day, day) == full(rows, "share", "region", key, day, day)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_late_days_name_every_earlier_day_whose_value_changed(seed: int) -> None:
    rows = versions(seed, 24)
    asked, fresh = history(rows), history(rows)
    days, keys = [FIRST + timedelta(days=offset) for offset in range(28)], fresh.keys()
    before: dict[tuple[str, date], list[float | None]] = {}
    for known in days:
        late = asked.late_days(known)
        now = {(key, day): [fresh.to_date(name, key, day, known) for name in METRICS] for key in keys for day in days}
        for (key, day), value in now.items():
            if day < known:
                assert value == before[key, day] or day in late.get(key, frozenset()), (key, day, known)
        before = now


def test_what_comes_after_the_day_closes_is_late_data_of_the_day() -> None:
    rows = records(
        ORDERS,
        {"day": "2026-03-02", "region": "west", "amount": 10},
        {"day": "2026-03-02", "region": "west", "amount": 5, "_known_at": "2026-03-02 18:00"},
        {"day": "2026-03-02", "region": "west", "amount": 7, "_known_at": "2026-03-02 18:01"},
    )
    asked = history(rows, metrics=("amount",))
    day, next_day = date(2026, 3, 2), date(2026, 3, 3)
    assert asked.to_date("amount", "west", day, day) == 15.0
    assert asked.to_date("amount", "west", day, next_day) == 22.0
    assert asked.late_days(day) == {}
    assert asked.late_days(next_day) == {"west": frozenset({day})}


def test_a_late_change_touches_the_rest_of_its_month_only() -> None:
    rows = records(ORDERS, {"day": "2026-03-30", "region": "west", "amount": 10, "_known_at": "2026-04-02"})
    assert history(rows, metrics=("amount",)).late_days(date(2026, 4, 2)) == {
        "west": frozenset({date(2026, 3, 30), date(2026, 3, 31)})
    }


def test_a_change_that_moves_no_number_is_not_late() -> None:
    rows = records(
        ORDERS,
        {"id": "a", "day": "2026-03-02", "region": "west", "amount": 10, "status": "open"},
        {
            "id": "a",
            "day": "2026-03-02",
            "region": "west",
            "amount": 10,
            "status": "shipped",
            "_known_at": "2026-03-05",
        },
    )
    assert history(rows, metrics=("amount",)).late_days(date(2026, 3, 5)) == {}


def test_an_absence_of_orders_is_zero_and_no_missing_value() -> None:
    asked = history(records(ORDERS, {"region": "west", "amount": 10}), metrics=("amount", "average"))
    assert asked.to_date("amount", "shanghai", date(2026, 3, 9), date(2026, 3, 9)) == 0.0
    assert asked.to_date("average", "shanghai", date(2026, 3, 9), date(2026, 3, 9)) is None
    assert asked.to_date("amount", "west", date(2026, 4, 1), date(2026, 4, 1)) == 0.0


def test_keys_first_day_and_single_days() -> None:
    rows = records(
        ORDERS,
        {"region": "shanghai", "amount": 10},
        {"region": "west", "amount": 4, "day": "2026-03-05"},
        {"region": "suzhou", "status": "cancelled", "day": "2026-01-01"},
    )
    asked = history(rows, metrics=("amount",))
    assert asked.keys() == ("east", "shanghai", "west")
    assert asked.first_day() == date(2026, 3, 2)
    assert asked.on_day("amount", "east", date(2026, 3, 2), date(2026, 3, 9)) == 10.0
    assert asked.on_day("amount", "east", date(2026, 3, 3), date(2026, 3, 9)) == 0.0


def test_no_records_at_all() -> None:
    asked = history([], metrics=("amount",))
    assert (asked.keys(), asked.first_day(), asked.late_days(date(2026, 3, 2))) == ((), None, {})
    assert asked.to_date("amount", "west", date(2026, 3, 2), date(2026, 3, 2)) == 0.0
