"""What a metric does with returns and with people who moved: the same in every way of computing, at every moment."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.history import History
from engine.org import org_of
from engine.records.record import Record
from engine.records.returns import without_original
from engine.records.versions import as_known
from schema_defs.dataset import Dataset
from tests.engine.metrics.world import CALENDAR, ORGANISATION, computed, dataset, lines, metric, records, release

DATASET = dataset(
    region=None,
    fields={"id": "text", "day": "date", "seller": "person", "original": "text", "amount": "money"},
    void="amount == 13",
    returns={"when": "original is not None", "of": "original"},
)
WAYS = [(returns, attribution) for returns in ("current", "original", "ignore") for attribution in (None, "now")]
METRICS = [
    metric(f"m_{returns}_{attribution or 'then'}", value="amount", returns=returns, attribution=attribution)
    for returns, attribution in WAYS
]
DOCUMENTS = release(DATASET, *METRICS)
ORG = org_of(ORGANISATION)
FIRST = date(2026, 2, 20)


def order(key: str, day: str, amount: float, **more: object) -> dict[str, object]:
    return {"id": key, "day": day, "amount": amount, "seller": "s01"} | more


def test_a_return_counts_where_the_metric_says() -> None:
    rows = records(
        DATASET,
        order("A1", "2026-02-03", 100, seller="s02"),
        order("R1", "2026-03-05", -40, original="A1"),
        order("R2", "2026-03-06", -5, original="A9"),
    )
    names = "m_current_then,m_original_then,m_ignore_then"
    found = computed(DOCUMENTS, {"orders": rows}, names)
    assert lines(found) == [
        "m_current_then,company,company,2026-02,100.0000",
        "m_current_then,company,company,2026-03,-45.0000",
        "m_original_then,company,company,2026-02,60.0000",
        "m_original_then,company,company,2026-03,-5.0000",
        "m_ignore_then,company,company,2026-02,100.0000",
    ]
    found = computed(DOCUMENTS, {"orders": rows}, "m_original_then", scope="person")
    assert lines(found)[-1] == "m_original_then,person,s02,2026-02,60.0000"
    assert [record.key for record in without_original(as_known(rows, CALENDAR))] == [("R2",)]


def test_a_metric_may_count_people_where_they_are_now_though_its_dataset_does_not() -> None:
    rows = records(DATASET, order("A1", "2026-03-05", 100))
    found = computed(DOCUMENTS, {"orders": rows}, "m_current_then,m_current_now", scope="region")
    assert lines(found) == [
        "m_current_then,region,east,2026-03,100.0000",
        "m_current_then,region,shanghai,2026-03,100.0000",
        "m_current_now,region,west,2026-03,100.0000",
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Versions of a few orders and returns, told in any order: edits, moves, cancellations, deletions, originals that come late."""
    found: list[Record] = []
    for _ in range(draw(st.integers(1, 14))):
        day, key = FIRST + timedelta(days=draw(st.integers(0, 25))), draw(st.sampled_from(["A", "B", "C", "D"]))
        row = {
            "id": key,
            "day": day.isoformat(),
            "seller": draw(st.sampled_from(["s01", "s02", None])),
            "amount": draw(st.sampled_from([1.0, 10.0, -4.0, 13.0])),
            "original": draw(st.sampled_from([None, None, "A", "B", "C"])),
        }
        known = datetime.combine(day, time(3), tzinfo=UTC) + timedelta(days=draw(st.integers(0, 9)))
        [record] = records(DATASET, row)
        deleted = draw(st.integers(0, 7)) == 0
        found.append(
            msgspec.structs.replace(
                record, known_at=known, deleted=deleted, returns=None if deleted else record.returns
            )
        )
    return found


def naive(
    rows: list[Record], returns: str, attribution: str | None, key: str, span: tuple[date, date], known: date
) -> float:
    """What a region has of the amount, read from the words alone."""
    close = CALENDAR.closing(known)
    said = [
        (row.known_at, position, row) for position, row in enumerate(rows) if row.known_at and row.known_at <= close
    ]
    newest = {row.key: row for _, _, row in sorted(said, key=lambda each: each[:2])}
    live, total = {at: row for at, row in newest.items() if row.counts}, 0.0
    for row in live.values():
        original = row.values["original"]
        if original is not None and returns == "ignore":
            continue
        place = live.get((original,), row) if original is not None and returns == "original" else row
        at = known if attribution == "now" else place.day
        home = ORG.region_of(place.owner, at) if place.owner else None
        if home and key in (ORG.ancestors(home) or ()) and span[0] <= place.day <= span[1]:
            total += float(row.values["amount"])  # type: ignore[arg-type]
    return total


@settings(max_examples=16, deadline=None)
@given(histories(), st.sampled_from(range(len(WAYS))), st.integers(0, 34))
def test_computing_and_the_past_say_what_the_words_say(rows: list[Record], way: int, offset: int) -> None:
    (returns, attribution), name = WAYS[way], METRICS[way].name
    known = FIRST + timedelta(days=offset)
    history = History(DOCUMENTS, {"orders": rows}, ORG, CALENDAR, [each.name for each in METRICS], "region")
    moment = CALENDAR.closing(known)
    found = computed(DOCUMENTS, {"orders": rows}, name, scope="region", known=moment, today=known)
    for key in ("east", "shanghai", "suzhou", "west"):
        first = known.replace(day=1)
        assert history.to_date(name, key, known, known) == naive(rows, returns, attribution, key, (first, known), known)
        last = (first + timedelta(days=40)).replace(day=1) - timedelta(days=1)
        whole = naive(rows, returns, attribution, key, (first, last), known)
        mine = [row.value for row in found.rows if row.key == key and row.period == f"{known:%Y-%m}"]
        assert (float(mine[0]) if mine else 0.0) == whole  # type: ignore[arg-type]


@settings(max_examples=5, deadline=None)
@given(histories())
def test_a_past_day_whose_number_changes_is_named_as_late(rows: list[Record]) -> None:
    names = [each.name for each in METRICS if each.attribution is None]
    history = History(DOCUMENTS, {"orders": rows}, ORG, CALENDAR, names, "region")
    days, before = [FIRST + timedelta(days=offset) for offset in range(35)], dict[date, list[float | None]]()
    for known in days:
        late = history.late_days(known).get("east", frozenset())
        now = {day: [history.to_date(name, "east", day, known) for name in names] for day in days}
        assert all(now[day] == before[day] or day in late for day in days if day < known)
        before = now


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"returns": {"when": "true", "of": ["original", "seller"]}}, "returns-not-the-key"),
        ({"returns": {"when": "true", "of": "id"}}, "returns-itself"),
        ({"returns": {"when": "true", "of": "nothing"}}, "unknown-field"),
        ({"returns": {"when": "true", "of": "amount"}}, "wrong-field-type"),
    ],
)
def test_what_names_no_original_is_refused(keys: dict[str, object], code: str) -> None:
    document = msgspec.convert(msgspec.to_builtins(DATASET) | keys, Dataset)
    assert code in [fault.code for fault in document.faults()]


def test_returns_are_of_base_metrics_only() -> None:
    faults = [fault.code for fault in metric("x", formula="a / b", returns="original").faults()]
    assert faults == ["base-and-derived"]
