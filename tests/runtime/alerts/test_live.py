"""The job, end to end: orders, numbers, verdicts, one message to the right person, and silence about the past."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from runtime.alerts.answer import AlertAnswer, answer_alert
from runtime.alerts.rows import AlertRow, JudgedDayRow, ToldRow
from runtime.audit.log import entries
from runtime.delivery.rows import NotificationRow
from runtime.meetings.rows import SnapshotRow
from runtime.queue.jobs import list_jobs
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, MONDAY, PLAN, RULE, TENANT, Company, founded, noon, order


def day(number: int) -> date:
    """Working days from Monday, 2 March 2026 on: 0 is that Monday, 5 the next one."""
    return MONDAY + timedelta(days=number + 2 * (number // 5))


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        yield one


def chat(company: Company) -> list[tuple[str, tuple[str, ...], bool]]:
    """Title, whose telephones rang, and whether the signature was right, of everything in the group."""
    return [
        (message.title, tuple(mention.name or "" for mention in message.mentions if mention.rings), message.verified)
        for message in company.simulator.messages
    ]


async def states() -> dict[str, str]:
    return {row.key: row.state for row in await rows(AlertRow, TENANT)}


async def live_on_pace(company: Company, *, without: tuple[str, ...], days: int) -> None:
    """Every working day each region sells what its month needs, 1000 over 22 working days, but for some that sell little."""
    for number in range(days):
        some = [
            order(f"{region}{number}", day(number), 5.0 if region in without else 50.0, seller, region)
            for region, seller in (("shanghai", "s01"), ("hangzhou", "s03"), ("west", "s04"))
        ]
        await company.arrive(noon(day(number), 10), *some)
        await company.until(noon(day(number), 23))


async def test_three_working_days_behind_the_pace_tell_the_manager_once(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("hangzhou", "west"), days=2)
    assert await states() == {"hangzhou": "pending", "west": "pending", "shanghai": "inactive"}
    assert chat(company) == []
    await company.arrive(noon(day(2), 10), order("x", day(2), 50.0))
    await company.until(noon(day(2), 17.99))
    assert chat(company) == []
    await company.until(noon(day(2), 18.01))
    assert sorted(chat(company)) == [("杭州可能需要支持", ("经理二",), True), ("西部可能需要支持", ("经理三",), True)]
    assert {row.mark for row in await rows(AlertRow, TENANT).filter(state="firing")} == {"red"}
    await company.until(noon(day(4), 23))
    assert len(chat(company)) == 2
    body = company.simulator.messages[0].text
    assert "第 3 天" in body
    assert "/alerts/" in body


async def test_a_recovered_region_is_told_once_and_a_new_run_is_a_new_notice(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("west",), days=3)
    await company.arrive(noon(day(3), 10), order("big", day(3), 900.0, "s04", "west"))
    await company.until(noon(day(9), 23))
    mine = [row for row in await company.messages() if row.scope_key == "west"]
    assert [(row.notice, row.recipient, row.state) for row in mine] == [
        ("fired", "m03", "sent"),
        ("recovered", "m03", "sent"),
    ]
    assert "西部已恢复" in [title for title, _, _ in chat(company)]


async def test_a_year_of_history_is_judged_and_only_its_present_truth_is_told(company: Company) -> None:
    past = [MONDAY - timedelta(days=back) for back in range(1, 300)]
    company.write(*(order(f"P{at}", at, 30.0, "s04", "west", _known_at=noon(at).isoformat()) for at in past))
    company.write(*(order(f"W{at}", at, 90.0, "s01", "shanghai", _known_at=noon(at).isoformat()) for at in past))
    await company.publish(
        COMPANY.replace("year: 2026", "year: 2025").replace("amount_2026", "amount_2025") + "\n---\n" + plan_of(2026)
    )
    await company.until(noon(MONDAY, 10))
    judged = rows(JudgedDayRow, TENANT).filter(key="west")
    assert await judged.count() > 200
    told = [(row.scope_key, row.notice) for row in await company.messages()]
    assert told == [("hangzhou", "fired")]
    assert len(chat(company)) == len(told)
    await company.until(noon(MONDAY, 17))
    assert len(chat(company)) == len(told)


def plan_of(year: int) -> str:
    return PLAN.replace("2026", str(year)).strip()


async def test_the_first_verdict_waits_for_the_numbers(company: Company) -> None:
    days = [day(number) - timedelta(days=28) for number in range(20)]
    company.write(*(order(f"O{at}{region}", at, 2000.0, seller, region, _known_at=noon(at).isoformat())
                    for at in days for region, seller in (("shanghai", "s01"), ("hangzhou", "s03"), ("west", "s04"))))  # fmt: skip
    await company.publish()
    await company.until(noon(MONDAY, 12))
    assert await rows(JudgedDayRow, TENANT).count() == 3 * 20
    assert set((await states()).values()) == {"inactive"}
    assert await company.messages() == []


async def test_late_data_ends_an_alert_when_it_comes_for_a_rule_that_asks_for_it(company: Company) -> None:
    await company.publish(COMPANY.replace("for: 3\n", "for: 3\ncheck: {on_change: true}\n"))
    await live_on_pace(company, without=("west",), days=4)
    assert (await states())["west"] == "firing"
    await company.arrive(noon(day(4), 9), order("late", day(2), 800.0, "s04", "west"))
    assert (await states())["west"] == "inactive"
    assert [row.notice for row in await company.messages() if row.scope_key == "west"] == ["fired", "recovered"]


async def test_late_data_waits_for_the_day_s_close_without_on_change(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("west",), days=4)
    await company.arrive(noon(day(4), 9), order("late", day(2), 800.0, "s04", "west"))
    assert (await states())["west"] == "firing"
    await company.until(noon(day(4), 19))
    assert (await states())["west"] == "inactive"


async def test_a_late_source_is_no_data_and_alarms_nobody(company: Company) -> None:
    await company.publish(COMPANY.replace("schedule: every 1 days", "schedule: every 1 hours\nfresh_within: 4 hours"))
    await live_on_pace(company, without=(), days=1)
    log = company.folder / "orders.jsonl"
    log.rename(company.folder / "away.jsonl")
    await company.until(noon(day(5), 23))
    verdicts = {row.day: row.verdict for row in await rows(JudgedDayRow, TENANT).filter(key="west")}
    assert set(list(verdicts.values())[1:]) == {"no_data"}
    assert await company.messages() == []
    (company.folder / "away.jsonl").rename(log)
    await company.until(noon(day(6), 19))
    verdicts = {row.day: row.verdict for row in await rows(JudgedDayRow, TENANT).filter(key="west")}
    assert "no_data" not in verdicts.values()
    assert [row.notice for row in await company.messages() if row.scope_key == "west"] == ["fired"]


async def test_what_was_missed_while_nobody_worked_is_judged_in_order_and_told_once(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("west",), days=1)
    company.clock.advance_to(noon(day(6), 20.5))
    await company.until(noon(day(6), 21))
    assert len({row.day for row in await rows(JudgedDayRow, TENANT).filter(key="west")}) == 7
    assert [(row.notice, row.state) for row in await company.messages() if row.scope_key == "west"] == [
        ("fired", "waiting")
    ]
    await company.until(noon(day(7), 8.6))
    assert "西部可能需要支持" in [title for title, _, _ in chat(company)]


async def test_what_is_decided_outside_working_hours_waits_for_the_opening_unless_it_is_urgent(
    company: Company,
) -> None:
    text = COMPANY.replace('day_closes: "18:00"', 'day_closes: "22:00"').replace("for: 3\n", "for: 1\n")
    await company.publish(text)
    await live_on_pace(company, without=("west",), days=1)
    friday = [row for row in await company.messages() if row.scope_key == "west"]
    assert [(row.state, row.not_before) for row in friday] == [("waiting", noon(day(1), 8.5))]
    await company.until(noon(day(1), 8.6))
    assert len(chat(company)) == 1
    await company.publish(text.replace("name: behind\nlabel", "name: now\nurgent: true\nlabel"))
    await company.until(noon(day(1), 22.1))
    assert len([row for row in await company.messages() if row.rule == "now" and row.state == "sent"]) >= 1


async def test_about_a_person_is_told_privately_and_never_to_the_group(company: Company) -> None:
    rule = RULE.replace("scope: region", "scope: person").replace("for: 3", "for: 1")
    await company.publish(COMPANY.replace(RULE.strip(), rule.replace("notify: manager,", "notify: manager,").strip()))
    await live_on_pace(company, without=("west",), days=1)
    about_s05 = [(row.recipient, row.channel, row.state) for row in await company.messages() if row.scope_key == "s05"]
    assert about_s05 == [("m03", "inbox", "sent")]
    assert chat(company) == []


async def test_a_message_that_fails_on_the_day_s_values_goes_out_in_our_own_words(company: Company) -> None:
    await company.publish(COMPANY.replace('{{ attainment | percent }}"', '{{ nothing.at.all }}"'))
    await live_on_pace(company, without=("west",), days=3)
    assert [title for title, _, _ in chat(company)] == ["西部可能需要支持"]
    assert "连续落后，第 3 天" in company.simulator.messages[0].text
    failed = [entry for entry in await entries(TENANT) if entry.what == "message failed"]
    assert [(entry.object, entry.detail["message"]) for entry in failed] == [("behind", "behind")]


async def test_an_unanswered_alert_is_told_to_the_next_one_once(company: Company) -> None:
    text = COMPANY.replace("on_recover:", "unanswered: {after: 4 hours, notify: director}\non_recover:")
    await company.publish(text)
    await live_on_pace(company, without=("west", "hangzhou"), days=3)
    await company.until(noon(day(3), 10.4))
    [west] = await rows(AlertRow, TENANT).filter(key="west")
    answer = AlertAnswer(kind="reason", reason="delivery", text="下周到货")
    await answer_alert(company.context, TENANT, (await rows(AlertRow, TENANT).get(key="hangzhou")).id, "m02", answer)
    await company.until(noon(day(4), 20))
    escalated = [row for row in await company.messages() if row.notice == "escalated"]
    assert [(row.scope_key, row.recipient, row.channel, row.state) for row in escalated] == [
        ("west", "boss", "inbox", "sent")
    ]
    assert escalated[0].link.endswith(west.id)
    told = await rows(ToldRow, TENANT).get(recipient="boss")
    assert (told.number, told.what["escalated"]) == (1, f"{day(0)}")


async def test_a_snapshot_is_asked_for_once_per_episode(company: Company) -> None:
    board = "kind: board\nname: war_room\nsections: [{table: regions, metrics: [amount]}]"
    await company.publish(COMPANY.replace("{mark: red}", "{snapshot: war_room}") + "\n---\n" + board)
    await live_on_pace(company, without=("west",), days=5)
    dead = [(job.kind, job.error) for job in await list_jobs(TENANT) if job.state == "dead"]
    assert dead == []
    assert await rows(SnapshotRow, TENANT).count() == 1


async def test_a_changed_rule_is_judged_anew_over_its_whole_history(company: Company) -> None:
    await company.publish()
    await live_on_pace(company, without=("west",), days=2)
    assert await company.messages() == []
    await company.publish(
        COMPANY.replace("attainment < 0.8 * pace", "attainment < 5 * pace").replace("for: 3", "for: 2")
    )
    await company.until(noon(day(2), 1))
    assert set((await states()).values()) == {"firing"}
    await company.publish(COMPANY.replace("name: behind\nlabel", "name: other\nlabel"))
    await company.until(noon(day(2), 2))
    assert {row.state for row in await rows(AlertRow, TENANT).filter(rule="behind")} == {"inactive"}


async def test_a_region_that_sells_nothing_at_all_is_behind(company: Company) -> None:
    await company.publish()
    await company.arrive(noon(day(0), 10), order("A1", day(0), 50.0))
    await company.until(noon(day(2), 19))
    assert (await states())["hangzhou"] == "firing"
    found = await rows(NotificationRow, TENANT).filter(scope_key="hangzhou")
    assert [(row.notice, row.lang, row.attempts) for row in found] == [("fired", "zh", 1)]
