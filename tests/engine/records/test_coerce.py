"""Raw cells become values of their field's type; what could mean two things is refused with a reason."""
# ruff: noqa: DTZ001  # times without a zone are what is tested

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.records.coerce import FieldReader
from engine.records.wrong import WrongValueError
from schema_defs.dataset import Field

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")


def read(raw: object, source: ZoneInfo = SHANGHAI, **field: object) -> object:
    return FieldReader(Field(**field), source, SHANGHAI).read(raw)  # type: ignore[arg-type]


NUMBERS = [
    ("12", 12.0),
    ("-12.5", -12.5),
    ("+3", 3.0),
    (".5", 0.5),
    ("7.", 7.0),
    ("1e3", 1000.0),
    ("  42 ", 42.0),
    ("1,234.50", 1234.5),
    ("1,234", 1234.0),
    ("-1,234,567.89", -1234567.89),
    ("１２３", 123.0),
    ("１，２３４．５", 1234.5),
    ("−5", -5.0),
    (3, 3.0),
    (2.5, 2.5),
    (Decimal("0.1"), 0.1),
    ("", None),
    ("   ", None),
    (None, None),
]


@pytest.mark.parametrize(("raw", "value"), NUMBERS)
def test_numbers_are_read_as_people_write_them(raw: object, value: float | None) -> None:
    assert read(raw, type="number") == value


@pytest.mark.parametrize("raw", ["1.234,50", "1,23", "12,34,567", "1 234.50", "0,123", "1'234", "1,2345"])
def test_an_ambiguous_number_says_so(raw: str) -> None:
    with pytest.raises(WrongValueError, match="ambiguous"):
        read(raw, type="number")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("abc", "no number"),
        ("12万", "no number"),
        ("1_000", "no number"),
        ("①", "no number"),
        ("10²", "no number"),
        ("nan", "no number"),
        ("inf", "no number"),
        ("1e999", "too large"),
        ("#N/A", "error of the spreadsheet"),
        ("12%", "a percentage"),
        (True, "true or false"),
        (date(2026, 3, 2), "a date"),
        ([1], "nested"),
        (float("inf"), "no finite number"),
        (10**400, "no finite number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(raw: object, reason: str) -> None:
    with pytest.raises(WrongValueError, match=reason) as caught:
        read(raw, type="number")
    assert caught.value.said.zh


@pytest.mark.parametrize(
    ("raw", "currency", "value"),
    [
        ("¥1,234.50", "CNY", 1234.5),
        ("￥100", "CNY", 100.0),
        ("100元", "CNY", 100.0),
        ("CNY 100", "CNY", 100.0),
        ("-¥5", "CNY", -5.0),
        ("$5", "USD", 5.0),
        ("5 usd", "USD", 5.0),
        ("¥7", None, 7.0),
    ],
)
def test_money_may_carry_its_own_currency(raw: str, currency: str | None, value: float) -> None:
    assert read(raw, type="money", currency=currency) == value


@pytest.mark.parametrize(("raw", "currency"), [("$5", "CNY"), ("5 EUR", "CNY"), ("¥5", "USD")])
def test_money_in_another_currency_is_refused(raw: str, currency: str) -> None:
    with pytest.raises(WrongValueError, match=f"the field is in {currency}"):
        read(raw, type="money", currency=currency)


@pytest.mark.parametrize(
    ("raw", "value"), [("45%", 0.45), ("１２％", 0.12), ("0.45", 0.45), ("1,250%", 12.5), ("12.5 %", 0.125)]
)
def test_a_percent_is_a_fraction(raw: str, value: float) -> None:
    assert read(raw, type="percent") == value


DATES = [
    ("2026-03-02", date(2026, 3, 2)),
    ("2026-3-2", date(2026, 3, 2)),
    ("2026/3/2", date(2026, 3, 2)),
    ("2026.03.02", date(2026, 3, 2)),
    ("20260302", date(2026, 3, 2)),
    ("2026年3月2日", date(2026, 3, 2)),
    ("２０２６／３／２", date(2026, 3, 2)),
    ("2026/3/2 0:00", date(2026, 3, 2)),
    ("2026-03-02T23:30:00", date(2026, 3, 2)),
    ("2026-03-02T23:30:00Z", date(2026, 3, 3)),
    (date(2026, 3, 2), date(2026, 3, 2)),
    (datetime(2026, 3, 2), date(2026, 3, 2)),
    (20260302, date(2026, 3, 2)),
    ("", None),
]


@pytest.mark.parametrize(("raw", "value"), DATES)
def test_dates_are_read_in_their_unambiguous_forms(raw: object, value: date | None) -> None:
    assert read(raw, type="date") == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("03/04/2026", "ambiguous"),
        ("13/04/2026", "ambiguous"),
        ("3-4-26", "ambiguous"),
        ("2026-02-30", "no such day"),
        ("2026-13-01", "no such day"),
        ("0202-03-02", "year"),
        ("2026-3/2", "no date"),
        ("46083", "Excel"),
        (46083.0, "Excel"),
        ("next week", "no date"),
        ("2026-03-02 25:00", "no such time"),
        ("2026-03-02 2pm", "time"),
        (True, "no date"),
    ],
)
def test_a_date_that_is_none_or_two_is_refused(raw: object, reason: str) -> None:
    with pytest.raises(WrongValueError, match=reason):
        read(raw, type="date")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-03-02 14:30", datetime(2026, 3, 2, 14, 30)),
        ("2026-03-02T14:30:05.25", datetime(2026, 3, 2, 14, 30, 5, 250_000)),
        ("2026-03-02T14:30:00Z", datetime(2026, 3, 2, 22, 30)),
        ("2026-03-02T14:30:00-05:00", datetime(2026, 3, 3, 3, 30)),
        ("2026年3月2日8:05", datetime(2026, 3, 2, 8, 5)),
        ("2026-03-02", datetime(2026, 3, 2)),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 9)),
    ],
)
def test_times_come_into_the_tenants_zone(raw: object, value: datetime) -> None:
    assert read(raw, type="datetime") == value


def test_a_time_without_a_zone_is_the_sources() -> None:
    assert read("2026-03-02 20:00", source=UTC, type="datetime") == datetime(2026, 3, 3, 4)
    assert read("2026-03-02 20:00", source=UTC, type="date") == date(2026, 3, 3)
    assert read("2026-03-02", source=UTC, type="date") == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("true", True),
        ("是", True),
        ("Yes", True),
        ("1", True),
        (1.0, True),
        ("否", False),
        ("FALSE", False),
        (0, False),
        (False, False),
    ],
)
def test_booleans_in_both_languages(raw: object, value: bool) -> None:
    assert read(raw, type="boolean") is value


def test_a_boolean_that_is_neither_is_refused() -> None:
    with pytest.raises(WrongValueError, match="neither true nor false"):
        read("maybe", type="boolean")


def test_a_choice_off_the_list_names_the_near_one() -> None:
    with pytest.raises(WrongValueError, match="did you mean 'Bikes'"):
        read("Bike", type="choice", choices=("Bikes", "Clothing"))


def test_an_empty_cell_takes_the_default() -> None:
    assert read(" ", type="choice", choices=("open", "closed"), default="open") == "open"
    assert read(None, type="money", default=0.0) == 0.0


@pytest.mark.parametrize(
    ("raw", "value"),
    [(7.0, "7"), (12, "12"), (2.5, "2.5"), (True, "true"), (" a b ", "a b"), (date(2026, 3, 2), "2026-03-02")],
)
def test_text_of_typed_cells(raw: object, value: str) -> None:
    assert read(raw, type="text") == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(1.234567890123457e16, "lost its digits"), ("a\0b", "control"), ("x" * 10_001, "at most"), ({"a": 1}, "nested")],
)
def test_text_that_cannot_be_kept_is_refused(raw: object, reason: str) -> None:
    with pytest.raises(WrongValueError, match=reason):
        read(raw, type="text")


def test_a_refusal_quotes_a_long_value_shortly() -> None:
    with pytest.raises(WrongValueError) as caught:
        read("x" * 500, type="number")
    assert len(caught.value.said.en) < 150
