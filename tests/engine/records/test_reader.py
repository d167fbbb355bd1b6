"""Raw rows become records, or bad rows with every reason at once."""

from datetime import UTC, date, datetime

import pytest

from engine.calendar import calendar_of
from engine.records.doubles import Doubles
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from schema_defs.calendar import Calendar
from schema_defs.dataset import Credit, Dataset, Field
from schema_defs.source import Source

SHANGHAI = calendar_of(Calendar())
ORDERS = Dataset(
    name="orders",
    key=("order", "line"),
    time="day",
    owner="seller",
    region="region",
    fields={
        "order": "text",
        "line": "number",
        "day": "date",
        "seller": "person",
        "region": "region",
        "kind": Field(type="choice", choices=("A", "B")),
        "status": Field(type="text", default="open"),
        "amount": Field(type="money", currency="CNY"),
    },
    void="status == 'cancelled'",
)
ROW = {
    "order": "O1",
    "line": "1",
    "day": "2026-03-02",
    "seller": "s01",
    "region": "east",
    "kind": "A",
    "amount": "1,200",
}


def reader(dataset: Dataset = ORDERS, **source: object) -> RecordReader:
    document = Source(name="files", dataset=dataset.name, connector="file", **source) if source else None  # type: ignore[arg-type]
    return RecordReader(dataset, document, SHANGHAI)


def record(raw: dict[str, object], dataset: Dataset = ORDERS, **source: object) -> Record:
    found = reader(dataset, **source).read(raw)
    assert isinstance(found, Record), found
    return found


def reasons(raw: dict[str, object], dataset: Dataset = ORDERS, **source: object) -> list[str]:
    found = reader(dataset, **source).read(raw)
    assert isinstance(found, BadRow), found
    return [reason.en for reason in found.reasons]


def test_a_row_becomes_a_record() -> None:
    found = record(ROW)
    assert found.key == ("O1", 1.0)
    assert (found.day, found.owner, found.region, found.void, found.known_at) == (
        date(2026, 3, 2),
        "s01",
        "east",
        False,
        None,
    )
    assert found.values["amount"] == 1200.0
    assert found.values["status"] == "open"


def test_extra_columns_are_ignored_and_absent_ones_are_missing() -> None:
    found = record({"order": "O1", "line": 1, "day": "2026-03-02", "colour": "red"})
    assert found.values["amount"] is None
    assert found.owner is None
    assert "colour" not in found.values


def test_all_reasons_are_told_at_once() -> None:
    found = reasons(ROW | {"amount": "1,23", "day": "03/04/2026", "kind": "C"})
    assert [text.split(":")[0] for text in found] == ["day", "kind", "amount"]


@pytest.mark.parametrize("field", ["order", "line", "day"])
def test_an_empty_key_or_time_makes_a_bad_row(field: str) -> None:
    assert reasons(ROW | {field: ""})[0].startswith(f"{field}: is empty")


def test_a_void_record_is_kept_and_counts_nowhere() -> None:
    found = record(ROW | {"status": "cancelled"})
    assert found.void
    assert not found.counts


def test_a_tombstone_needs_its_key_only() -> None:
    found = record({"order": "O1", "line": 1, "_deleted": "true", "_known_at": "2026-03-05 12:00", "amount": "rubbish"})
    assert found.deleted
    assert found.known_at == datetime(2026, 3, 5, 4, tzinfo=UTC)


def test_a_source_says_what_is_deleted() -> None:
    assert record(ROW | {"state": "X"}, deleted="state == 'X'").deleted
    assert not record(ROW | {"state": "Y"}, deleted="state == 'X'").deleted


def test_known_at_that_is_no_time_makes_a_bad_row() -> None:
    assert reasons(ROW | {"_known_at": "yesterday"})[0].startswith("_known_at: ")


def test_a_record_belongs_to_the_date_of_its_time_in_the_tenants_zone() -> None:
    visits = Dataset(name="visits", key="id", time="at", fields={"id": "text", "at": "datetime"})
    found = record({"id": "1", "at": "2026-03-02T16:30:00Z"}, visits)
    assert found.day == date(2026, 3, 3)
    assert found.at == datetime(2026, 3, 2, 16, 30, tzinfo=UTC)


def test_a_time_without_a_zone_takes_the_sources() -> None:
    visits = Dataset(name="visits", key="id", time="at", fields={"id": "text", "at": "datetime"})
    assert record({"id": "1", "at": "2026-03-02 20:00"}, visits, time_zone="UTC").day == date(2026, 3, 3)


# Mapping


@pytest.mark.parametrize(
    ("expression", "raw", "amount"),
    [
        ("net", {"net": "1,234.50"}, 1234.5),
        ("qty * price", {"qty": "3", "price": "1,000.50"}, 3001.5),
        ("qty * price", {"qty": 3, "price": 2.5}, 7.5),
        ("gross - tax", {"gross": "10", "tax": ""}, None),
        ("gross - coalesce(tax, 0)", {"gross": "10", "tax": ""}, 10.0),
        ("-net if kind_code == 'R' else net", {"net": "5", "kind_code": "R"}, -5.0),
        ("net * 2 if kind_code == 1 else net", {"net": "5", "kind_code": "1"}, 10.0),
        ("round(net, 1)", {"net": "5.25"}, 5.3),
        ("a + b", {"a": "1", "b": "2"}, 3.0),
        ("净额 * 1.13", {"净额": "100"}, 112.99999999999999),
        ("net * rate", {"net": "200", "rate": "10%"}, 20.0),
        ("net if is_missing(discount) else 0", {"net": "9"}, 9.0),
        ("net if year(when) == 2026 else 0", {"net": "9", "when": "2026/3/2"}, 9.0),
    ],
)
def test_a_map_computes_from_what_the_raw_row_holds(
    expression: str, raw: dict[str, object], amount: float | None
) -> None:
    assert record(ROW | raw, map={"amount": expression}).values["amount"] == amount


@pytest.mark.parametrize(
    ("expression", "raw", "status"),
    [
        ("a + '-' + b", {"a": "01", "b": "2"}, "01-2"),
        ("upper(trim(a))", {"a": " x "}, "X"),
        ("'open' if done != 'J' else 'closed'", {"done": "J"}, "closed"),
        ("'big' if size > 10 else 'small'", {"size": "９"}, "small"),
    ],
)
def test_a_map_makes_text(expression: str, raw: dict[str, object], status: str) -> None:
    assert record(ROW | raw, map={"status": expression}).values["status"] == status


def test_a_mapped_number_that_is_none_names_the_raw_column() -> None:
    assert reasons(ROW | {"qty": "1,5", "price": "2"}, map={"amount": "qty * price"}) == [
        "amount: raw column 'qty': the number '1,5' is ambiguous (is the mark a thousands or a decimal separator?); write 1234.50 or 1,234.50"
    ]


def test_a_value_map_translates_and_counts_what_it_does_not_know() -> None:
    mapped = reader(map={"kind": "map_value(material)"}, values={"kind": {"01": "A", "2": "B"}})
    kinds = [mapped.read(ROW | {"material": raw}).values["kind"] for raw in ("01", "2", 2.0, "07", "07", "")]  # type: ignore[union-attr]
    assert kinds == ["A", "B", "B", None, None, None]
    assert dict(mapped.value_maps["kind"].unmapped) == {"07": 2}
    assert mapped.value_maps["kind"].coverage == 3 / 5


def test_a_value_that_the_map_gives_is_checked_like_any_other() -> None:
    assert (
        "none of the choices" in reasons(ROW | {"m": "1"}, map={"kind": "map_value(m)"}, values={"kind": {"1": "Z"}})[0]
    )


# Split credit

SHARED = Dataset(
    name="deals",
    key="id",
    time="day",
    owner=Credit(people="people", share="share"),
    fields={"id": "text", "day": "date", "people": "text", "share": "text"},
)


@pytest.mark.parametrize(
    ("people", "share", "credit"),
    [
        ("s01; s02", "60%; 40%", (("s01", 0.6), ("s02", 0.4))),
        ("s01,s02", "0.5,0.5", (("s01", 0.5), ("s02", 0.5))),
        ("s01、s02", "0.7、0.3", (("s01", 0.7), ("s02", 0.3))),
        ("s01", "", (("s01", 1.0),)),
        ("s01", "0.5", (("s01", 0.5),)),
        ("s01;s01", "0.25;0.25", (("s01", 0.5),)),
        (["s01", "s02"], [0.6, 0.4], (("s01", 0.6), ("s02", 0.4))),
        ("", "", ()),
    ],
)
def test_credit_is_split_by_shares(people: object, share: object, credit: tuple[tuple[str, float], ...]) -> None:
    assert record({"id": "1", "day": "2026-03-02", "people": people, "share": share}, SHARED).credit == credit


@pytest.mark.parametrize(
    ("people", "share", "reason"),
    [
        ("a;b", "0.5", "2 people but 1 shares"),
        ("a;b", "60%; 60%", "the shares add up to 120.0000%, more than 100%"),
        ("a;a", "1; 0.01", "the shares add up to 101.0000%, more than 100%"),
        ("a;b", "", "2 people but 0"),
        ("a", "60", "not between 0 and 1"),
        ("a;;b", "1;0;0", "empty"),
    ],
)
def test_credit_that_does_not_fit_makes_a_bad_row(people: str, share: str, reason: str) -> None:
    assert reason in reasons({"id": "1", "day": "2026-03-02", "people": people, "share": share}, SHARED)[0]


# The same key twice


def test_the_same_key_twice_is_a_bad_row_that_names_both_lines() -> None:
    doubles = Doubles()
    assert doubles.refusal(record(ROW), 2) is None
    refusal = doubles.refusal(record(ROW), 7)
    assert refusal is not None
    assert "(O1, 1) stands in line 2" in refusal.en


def test_the_same_key_in_the_same_line_of_another_file_is_a_double_too() -> None:
    doubles = Doubles()
    assert doubles.refusal(record(ROW), 2, "march.csv") is None
    refusal = doubles.refusal(record(ROW), 2, "april.csv")
    assert refusal is not None
    assert "(O1, 1) stands in line 2 of march.csv" in refusal.en


def test_versions_with_known_at_and_tombstones_are_no_doubles() -> None:
    doubles = Doubles()
    assert doubles.refusal(record(ROW), 2) is None
    assert doubles.refusal(record(ROW | {"_known_at": "2026-03-09"}), 3) is None
    assert doubles.refusal(record(ROW | {"_deleted": "1"}), 4) is None
