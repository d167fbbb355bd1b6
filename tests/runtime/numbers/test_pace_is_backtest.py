"""The pace that the running system shows and judges by is the one that a backtest of the same records takes."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import product

import pytest

from engine.routing import Scope
from engine.rules.past_numbers import Given, PastNumbers, PlanTargets
from engine.targets.plan import targets_of
from runtime.alerts.rows import JudgedDayRow
from runtime.alerts.sources import StoredNumbers
from runtime.board.build import build_board
from runtime.board.viewer import Viewer
from runtime.numbers.read import book_of
from runtime.settings import Settings
from runtime.targets.book import target_book
from runtime.tenancy import rows
from schema_defs.board import Board, Section
from tests.runtime.company import CALENDAR, COMPANY, PLAN, TENANT, Company, founded, noon, order
from tests.runtime.versions import records_of

START = date(2026, 2, 27)
LAST_YEAR = [(3, 900.0), (10, 300.0), (24, 600.0), (28, 100.0)]
"""Days of March 2025 with what came in on them."""
CALENDAR_YEAR = CALENDAR.replace("fiscal_year_starts: 3\n", "")
FISCAL = CALENDAR.replace("starts: 3", "starts: 4")
VIEWER = Viewer(tenant=TENANT, account="boss", person="boss", name="总监", roles=("director",), organisation="x")
DECLARED = "{kind: plan, name: pieces_2026, metric: pieces, year: 2026, value: 40}"
PLANS = {
    "history": (CALENDAR_YEAR, PLAN + "pace: history\n"),
    "calendar days": (CALENDAR_YEAR, PLAN + "pace: calendar_days\n"),
    "working days": (CALENDAR_YEAR, PLAN),
    "a fiscal year that began in the calendar year before": (
        FISCAL,
        PLAN.replace("year: 2026", "year: 2025") + "pace: calendar_days\n---\n" + PLAN.replace("_2026", "_next"),
    ),
    "history in a fiscal year": (FISCAL, PLAN.replace("year: 2026", "year: 2025") + "pace: history\n"),
    "a declared target of what grows": (CALENDAR_YEAR, PLAN + "---\n" + DECLARED),
}


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(START, 9)) as one:
        yield one


def configuration(name: str) -> str:
    calendar, plan = PLANS[name]
    return COMPANY.replace(CALENDAR.strip(), calendar.strip()).replace(PLAN.strip(), plan.strip())


async def lived(company: Company) -> None:
    """A company with a March a year ago, of which something became known when this year's March had begun."""
    await company.publish(configuration("history"))
    before = [order(f"L{day}", date(2025, 3, day), amount) for day, amount in LAST_YEAR]
    await company.arrive(noon(START), *before, order("A", START))
    await company.arrive(noon(date(2026, 3, 4)), order("B", date(2026, 3, 4)), order("L9", date(2025, 3, 31), 5000.0))


async def given_of(company: Company) -> Given:
    configured = await company.prepared()
    release, org, calendar = configured.release, configured.org, configured.calendar
    targets = tuple(PlanTargets(plan, targets_of(plan, release, org, calendar)) for plan in release.plans.values())
    return Given(release=release, org=org, calendar=calendar, records=await records_of(company), targets=targets)


async def test_the_pace_of_any_day_is_that_of_the_backtest(company: Company) -> None:
    await lived(company)
    for name in PLANS:
        await company.publish(configuration(name))
        assert len(await compared(company)) > 5, name


async def compared(company: Company) -> set[float | None]:
    """The paces of some days and scopes, the same in the running system and in a backtest."""
    configured, given, metrics = await company.prepared(), await given_of(company), ("amount", "pieces")
    past, seen = PastNumbers(given, metrics), set[float | None]()
    scopes = (Scope("company", "company"), Scope("region", "west"), Scope("person", "s01"))
    for month in ("2026-02", "2026-03", "2026-04"):
        book = await book_of(configured, metrics, [month])
        stored = StoredNumbers(configured, book, await target_book(configured, [month], metrics))
        for day, metric, scope in product((1, 3, 10, 17, 28), metrics, scopes):
            past.known = at = date.fromisoformat(f"{month}-{day:02d}")
            assert stored.pace(metric, scope, at) == past.pace(metric, scope, at), (metric, scope, at)
            seen.add(past.pace(metric, scope, at))
    return seen


async def test_the_shape_is_what_was_known_when_the_month_began(company: Company) -> None:
    await lived(company)
    await company.until(noon(date(2026, 3, 10), 20))
    configured = await company.prepared()
    board = Board(name="b", sections=(Section(table="regions", metrics=("amount",)),))
    day = date(2026, 3, 10)
    shown = await build_board(configured, board, VIEWER, noon(day, 20))
    row = next(row for row in shown.sections[0].rows if row.key == "west")
    # 7 of 22 working days are 6.68 of the 21 of a year ago: the sixth was the 10th, and nothing came on the seventh.
    assert row.cells[0].pace == pytest.approx(1200 / 1900)
    judged = await rows(JudgedDayRow, TENANT).get(key="west", day=day)
    assert judged.values["read"]["pace"] == row.cells[0].pace
    assert row.cells[0].trend_pace[-1] == row.cells[0].pace
