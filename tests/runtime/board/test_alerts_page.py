"""The alerts page: what a rule read, who was told, what ended, and what went one level up."""

from datetime import date, datetime, timedelta

from runtime.alerts.answer import AlertAnswer, answer_alert
from runtime.alerts.rows import AlertRow, TransitionRow
from runtime.board.alerts_page import build_alerts
from runtime.queue.drain import drain_until
from runtime.releases.prepared import demand_prepared
from runtime.tenancy import add_all
from tests.runtime.meetings.company_tools import ORDERS, write_orders

MONDAY = date(2026, 3, 2)


async def opened(clock, reader, key="shanghai"):
    configured, boss = await demand_prepared("acme"), reader("boss", "director")
    every = await build_alerts(configured, boss, clock.now())
    line = next(line for line in every.open if line.key == key and "Behind" in line.rule_label["en"])
    return (await build_alerts(configured, boss, clock.now(), chosen=line.id)).chosen


async def test_a_day_shows_what_the_rule_read_and_who_was_told(context, company, reader, clock):
    await drain_until(context, clock, clock.now().replace(hour=11))
    why = await opened(clock, reader)
    day = next(each for each in why.strip if each.day == MONDAY)

    assert day.verdict == "holds"
    assert [value.name for value in day.values] == ["attainment", "pace"]
    assert "fired" in day.notices
    assert not day.corrected
    assert not any(each.corrected for each in why.strip), "nobody watched before the first release"
    assert [each.recipient["en"] for each in why.deliveries] == ["Kun He"]
    assert not why.alert.escalated


async def test_a_day_that_late_data_changed_is_marked(context, company, reader, clock):
    await drain_until(context, clock, clock.now().replace(hour=11))
    clock.advance_to(clock.now().replace(day=3, hour=2))
    await write_orders(context, company, *ORDERS, "A9,2026-03-02,s01,shanghai,tools,7,6")
    await drain_until(context, clock, clock.now().replace(hour=11))
    why = await opened(clock, reader)

    marked = {each.day: each.corrected for each in why.strip}
    assert marked[MONDAY]
    assert not marked[date(2026, 3, 3)]


async def test_an_alert_that_nobody_answered_went_one_level_up(context, company, reader, clock):
    await drain_until(context, clock, clock.now().replace(day=3, hour=11))
    why = await opened(clock, reader)

    assert why.alert.escalated
    assert "escalated" in {each.notice for each in why.deliveries}


async def test_an_answered_alert_stays_where_it_is(context, company, reader, clock):
    await drain_until(context, clock, clock.now().replace(hour=11))
    before = await opened(clock, reader)
    await answer_alert(context, company, before.alert.id, "m_east", AlertAnswer(kind="seen"), mentioned=())
    await drain_until(context, clock, clock.now().replace(day=3, hour=11))
    why = await opened(clock, reader)

    assert not why.alert.escalated
    assert why.alert.answer == "seen"
    assert why.answers[0].who["en"] == "Kun He"


async def test_an_end_that_late_data_took_back_is_not_told(context, company, reader, clock):
    """What came late says that it ended earlier; what came later still, that it never began."""
    ended, later = date(2026, 2, 2), clock.now() + timedelta(days=1)
    await drain_until(context, clock, clock.now().replace(hour=11))
    place = {"tenant": company, "rule": "behind", "scope": "region", "key": "xian"}
    await add_all([AlertRow(**place, state="inactive", severity="warning", day=MONDAY, values={}, updated_at=later)])

    async def closed() -> list[date]:
        configured = await demand_prepared("acme")
        view = await build_alerts(configured, reader("boss", "director"), clock.now())
        return [line.since for line in view.closed if line.key == "xian"]

    async def log(day: date, kind: str, before: str, at: datetime) -> None:
        await add_all([TransitionRow(**place, day=day, kind=kind, values={"before": before}, at=at)])

    await log(date(2026, 1, 5), "firing", "pending", clock.now())
    await log(MONDAY, "inactive", "firing", clock.now())
    assert await closed() == [MONDAY]
    await log(ended, "inactive", "firing", later)
    assert await closed() == [ended]
    await log(date(2026, 1, 5), "inactive", "inactive", later)
    assert await closed() == []
