"""The table of days: imported and corrected, and all that reads working days follows."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from engine.statutory import statutory_days
from engine.year_plans import TableDay
from runtime.calendars.change import correct_day, import_days
from runtime.calendars.table import days_of, history_of
from runtime.calendars.year import year_of
from runtime.queue.drain import drain
from runtime.releases.live import demand_live
from runtime.releases.publish import publish, rollback
from runtime.settings import Settings
from runtime.targets.rows import TargetRow
from runtime.tenancy import rows
from schema_defs.errors import AuthorError
from schema_defs.loader import load_text
from tests.runtime.company import COMPANY, TENANT, Company, founded, noon

CHINESE = COMPANY.replace("kind: calendar\n", "kind: calendar\ncountry: CN\n", 1)
NEXT = 2027
PLAN = [
    *(TableDay(day=day, kind="off", name="法定") for day in sorted(statutory_days(NEXT))),
    TableDay(day=date(2027, 2, 9), kind="off", name="春节"),
    TableDay(day=date(2027, 2, 20), kind="make_up", name="春节"),
    TableDay(day=date(2027, 10, 4), kind="off", name="国庆节"),
    TableDay(day=date(2027, 10, 9), kind="make_up", name="国庆节"),
    TableDay(day=date(2027, 10, 10), kind="make_up", name="国庆节"),
]


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(date(2026, 12, 1))) as one:
        await one.publish(CHINESE)
        await drain(one.context)
        yield one


async def test_an_imported_year_is_official_and_one_corrected_day_is_not_a_plan(company: Company) -> None:
    await correct_day(company.context, TENANT, date(2027, 2, 20), "make_up", "春节", by="anna")
    calendar = (await company.prepared()).calendar
    assert calendar.predicted(NEXT)
    assert calendar.is_working(date(2027, 2, 20))
    await import_days(company.context, TENANT, PLAN, source="2027.csv", by="anna")
    calendar = (await company.prepared()).calendar
    assert not calendar.predicted(NEXT)
    assert calendar.predicted(2028)
    assert not calendar.is_working(date(2027, 2, 9))
    assert year_of(calendar, NEXT, await days_of(TENANT)).state == "imported"


async def test_a_correction_stands_beside_what_it_corrects(company: Company) -> None:
    await import_days(company.context, TENANT, PLAN, source="2027.csv", by="anna")
    await correct_day(company.context, TENANT, date(2027, 2, 9), "ordinary", "", by="ben")
    assert (await company.prepared()).calendar.is_working(date(2027, 2, 9))
    newest, before = [row for row in await history_of(TENANT, NEXT) if row.day == date(2027, 2, 9)]
    assert (newest.kind, newest.by, newest.source) == ("ordinary", "ben", "correction")
    assert (before.kind, before.by, before.superseded_at is None) == ("off", "anna", False)
    await import_days(company.context, TENANT, PLAN, source="2027 again.csv", by="anna")
    assert not (await company.prepared()).calendar.is_working(date(2027, 2, 9))


async def test_half_a_year_is_refused_with_what_is_missing(company: Company) -> None:
    half = [each for each in PLAN if each.day.month < 10]
    with pytest.raises(AuthorError) as refused:
        await import_days(company.context, TENANT, half, source="half.csv", by="anna")
    assert "10-01, 10-02, 10-03" in refused.value.said.en
    assert await days_of(TENANT) == []


async def test_targets_by_working_days_follow_the_table(company: Company) -> None:
    await company.publish(CHINESE.replace("months: even", "months: working_days").replace("year: 2026", "year: 2027"))
    await drain(company.context)
    before = await targets()
    await import_days(company.context, TENANT, PLAN, source="2027.csv", by="anna")
    assert await targets() != before
    assert sorted({row[0] for row in before}) == sorted({row[0] for row in await targets()})


async def test_targets_from_a_file_that_is_not_at_hand_stay_as_they_are(company: Company, tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("who,month,value\ns01,2027-02,500\n", encoding="utf-8")
    known = "year: 2026\ntargets_from: {file: known.csv, map: {key: who, month: month, value: value}}\n"
    plan = CHINESE.index("kind: plan")
    cut = CHINESE.index("year: 2026", plan), CHINESE.index("people: even\n", plan) + len("people: even\n")
    text = CHINESE[: cut[0]] + known + CHINESE[cut[1] :]

    async def published(text: str) -> int:
        loaded = msgspec.structs.replace(load_text(text, "company.yaml", one=False), folder=tmp_path)
        return (await publish(company.context, TENANT, loaded, by="anna")).number

    first = await published(text)
    before = await everybodys()
    assert ("amount_2026", "person", "s01", "2027-02", "500.00") in before
    await import_days(company.context, TENANT, PLAN, source="2027.csv", by="anna")
    assert await everybodys() == before
    await published(text.replace("label: {zh: 订单, en: Orders}", "label: {zh: 单, en: Orders}"))
    (tmp_path / "known.csv").unlink()
    await rollback(company.context, TENANT, first, by="anna")
    assert await everybodys() == before
    await company.publish(CHINESE.replace("name: amount_2026", "name: other"))
    with pytest.raises(AuthorError, match=r"known\.csv"):
        await rollback(company.context, TENANT, first, by="anna")


async def everybodys() -> list[tuple[str, ...]]:
    found = rows(TargetRow, TENANT).order_by("scope", "key", "month")
    return [tuple(row) for row in await found.values_list("plan", "scope", "key", "month", "value")]


async def targets() -> list[tuple[str, str, str]]:
    found = rows(TargetRow, TENANT).filter(scope="company").order_by("month")
    return [tuple(row) for row in await found.values_list("month", "key", "value")]


async def test_the_table_reaches_every_release_that_runs(company: Company) -> None:
    await import_days(company.context, TENANT, PLAN, source="2027.csv", by="anna")
    await company.publish(CHINESE.replace("label: {zh: 订单, en: Orders}", "label: {zh: 单, en: Orders}"))
    assert [plan.year for plan in (await demand_live(TENANT)).release.calendar.years] == [NEXT]
    await import_days(company.context, TENANT, PLAN[:-1], source="less.csv", by="anna")
    [plan] = (await demand_live(TENANT)).release.calendar.years
    assert plan.make_up == (date(2027, 2, 20), date(2027, 10, 9))
