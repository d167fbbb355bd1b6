"""Cumulative and compared metrics of the running system: what an offline computation of the same records gives."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from engine.metrics.day import SCOPES
from engine.metrics.history import History
from runtime.alerts.rows import JudgedDayRow
from runtime.numbers.needed import cells_needed
from runtime.numbers.read import book_of
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, RULE, TENANT, Company, founded, noon, order
from tests.runtime.numbers.test_compute import Source
from tests.runtime.versions import records_of

START = date(2026, 2, 18)
NAMES = {
    "amount_year": "of: amount, over: year",
    "customers_quarter": "of: customers, over: quarter",
    "customers_rolling": "of: customers, over: {days: 30}",
    "mean_rolling": "of: mean, over: {days: 40}",
    "latest_rolling": "of: latest, over: {days: 3}",
    "share_rolling": "of: share, over: {days: 20}",
    "amount_change": "of: amount, compared: last_period",
    "customers_growth": "of: customers, compared: last_period, as: ratio",
    "pieces_last_year": "of: pieces, compared: last_year, as: value",
    "part": "formula: amount_change / amount_year",
}
WINDOWS = "".join(f"\n---\n{{kind: metric, name: {name}, {keys}}}" for name, keys in NAMES.items())


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(START)) as one:
        yield one


def long_ago(number: int) -> list[dict[str, object]]:
    """Late orders of a month and of a year before."""
    return [order(f"L{number}-{day}", day, 30, customer=f"c{number}") for day in (date(2025, 2, 5), date(2026, 1, 5))]


async def test_a_window_is_what_an_offline_computation_gives(company: Company) -> None:
    await company.publish(COMPANY + WINDOWS)
    source = Source(7, company.clock.now())
    for hours in (1, 30, 50, 80, 40, 90):
        await company.until(company.clock.now() + timedelta(hours=hours))
        company.write(*source.some(company.clock.now()), *long_ago(hours))
        await company.sync()
    configured, today = await company.prepared(), company.clock.now().date()
    book = await book_of(configured, NAMES, ["2026-02", "2026-03"])
    seen = set()
    for scope in SCOPES:
        given = configured.release, await records_of(company), configured.org, configured.calendar
        offline = History(*given, tuple(NAMES), scope)
        keys = offline.keys()
        for key in keys:
            for day in (today - timedelta(days=back) for back in range(0, 20, 3)):
                for name in NAMES:
                    value = offline.to_date(name, key, day, today + timedelta(days=1))
                    assert book.value(name, scope, key, day) == value, (name, scope, key, day)
                    seen |= {name} if value else set()
    assert seen == NAMES.keys()


async def test_only_windows_read_more_than_the_month_s_numbers(company: Company) -> None:
    await company.publish(COMPANY + WINDOWS)
    metrics = (await company.prepared()).metrics
    plain = cells_needed(metrics, ["amount", "share"], ["2026-03"])
    assert {month: (needed.numbers, needed.parts) for month, needed in plain.items()} == {
        "2026-03": ({"amount", "high"}, set())
    }
    compared = cells_needed(metrics, ["amount_change"], ["2026-03"])
    assert {month: (needed.numbers, needed.parts) for month, needed in compared.items()} == {
        "2026-02": ({"amount"}, set()),
        "2026-03": ({"amount"}, set()),
    }
    assert cells_needed(metrics, ["customers_rolling"], ["2026-03"])["2026-01"].parts == {"customers"}


async def test_a_late_order_of_last_month_makes_this_month_s_verdicts_stale_where_a_window_reads_it(
    company: Company,
) -> None:
    rule = RULE.replace("attainment < 0.8 * pace", "customers_rolling < 3").replace("for: 3", "for: 1")
    await company.publish(COMPANY.replace(RULE.strip(), rule.strip()) + WINDOWS)
    await company.arrive(noon(date(2026, 2, 26)), order("A1", date(2026, 2, 25)), order("A2", date(2026, 2, 26)))
    await company.until(noon(date(2026, 3, 4), 23))
    # The month's number of customers stays 1; that of 30 days becomes 2.
    company.write(order("A1", date(2026, 2, 25), customer="c2"))
    await company.sync()
    judged = await rows(JudgedDayRow, TENANT).get(key="shanghai", day=date(2026, 3, 4))
    assert judged.stale
    await company.until(noon(date(2026, 3, 5), 23))
    judged = await rows(JudgedDayRow, TENANT).get(key="shanghai", day=date(2026, 3, 4))
    assert (judged.stale, judged.values["read"]["customers_rolling"]) == (False, 2.0)
