"""A backtest of AdventureWorks' orders, row by row against figures that are added up here from the plain CSV files."""

import csv
import datetime as dt
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.offline.backtesting import Replay, run_backtest
from tests.engine.rules import naive_fold as naive

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("DUIQI_REAL_DATA", "nowhere"))
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="DUIQI_REAL_DATA names no folder")

FIRST, LAST = dt.date(2011, 3, 1), dt.date(2011, 9, 30)


def table(name):
    with (REAL / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def month_of(day):
    return day.replace(day=1)


def quotas_by_month():
    """Each quarter's quota in three equal parts, cents left over going to the first months."""
    found = {}
    for row in table("quotas_2010_2012.csv"):
        cents = int(Decimal(row["quota"]) * 100)
        for position in range(3):
            month = dt.date(int(row["year"]), 3 * int(row["quarter"]) - 2 + position, 1)
            found[row["salesperson_id"], month] = cents // 3 + (position < cents % 3)
    return found


def sales_by_day():
    found = defaultdict(int)
    for row in table("order_lines_2010_2012.csv"):
        day = dt.date.fromisoformat(row["order_date"][:10])
        found[row["salesperson_id"], day] += int(Decimal(row["amount"]) * 10_000)
    return found


def days(first, last):
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def working(first, last):
    return [day for day in days(first, last) if day.weekday() < 5]


def judged(person, day, sales, quotas):
    """Whether the seller is below 80 % of the pace, and at 90 % of it again; None without a target."""
    target = quotas.get((person, month_of(day)))
    if not target:
        return naive.Day(day, None, None)
    first, last = month_of(day), (month_of(day) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    actual = sum(sales.get((person, one), 0) for one in days(first, day))
    pace = Decimal(len(working(first, day))) / len(working(first, last))
    attainment = Decimal(actual) / 100 / target
    return naive.Day(day, attainment < Decimal("0.8") * pace, attainment >= Decimal("0.9") * pace)


def test_every_row_is_as_added_up_by_hand():
    data = {"order_lines": "order_lines_2010_2012", "people": "people", "quotas": "quotas_2010_2012"}
    replayed = run_backtest(
        Replay(
            path=ROOT / "config" / "adventureworks",
            data=tuple(f"{name}={REAL / file}.csv" for name, file in data.items()),
            rule="behind_quota",
            first=FIRST,
            last=LAST,
        )
    )
    sales, quotas = sales_by_day(), quotas_by_month()
    start = min(*(day for _, day in sales), *(month for _, month in quotas))
    people = sorted(row["salesperson_id"] for row in table("people.csv"))
    rows = {(row.key, row.day): row for row in replayed.rows}
    assert sorted(rows) == [(person, day) for person in people for day in days(FIRST, LAST)]
    rule = naive.NaiveRule(hold_for=3, across="month")
    for person in people:
        teller, lived = naive.Teller(rule), []
        for day in days(start, LAST):
            lived += [judged(person, day, sales, quotas)] if day.weekday() < 5 else []
            recent = [one for one in lived if (day - one.day).days < 70]  # `across: month` needs no more
            sent = teller.after_step(recent, day, False)
            if day >= FIRST:
                expected = (verdict_of(lived[-1]) if day.weekday() < 5 else "", naive.shown(rule, recent), tuple(sent))
                row = rows[person, day]
                assert (row.verdict, row.state, row.transition) == expected, (person, day)
                assert row.notices == tuple(f"{kind}:{person}" for kind in sent)


def verdict_of(day):
    return "no_data" if day.holds is None else "holds" if day.holds else "clear"
