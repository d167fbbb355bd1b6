"""A source's clock on past days: one mark per day's close, and before there were any, what the runs tell."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from runtime.records.rows import SourceStateRow, SyncRunRow, WatermarkRow
from runtime.records.watermarks import past_watermarks, set_watermark
from runtime.tenancy import add, rows
from schema_defs.calendar import Calendar

CALENDAR = WorkCalendar(Calendar(name="default", country="CN", day_closes="18:00"))
TENANT, OTHER = "acme", "other"


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


async def move(day: int, hour: int, tenant: str = TENANT) -> None:
    await set_watermark(tenant, "erp", at(day, hour), CALENDAR, at(day, hour))


async def read(day: int, hour: int, complete: datetime | None, state: str = "done") -> None:
    run = SyncRunRow(tenant=TENANT, source="erp", dataset="orders", state=state, started_at=at(day, hour))
    run.finished_at, run.watermark = at(day, hour), complete
    await add(run)


async def marks() -> list[tuple[date, datetime]]:
    return list((await past_watermarks(TENANT, CALENDAR)).get("erp", ()))


async def test_a_day_keeps_the_last_mark_before_its_close(database: str) -> None:
    for tenant in (TENANT, OTHER):
        await add(SourceStateRow(tenant=tenant, source="erp"))
    for day, hour in ((2, 9), (2, 18), (2, 21), (3, 10), (5, 9)):
        await move(day, hour)
    await move(9, 9, OTHER)
    assert await marks() == [(date(2026, 3, 2), at(2, 18)), (date(2026, 3, 3), at(3, 10)), (date(2026, 3, 5), at(5, 9))]
    assert await rows(WatermarkRow, TENANT).count() == 3
    assert (await rows(SourceStateRow, TENANT).get(source="erp")).watermark == at(5, 9)


async def test_a_source_that_nobody_has_read_has_no_mark(database: str) -> None:
    await move(2, 9)
    assert await marks() == []


async def test_before_the_first_mark_the_runs_tell_and_never_beyond_the_clock(database: str) -> None:
    await add(SourceStateRow(tenant=TENANT, source="erp", watermark=at(6, 12)))
    await read(2, 9, at(3, 9))
    await read(4, 9, None)
    await read(5, 9, at(8, 9))
    await read(6, 9, at(6, 9), state="failed")
    told = [(date(2026, 3, 2), at(3, 9)), (date(2026, 3, 5), at(6, 12))]
    assert await marks() == told
    await move(7, 9)
    assert await marks() == [told[0], (date(2026, 3, 5), at(7, 9)), (date(2026, 3, 7), at(7, 9))]


async def test_without_runs_the_clock_itself_is_the_only_mark(database: str) -> None:
    await add(SourceStateRow(tenant=TENANT, source="erp", watermark=at(6, 12)))
    assert await marks() == [(date(2026, 3, 6), at(6, 12))]
