"""Windows: to date, over the last days, and against the same point of an earlier period."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.cases import run_case
from engine.explain.metric import Ground, metric_node
from engine.explain.rebuild import rebuild
from engine.explain.tree import Known
from engine.metrics.history import History
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.metrics.span import At, before, month_to, period_at
from engine.org import org_of
from engine.periods import By, bounds, period_of
from engine.records.record import Record
from schema_defs.calendar import Calendar
from schema_defs.case import Case
from tests.engine.metrics.world import CALENDAR, computed, dataset, lines, metric, records, release

ORDERS = dataset()
WINDOWS = {
    "quarter": {"over": "quarter"},
    "year": {"over": "year"},
    "rolling": {"over": {"days": 10}},
    "month": {"over": "month"},
    "before": {"compared": "last_period", "as": "value"},
    "change": {"compared": "last_period"},
    "growth": {"compared": "last_year", "as": "ratio"},
}
BASES = {
    "amount": {"value": "amount"},
    "weight": {"value": "weight"},
    "customers": {"aggregate": "count_distinct", "value": "customer"},
    "average": {"aggregate": "average", "value": "weight"},
    "latest": {"aggregate": "last", "value": "weight"},
    "share": {"formula": "weight / amount"},
}
DOCUMENTS = release(
    ORDERS,
    *(metric(name, **keys) for name, keys in BASES.items()),
    *(metric(f"{of}_{name}", of=of, **keys) for of in BASES for name, keys in WINDOWS.items()),
    metric("rolling_part", formula="amount_rolling / amount_year"),
)
FIRST = date(2024, 12, 20)


def orders(seed: int, count: int = 40) -> list[Record]:
    """Orders of the fourteen months after the first day, most of them in the last weeks of both ends."""
    rng = Random(seed)
    return records(
        ORDERS,
        *(
            {
                "day": str(FIRST + timedelta(days=rng.choice((0, 365)) + int(rng.triangular(0, 60, 3)))),
                "seller": rng.choice(["s01", "s02", ""]),
                "region": rng.choice(["shanghai", "suzhou", "west", ""]),
                "customer": f"c{rng.randrange(4)}",
                "amount": str(rng.randrange(-100, 10_000) / 100),
                "weight": rng.choice((0.1, 0.2, 1e15, -3.0)),
            }
            for _ in range(count)
        ),
    )


def naive(of: str, rows: list[Record], first: date, last: date) -> float | None:
    """A metric over days, by reading every record."""
    mine = [row for row in rows if first <= row.day <= last]
    weights = [Fraction(float(row.values["weight"])) for row in mine]  # type: ignore[arg-type]
    total = float(sum(round(float(row.values["amount"]) * 10_000) for row in mine) / 10_000)  # type: ignore[arg-type]
    match of:
        case "amount":
            return total
        case "weight":
            return float(sum(weights))
        case "customers":
            return float(len({row.values["customer"] for row in mine}))
        case "average":
            return float(sum(weights) / len(weights)) if weights else None
        case "share":
            return float(sum(weights)) / total if total else None
        case _:
            newest = max(mine, key=lambda row: (row.day, row.key), default=None)
            return None if newest is None else float(newest.values["weight"])  # type: ignore[arg-type]


def naive_window(name: str, read: Callable[[date, date], float | None], day: date, by: By) -> float | None:
    """A window's value on the day, from its words alone."""
    start = period_at(day, by, CALENDAR)[0]
    match name:
        case "rolling":
            return read(day - timedelta(days=9), day)
        case "month" | "quarter" | "year":
            size: By = name  # type: ignore[assignment]
            return read(period_at(day, size, CALENDAR)[0], day)
    earlier = before(At((start, day), by), "last_year" if name == "growth" else "last_period", CALENDAR)
    now, then = read(start, day), read(*earlier)
    if name == "before":
        return then
    if now is None or then is None or (name == "growth" and then == 0):
        return None
    return now - then if name == "change" else now / then


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(sorted(BASES)),
    st.sampled_from(sorted(WINDOWS)),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.sampled_from(["company", "region", "person"]),
)
def test_a_window_is_what_reading_its_records_gives(seed: int, of: str, name: str, by: By, scope: str) -> None:
    rows, metric_name = orders(seed), f"{of}_{name}"
    last = FIRST + timedelta(days=380)
    found = computed(DOCUMENTS, {"orders": rows}, metric_name, by=by, scope=scope, last=last)
    assert found.rows
    for row in found.rows:
        mine = [each for each in rows if _counts_for(each, scope, row.key)]
        day = min(last, bounds(row.period, CALENDAR, by)[1])
        expected = naive_window(name, lambda first, end, mine=mine: naive(of, mine, first, end), day, by)  # type: ignore[misc]
        value = None if row.value is None else float(row.value)  # type: ignore[arg-type]
        assert value == about(expected), (row, day)
    if by in {"quarter": ("day", "week", "month", "quarter"), "rolling": ("day", "week")}.get(name, ()):
        days = {(row.key, row.period) for row in found.rows}
        there = {period_of(each.day, by, CALENDAR) for each in rows if each.day <= last}
        assert scope != "company" or {("company", period) for period in there} <= days


def _counts_for(record: Record, scope: str, key: str) -> bool:
    if scope == "region":
        return record.region == key or (key == "east" and record.region in ("shanghai", "suzhou"))
    return scope == "company" or record.owner == key


def about(value: float | None, *, within: float = 1e-9) -> object:
    return None if value is None else pytest.approx(value, rel=1e-12, abs=within)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["region", "person"]), st.randoms(use_true_random=False))
@example(1, "region", Random(1))
def test_a_day_of_the_past_is_what_a_computation_up_to_it_gives(seed: int, scope: str, random: Random) -> None:
    rows = orders(seed)
    names = [*(f"{of}_{name}" for of in BASES for name in WINDOWS), "rolling_part"]
    asked = History(DOCUMENTS, {"orders": rows}, org_of(DOCUMENTS.organisation), CALENDAR, names, scope)  # type: ignore[arg-type]
    for name in random.sample(names, 6):
        day = FIRST + timedelta(days=random.randrange(0, 430))
        known = day + timedelta(days=random.randrange(0, 60))
        found = computed(DOCUMENTS, {"orders": rows}, name, scope=scope, last=day, known=CALENDAR.closing(known))
        for row in found.rows:
            if row.period == f"{day:%Y-%m}":
                value = None if row.value is None else float(row.value)  # type: ignore[arg-type]
                assert asked.to_date(name, row.key, day, known) == about(value, within=1e-4)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_late_days_reach_as_far_as_the_windows(seed: int) -> None:
    rng, rows = Random(seed), list[dict[str, object]]()
    for number in range(12):
        day = date(2026, 1, 20) + timedelta(days=rng.randrange(30))
        known = day + timedelta(days=rng.randrange(40))
        rows.append({"id": f"o{number % 8}", "day": str(day), "region": "west", "customer": f"c{rng.randrange(3)}",
                     "amount": rng.randrange(9), "_known_at": f"{known} 12:00"})  # fmt: skip
    names = ("customers_quarter", "amount_rolling", "amount_change")
    organisation = org_of(DOCUMENTS.organisation)
    asked = History(DOCUMENTS, {"orders": records(ORDERS, *rows)}, organisation, CALENDAR, names, "region")
    days = [date(2026, 1, 20) + timedelta(days=offset) for offset in range(80)]
    before_: dict[date, list[float | None]] = {}
    for known in days:
        late = asked.late_days(known).get("west", frozenset())
        now = {day: [asked.to_date(name, "west", day, known) for name in names] for day in days}
        assert all(now[day] == before_[day] or day in late for day in days if day < known)
        before_ = now


POINTS = [
    # the day, and the day of February or January 2026 by which as many working days had gone
    ("2026-03-02", "last_period", "2026-02-02"),
    ("2026-03-06", "last_period", "2026-02-06"),
    ("2026-03-07", "last_period", "2026-02-08"),
    ("2026-03-27", "last_period", "2026-02-28"),
    ("2026-03-31", "last_period", "2026-02-28"),
    ("2026-02-28", "last_period", "2026-01-31"),
    ("2026-02-27", "last_period", "2026-01-31"),
    ("2026-02-01", "last_period", "2025-12-31"),
    ("2026-03-01", "last_period", "2026-02-01"),
    ("2026-03-02", "last_year", "2025-03-03"),
    ("2024-02-29", "last_year", "2023-02-28"),
    ("2025-02-28", "last_year", "2024-02-29"),
]


@pytest.mark.parametrize(("day", "compared", "point"), POINTS)
def test_the_same_point_is_the_one_by_which_as_many_working_days_had_gone(day: str, compared: str, point: str) -> None:
    at = date.fromisoformat(day)
    found = before(At((at.replace(day=1), at)), compared, CALENDAR)  # type: ignore[arg-type]
    if day == "2026-02-01":
        # Nothing had gone before the first working day of January, the 1st: an empty beginning.
        assert found == (date(2026, 1, 1), date(2025, 12, 31))
    else:
        assert found[1] == date.fromisoformat(point)


@settings(max_examples=16, deadline=None)
@given(st.dates(date(2023, 1, 1), date(2026, 12, 30)), st.sampled_from(["month", "quarter", "year"]), st.booleans())
def test_the_same_point_never_goes_back_and_ends_with_the_earlier_period(day: date, by: By, in_china: bool) -> None:
    calendar = calendar_of(Calendar(country="CN" if in_china else None))
    for compared in ("last_period", "last_year"):
        first, last = period_at(day, by, calendar)
        following = min(day + timedelta(days=1), last)
        one, other, end = (before(At((first, at), by), compared, calendar) for at in (day, following, last))  # type: ignore[arg-type]
        assert one[0] == other[0] == end[0]
        assert one[1] <= other[1] <= end[1]
        assert end == period_at(end[0], by, calendar)
        assert end[1] < first


def test_the_running_period_stands_at_today_and_whole_ones_at_their_end() -> None:
    rows = records(
        ORDERS,
        {"day": "2026-02-03", "amount": 10},
        {"day": "2026-02-20", "amount": 5},
        {"day": "2026-03-03", "amount": 40},
    )
    whole = computed(DOCUMENTS, {"orders": rows}, "amount_change")
    running = computed(DOCUMENTS, {"orders": rows}, "amount_change", until=date(2026, 3, 5))
    assert lines(whole)[1:] == ["amount_change,company,company,2026-03,25.0000"]
    assert lines(running) == [
        "amount_change,company,company,2026-02,15.0000",
        "amount_change,company,company,2026-03,30.0000",
    ]


def test_a_window_reads_what_lies_before_the_first_asked_day_and_says_nothing_beyond_the_last_record() -> None:
    rows = records(ORDERS, {"day": "2026-02-27", "amount": 10}, {"day": "2026-03-04", "region": "west", "amount": 1})
    found = computed(DOCUMENTS, {"orders": rows}, "amount_rolling", by="day", first=date(2026, 3, 2))
    assert [line.split(",")[3:] for line in lines(found)] == [
        ["2026-03-02", "10.0000"],
        ["2026-03-03", "10.0000"],
        ["2026-03-04", "11.0000"],
    ]


def test_a_case_of_a_window_is_run_as_any_metric_s() -> None:
    case = msgspec.convert(
        {
            "kind": "test",
            "name": "grown",
            "metric": "amount_change",
            "records": [
                {"id": "a", "day": "2026-02-03", "seller": "s01", "amount": 100},
                {"id": "b", "day": "2026-03-30", "seller": "s01", "amount": 130},
            ],
            "expect": [
                {"scope": "person", "key": "s01", "period": "2026-03", "value": 30},
                {"scope": "person", "key": "s02", "period": "2026-03", "value": 0},
                {"scope": "person", "key": "s01", "period": "2026-03", "value": 230, "metric": "amount_quarter"},
                {"scope": "person", "key": "s02", "period": "2026-03", "value": None, "metric": "amount_growth"},
                {"scope": "person", "key": "s01", "period": "2026-03-04", "value": 100, "metric": "amount_year"},
                {"scope": "person", "key": "s01", "period": "2026-02", "value": 99},
            ],
        },
        Case,
        strict=False,
    )
    [failure] = run_case(case, DOCUMENTS).failures
    assert "amount_change of s01 in 2026-02 expected 99, was 100" in failure.en


def test_a_window_cannot_be_told_from_the_partials_of_one_period() -> None:
    metrics = ready(DOCUMENTS, ("amount_year", "rolling_part", "share"), CALENDAR)
    partials = {name: measure.partial(()) for name, measure in metrics.measures.items()}
    assert [metrics.value(name, partials) for name in ("amount_year", "rolling_part")] == [None, None]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_the_leaves_of_a_window_give_its_value_again(seed: int, back: int) -> None:
    rows, day = orders(seed), FIRST + timedelta(days=400 - back)
    names = (*(f"{of}_{name}" for of in BASES for name in WINDOWS), "rolling_part")
    metrics, organisation = ready(DOCUMENTS, names, CALENDAR), org_of(DOCUMENTS.organisation)
    ground = Ground(
        release=DOCUMENTS,
        ready=metrics,
        places={"orders": Places(ORDERS, organisation, day)},
        records={"orders": [Known(record=row) for row in rows]},
        at=month_to(day),
    )
    asked = History(DOCUMENTS, {"orders": rows}, organisation, CALENDAR, names, "region")  # type: ignore[arg-type]
    for name in names:
        for key in ("east", "west"):
            node = metric_node(ground, name, "region", key)
            assert rebuild(node) == node.value == asked.to_date(name, key, day, day + timedelta(days=90))
