"""Numbers and dates as people of each language write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.wording import (
    MISSING,
    amount,
    clock,
    day,
    decimal,
    moment,
    month,
    percent,
    points,
    scale_of,
    scaled,
    share,
    size,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "–", "–"),
        (0, "0 元", "CNY 0"),
        (649, "649 元", "CNY 649"),
        (64_900, "64,900 元", "CNY 64.9K"),
        (375_600, "37.6 万元", "CNY 375.6K"),
        (2_119_700, "212.0 万元", "CNY 2.12M"),
        (-48_500, "−48,500 元", "−CNY 48.5K"),
        (37_758_000, "3,775.8 万元", "CNY 37.76M"),
        (530_000_000, "5.30 亿元", "CNY 530.00M"),
        (1_200_000_000, "12.00 亿元", "CNY 1,200.00M"),
    ],
)
def test_money_alone_carries_its_unit(value, zh, en):
    assert (amount(value, "money", "zh", "CNY"), amount(value, "money", "en", "CNY")) == (zh, en)


def test_a_change_carries_its_sign():
    assert amount(126_000, "money", "zh", "CNY", sign=True) == "+12.6 万元"
    assert amount(126_000, "money", "en", "CNY", sign=True) == "+CNY 126.0K"
    assert amount(0, "money", "en", "CNY", sign=True) == "CNY 0"


@pytest.mark.parametrize(
    ("value", "form", "zh", "en"),
    [
        (0.8236, "percent", "82.4%", "82.4%"),
        (1234, "number", "1,234", "1,234"),
        (41.25, "number", "41.3", "41.3"),
        (1, "days", "1 天", "1 day"),
        (2.5, "days", "2.5 天", "2.5 days"),
    ],
)
def test_other_formats(value, form, zh, en):
    assert (amount(value, form, "zh"), amount(value, form, "en")) == (zh, en)


def test_a_column_shares_one_scale():
    column = [37_758_000.0, 2_119_700.0, 375_600.0, None]
    zh, en = scale_of(column, "money", "zh", "CNY"), scale_of(column, "money", "en", "CNY")

    assert (zh.unit, en.unit) == ("万元", "CNY M")
    assert [scaled(value, zh) for value in column] == ["3,775.8", "212.0", "37.6", MISSING]
    assert [scaled(value, en) for value in column] == ["37.76", "2.12", "0.38", MISSING]


def test_shares_have_their_percent_sign_in_the_head():
    assert scale_of([0.4], "percent", "zh").unit == "%"
    assert share(0.8236) == "82.4"


@pytest.mark.parametrize(("value", "written"), [(1.005, "1.01"), (2.675, "2.68"), (-1.005, "−1.01"), (0.0, "0.00")])
def test_rounding_is_half_away_from_zero(value, written):
    assert decimal(value, 2) == written


@given(st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from(["zh", "en"]))
def test_what_is_written_is_the_number_to_its_last_digit(value, lang):
    scale = scale_of([value], "money", lang, "CNY")
    written = float(scaled(value, scale).replace(",", "").replace("−", "-")) * scale.divisor

    assert abs(written - value) <= 0.5001 * scale.divisor * 10**-scale.digits


def test_points_and_percent():
    assert points(0.0592, "zh") == "+5.9 点"
    assert points(-0.2145, "en") == "−21.5 pts"
    assert percent(None) == MISSING


def test_dates_in_the_order_of_the_language():
    at = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)

    assert day(date(2026, 11, 24), "zh", weekday=True) == "11月24日 周二"
    assert day(date(2026, 11, 24), "en", weekday=True, year=True) == "Tue 24 Nov 2026"
    assert (moment(at, "zh"), moment(at, "en")) == ("11月24日 10:42", "24 Nov, 10:42")
    assert (month("2026-03", "zh"), month("2026-03", "en")) == ("2026年3月", "March 2026")
    assert (month("2026-03", "zh", year=False), month("2026-03", "en", year=False)) == ("3月", "Mar")
    assert clock(at) == "10:42"
    assert size(84_210) == "84 kB"
