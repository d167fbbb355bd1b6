"""The why of a number with returns: where each counts, of which order it is, and that both places move when the order arrives."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from runtime.board.question import Question
from runtime.board.records_page import build_records
from runtime.board.viewer import Viewer
from runtime.board.why import build_why
from runtime.numbers.read import book_of
from runtime.settings import Settings
from tests.runtime.company import COMPANY, TENANT, Company, founded, noon, order

TODAY = date(2026, 3, 20)
WITH_RETURNS = (
    COMPANY.replace("void", "  original: text\nreturns: {when: original is not None, of: original}\nvoid", 1)
    + """
---
{kind: metric, name: net, dataset: orders, aggregate: sum, value: amount, format: money, returns: original}
---
{kind: metric, name: gross, dataset: orders, aggregate: sum, value: amount, format: money, returns: ignore}
"""
)
DIRECTOR = Viewer(tenant=TENANT, account="d01", person="d01", name="D", roles=("director",), organisation="Acme")


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(TODAY)) as one:
        await one.publish(WITH_RETURNS)
        yield one


async def noted(company: Company, metric: str, scope: str, key: str, day: date) -> dict[str, object]:
    view = await build_why(
        await company.prepared(), DIRECTOR, company.clock.now(), Question(metric=metric, scope=scope, key=key, day=day)
    )
    assert view is not None
    return {line.key[0]: (line.note or {}).get("en") for table in view.tables for line in table.lines}  # type: ignore[union-attr]


async def value(company: Company, metric: str, scope: str, key: str, day: date) -> float | None:
    book = await book_of(await company.prepared(), [metric], [f"{day:%Y-%m}"])
    return book.value(metric, scope, key, day)  # type: ignore[arg-type]


async def test_a_return_moves_to_its_order_when_that_arrives_and_says_so(company: Company) -> None:
    march, february = TODAY, date(2026, 2, 27)
    company.write(order("R1", date(2026, 3, 16), -40, original="A1"), order("B1", date(2026, 3, 16), 100))
    await company.sync()
    assert await value(company, "net", "company", "company", march) == 60
    assert (await noted(company, "net", "company", "company", march))["R1"] == (
        "a return whose original A1 is not known: it counts on its own day"
    )
    records = await build_records(await company.prepared(), DIRECTOR, company.clock.now())
    assert records is not None
    assert records.without_original == 1

    company.write(order("A1", date(2026, 2, 10), 500, seller="s04", region="west"))
    await company.sync()
    assert await value(company, "net", "company", "company", march) == 100
    assert await value(company, "net", "region", "west", february) == 460
    assert await value(company, "amount", "company", "company", march) == 60
    assert await value(company, "gross", "company", "company", march) == 100
    assert (await noted(company, "net", "region", "west", february))["R1"] == "a return of A1, counted on 2026-02-10"
    assert "R1" not in await noted(company, "net", "company", "company", march)
    assert (await noted(company, "amount", "company", "company", march))["R1"] == "a return of A1"
    records = await build_records(await company.prepared(), DIRECTOR, company.clock.now())
    assert records is not None
    assert records.without_original == 0


async def test_a_return_that_a_metric_leaves_out_says_so(company: Company) -> None:
    company.write(order("A1", date(2026, 3, 2), 500), order("R1", date(2026, 3, 16), -40, original="A1"))
    await company.sync()
    view = await build_why(
        await company.prepared(),
        DIRECTOR,
        company.clock.now(),
        Question(metric="gross", scope="company", key="company"),
    )
    assert view is not None
    [line] = [line for table in view.tables for line in table.lines if line.key == ("R1",)]
    assert not line.counted
    assert [reason["en"] for reason in line.reasons] == ["a return: this metric leaves returns out"]  # type: ignore[index]
