"""What a plain scalar means: YAML 1.2 core, and nothing that only looks like something."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_defs.case import Case
from schema_defs.loader import Loaded, load_text
from schema_defs.message import Message
from schema_defs.plan import Plan


def plan(total: str, *, file: str = "plan.yaml") -> Loaded:
    return load_text(f"kind: plan\nname: p\nmetric: m\nyear: 2026\ntotal: {total}\n", file)


def total_of(loaded: Loaded) -> Decimal | None:
    assert loaded.issues == ()
    return loaded.release.plans["p"].total


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "no",
        "yes",
        "on",
        "Off",
        "y",
        "12:30",
        "12:30:45",
        "2026-03-01",
        ".nan",
        ".inf",
        "0x1F",
        "0o17",
        "1_000",
        "=",
        "١٢",
    ],
)
def test_what_other_parsers_convert_stays_text(text: str) -> None:
    loaded = load_text(f"kind: message\nname: x\ntitle: {text}\nbody: b")
    assert loaded.issues == ()
    assert loaded.release.messages["x"].title == text


@pytest.mark.parametrize("text", ["true", "True", "null", "~", "", "12", "1.5", "-3", "+4", "1e3", "007"])
def test_what_is_no_text_is_not_made_one(text: str) -> None:
    [issue] = load_text(f"kind: message\nname: x\ntitle: {text}\nbody: b").issues
    assert (issue.code, issue.line) == ("wrong-type", 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45%", "0.45"),
        ("45 %", "0.45"),
        ("'45%'", "0.45"),
        ("0.5", "0.5"),
        ("-3", "-3"),
        ("1e3", "1000"),
        (".5", "0.5"),
        ("12.50", "12.50"),
    ],
)
def test_a_quantity_is_an_exact_number_or_a_percent(text: str, value: str) -> None:
    assert total_of(plan(text)) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        ".nan",
        ".inf",
        "-.inf",
        "0x1F",
        "0o17",
        "1_000",
        "1,000",
        "'100'",
        "１２",
        "45％",
        "'% 45'",
        "1 000",
        "一百",
        "12:30",
    ],
)
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    [issue] = plan(text).issues
    assert (issue.code, issue.line) == ("wrong-type", 5)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(lambda value: abs(value.adjusted()) < 300)
)
@settings(max_examples=24, deadline=None)
def test_every_decimal_comes_through_to_the_last_digit(value: Decimal) -> None:
    assert total_of(plan(f"{value:f}")) == value


def test_an_amount_may_have_any_length() -> None:
    digits = "9" * 6000 + "." + "1" * 6000
    assert str(total_of(plan(digits))) == digits


def test_an_expression_takes_a_plain_scalar_as_its_text() -> None:
    loaded = load_text("kind: metric\nname: x\ndataset: d\naggregate: sum\nvalue: 1.50\nwhere: true")
    assert loaded.issues == ()
    metric = loaded.release.metrics["x"]
    assert (metric.value, metric.where) == ("1.50", "true")


def test_a_year_as_a_period_needs_no_quotes() -> None:
    loaded = load_text(
        "kind: test\nname: x\nmetric: m\nexpect: [{scope: company, key: company, period: 2026, value: 1}]"
    )
    assert loaded.issues == ()
    assert loaded.release.cases["x"].expect[0].period == "2026"


def test_dates_are_days_that_exist() -> None:
    good = load_text("kind: calendar\nholidays: [2024-02-29, '2026-12-31']")
    assert good.release.calendar.holidays == (date(2024, 2, 29), date(2026, 12, 31))
    bad = load_text("kind: calendar\nholidays: [2025-02-29, 2026-1-1, 20260101, 2026-01-01T00:00:00]")
    assert [issue.code for issue in bad.issues] == ["bad-date", "bad-date", "wrong-type", "bad-date"]


def test_missing_values_of_a_test_are_told_from_absent_ones() -> None:
    loaded = load_text(
        "kind: test\nname: x\nrule: r\ndays:\n  - {day: 2026-03-02, values: null}\n  - {day: 2026-03-03}"
    )
    case = loaded.release.cases["x"]
    assert isinstance(case, Case)
    assert case.days[0].values is None
    assert case.days[1].values is not None


def test_surrogate_pairs_become_the_character_they_stand_for() -> None:
    yaml = load_text('kind: message\nname: x\ntitle: "\\ud83d\\ude00"\nbody: 😀')
    json = load_text('{"kind": "message", "name": "x", "title": "\\ud83d\\ude00", "body": "😀"}', "x.json")
    for loaded in (yaml, json):
        assert loaded.issues == ()
        assert loaded.release.messages["x"] == Message(name="x", title="😀", body="😀")


def test_json_may_be_indented_with_tabs_and_hold_long_numbers() -> None:
    text = '{\n\t"kind": "plan",\n\t"name": "p",\n\t"metric": "m",\n\t"year": 2026,\n\t"total": ' + "9" * 400 + "\n}"
    loaded = load_text(text, "p.json")
    assert loaded.issues == ()
    found = loaded.release.plans["p"]
    assert isinstance(found, Plan)
    assert found.total == Decimal("9" * 400)
