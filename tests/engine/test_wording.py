"""Boards, PDFs and messages say the same number in the same words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import wording
from engine.template import render
from schema_defs.text import Lang

NUMBERS = (
    None, 0, 0.4, 1, 49.5, 649, 999.5, 9_999, 12_345.6, 64_900, 99_999.5, 100_000, 126_000, 999_949, 999_950, 999_999,
    1_234_567, 5_000_000, 37_758_000, 99_999_499, 99_999_500, 99_999_999, 1e8, 5.3e8, 1.2e9, -0.004, -48_500, -5.3e8,
)  # fmt: skip
LANGS: tuple[Lang, ...] = ("zh", "en")


def said(source: str, value: object, lang: Lang, currency: str = "CNY") -> str:
    return render(source, {"v": value}, lang, currency=currency)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("value", NUMBERS)
def test_a_message_says_a_number_as_the_board_does(value: float | None, lang: Lang) -> None:
    assert said("{{ v | money }}", value, lang) == wording.amount(value, "money", lang, "CNY")
    assert said("{{ v | money }}", value, lang, "SGD") == wording.amount(value, "money", lang, "SGD")
    assert said("{{ v | number }}", value, lang) == wording.amount(value, "number", lang)
    assert said("{{ v | percent }}", value, lang) == wording.amount(value, "percent", lang)


@given(
    value=st.one_of(st.none(), st.floats(-1e13, 1e13), st.integers(-(10**13), 10**13)),
    lang=st.sampled_from(LANGS),
    currency=st.sampled_from(["CNY", "USD", "SGD", "XAF"]),
)
def test_so_does_any_number_in_any_currency(value: float | None, lang: Lang, currency: str) -> None:
    assert said("{{ v | money }}", value, lang, currency) == wording.amount(value, "money", lang, currency)
    assert said("{{ v | percent }}", value, lang) == wording.percent(value)


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_says_a_day_as_the_board_does(lang: Lang) -> None:
    day = date(2026, 3, 2)
    assert said("{{ v | date }}", day, lang) == wording.day(day, lang)
    assert said("{{ v | date('long') }}", day, lang) == wording.day(day, lang, weekday=True, year=True)


@given(value=st.floats(-1e12, 1e12), lang=st.sampled_from(LANGS), form=st.sampled_from(["money", "number", "percent"]))
def test_a_cell_under_its_head_is_the_number_alone_in_the_same_digits(value: float, lang: Lang, form: str) -> None:
    """A percent's cell and its sentence differ by the sign only."""
    scale = wording.scale_of([value], form, lang, "CNY")  # type: ignore[arg-type]
    cell = wording.scaled(value, scale)
    if form == "percent":
        assert cell == wording.share(value)
        assert f"{cell}%" == wording.percent(value)
    elif scale == wording.scale_of([value], form, lang, "CNY", alone=True):  # type: ignore[arg-type]
        digits = cell.lstrip(wording.MINUS)
        assert digits in wording.amount(value, form, lang, "CNY")  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
def test_a_number_alone_never_needs_four_digits_before_the_next_letter_would_do(lang: Lang) -> None:
    for value in (999_949.9, 999_950.0, 99_999_499.0, 99_999_500.0):
        assert not wording.amount(value, "number", lang).startswith(("1,000.0K", "10,000.0"))


def test_a_currency_without_a_name_of_its_own_stands_apart() -> None:
    assert wording.amount(375_600, "money", "zh", "XAF") == "37.6 万 XAF"
    assert wording.amount(375_600, "money", "zh", "SGD") == "37.6 万新元"
    assert wording.exact(126_000, "zh", "CNY") == "126,000.00 元"
    assert wording.exact(-126_000.005, "en", "CNY") == "−CNY 126,000.01"
