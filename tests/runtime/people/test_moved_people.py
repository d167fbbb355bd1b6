"""People who move in the file beside the documents: the release says so, and the numbers follow."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from engine.metrics.compute import Asked, compute
from engine.periods import month_of
from runtime.alerts.rows import JudgedDayRow
from runtime.numbers.read import book_of
from runtime.numbers.rows import DirtyRow
from runtime.queue.drain import drain
from runtime.releases.publish import Outcome, publish
from runtime.settings import Settings
from runtime.tenancy import rows
from schema_defs.errors import AuthorError
from schema_defs.loader import load_folder
from tests.runtime.company import (
    CALENDAR,
    DATASET,
    MESSAGES,
    METRICS,
    MONDAY,
    RULE,
    SOURCE,
    TENANT,
    Company,
    documents,
    founded,
    noon,
    order,
)
from tests.runtime.versions import records_of

ORGANISATION = """
kind: organisation
name: company
regions: [{key: east, manager: m01}, {key: west, manager: m01}]
people_from: {file: people.csv, map: {key: key, label: label, region: region, roles: roles}}
"""
PLAN = "{kind: plan, name: p, metric: amount, year: 2026, total: 1200, months: even, regions: {east: {weight: 1}, west: {weight: 1}}}"
OWNED = DATASET.replace("\nregion: region\nfields", "\nfields")
BY_PERSON = RULE.replace("scope: region", "scope: person").replace("0.8 * pace", "parent_attainment")
PEOPLE = "key,label,region,roles\ns01,One,east,seller\ns02,Two,west,seller\nm01,Chief,east,manager\n"
TUESDAY = date(2026, 3, 3)


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        yield one


async def put(company: Company, folder: Path, people: str) -> Outcome:
    text = documents(CALENDAR, ORGANISATION, OWNED, SOURCE, METRICS, PLAN, BY_PERSON, MESSAGES)
    (folder / "company.yaml").write_text(text, encoding="utf-8")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    return await publish(company.context, TENANT, load_folder(folder), by="anna")


async def amounts(company: Company) -> dict[str, float | None]:
    configured = await company.prepared()
    book = await book_of(configured, ["amount"], [month_of(MONDAY)], scope="region")
    return {key: book.value("amount", "region", key, TUESDAY) for key in sorted(book.keys("region"))}


async def computed(company: Company) -> dict[str, float]:
    configured = await company.prepared()
    asked = Asked(metrics=("amount",), by="month", scopes=("region",), today=TUESDAY)
    found = compute(configured.release, await records_of(company), asked, configured.org, configured.calendar)
    return {row.key: float(row.value) for row in found.rows}  # type: ignore[arg-type]


async def test_numbers_follow_who_moved_in_the_file_alone(company: Company, tmp_path: Path) -> None:
    await put(company, tmp_path, PEOPLE)
    await company.arrive(noon(MONDAY), order("A", MONDAY, 30.0, "s01"), order("B", MONDAY, 4.0, "s02"))
    assert await amounts(company) == {"east": 30.0, "west": 4.0}
    outcome = await put(company, tmp_path, PEOPLE.replace("One,east", "One,west"))
    assert (outcome.number, outcome.changed) == (2, True)
    await drain(company.context)
    assert await amounts(company) == await computed(company) == {"west": 34.0}
    again = await put(company, tmp_path, PEOPLE.replace("One,east", "One,west"))
    assert (again.number, again.changed) == (2, False)


async def test_a_verdict_against_the_scope_above_follows_too(company: Company, tmp_path: Path) -> None:
    await put(company, tmp_path, PEOPLE)
    await company.arrive(noon(MONDAY), order("A", MONDAY, 30.0, "s01"), order("B", MONDAY, 4.0, "s02"))
    await company.until(noon(MONDAY, 19))
    before = await rows(JudgedDayRow, TENANT).get(key="s01", day=MONDAY)
    await put(company, tmp_path, PEOPLE.replace("One,east", "One,west"))
    await company.until(noon(TUESDAY, 19))
    after = await rows(JudgedDayRow, TENANT).get(key="s01", day=MONDAY)
    assert before.values["read"]["parent_attainment"] == pytest.approx(30 / 50)
    assert after.values["read"]["parent_attainment"] == pytest.approx(34 / 50)


async def test_a_new_name_or_somebody_new_makes_nothing_dirty(company: Company, tmp_path: Path) -> None:
    await put(company, tmp_path, PEOPLE)
    await company.arrive(noon(MONDAY), order("A", MONDAY, 30.0, "s01"))
    outcome = await put(company, tmp_path, PEOPLE.replace("One", "Eins") + "s03,Three,west,seller\n")
    assert outcome.changed
    assert await rows(DirtyRow, TENANT).count() == 0


@pytest.mark.parametrize("place", ["beside the documents", "in the tenant's folder"])
async def test_people_that_are_named_as_data_are_found(company: Company, tmp_path: Path, place: str) -> None:
    named = ORGANISATION.replace("file: people.csv", "data: staff")
    text = documents(CALENDAR, named, OWNED, SOURCE, METRICS, PLAN, BY_PERSON, MESSAGES)
    (tmp_path / "company.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError, match=r"staff\.csv .*is not there"):
        await publish(company.context, TENANT, load_folder(tmp_path), by="anna")
    folder = tmp_path if place == "beside the documents" else company.folder
    (folder / "staff.csv").write_text(PEOPLE, encoding="utf-8")
    await publish(company.context, TENANT, load_folder(tmp_path), by="anna")
    assert {person.key for person in (await company.prepared()).org.people()} == {"s01", "s02", "m01"}
