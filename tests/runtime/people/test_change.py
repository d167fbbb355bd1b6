"""People by hand: joining, moving, leaving; the numbers follow, and what was a leaver's finds somebody else."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import msgspec
import pytest

from runtime.alerts.rows import AlertRow
from runtime.audit.log import entries
from runtime.delivery.rows import NotificationRow
from runtime.people.change import changes_of, moved, put_person, put_some
from runtime.people.directory import people_at, people_of, reach_of
from runtime.settings import Settings
from runtime.tenancy import rows
from schema_defs.errors import UsageError
from schema_defs.organisation import Person, Reach, Stay
from tests.runtime.company import COMPANY, MONDAY, TENANT, Company, founded, noon, order


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as one:
        await one.publish()
        yield one


async def person(company: Company, key: str) -> Person:
    found = next(each for each in (await people_of(TENANT))[0] if each.key == key)
    return msgspec.structs.replace(found, reach=await reach_of(TENANT, key, company.context.secrets))


def test_a_move_ends_what_was_and_drops_what_was_planned_later() -> None:
    stays = (Stay(region="east"), Stay(region="west", from_=date(2026, 5, 1)))
    after = moved(Person(key="a", region=stays), "north", date(2026, 4, 1))
    assert after.region == (
        Stay(region="east", to=date(2026, 3, 31)),
        Stay(region="north", from_=date(2026, 4, 1)),
    )
    assert moved(Person(key="a", region="east"), "north", date(2026, 4, 1)).region == after.region
    assert moved(Person(key="a"), "north", date(2026, 4, 1)).region == (Stay(region="north", from_=date(2026, 4, 1)),)


async def test_a_joiner_needs_no_release_and_is_known_in_two_times(company: Company) -> None:
    start = company.clock.now()
    company.clock.advance_to(noon(MONDAY, 10))
    joiner = Person(key="s06", label="销售六", region="west", joined=MONDAY, reach=Reach(dingtalk="13800000006"))
    change = await put_person(company.context, TENANT, joiner, by="anna")
    assert change is not None
    assert (change.how, change.before) == ("joins", None)
    assert "s06" in {each.key for each in (await people_of(TENANT))[0]}
    assert "s06" not in {each.key for each in await people_at(TENANT, start)}
    assert (await reach_of(TENANT, "s06", company.context.secrets)).dingtalk == "13800000006"
    [entry] = await entries(TENANT, object_="s06")
    assert (entry.who, entry.what, "13800000006" in str(entry.detail)) == ("anna", "person-joins", False)
    assert await put_person(company.context, TENANT, joiner, by="anna") is None


async def test_another_release_of_the_same_people_leaves_what_was_changed_by_hand(company: Company) -> None:
    one = await person(company, "s01")
    await put_person(company.context, TENANT, msgspec.structs.replace(one, label="新名"), by="anna")
    await company.publish(COMPANY.replace("0.8", "0.7"))
    assert (await person(company, "s01")).label == "新名"
    await company.publish(COMPANY.replace("label: 销售一", "label: 另一名"))
    assert (await person(company, "s01")).label == "另一名"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"region": "wset"}, "did you mean 'west'"),
        ({"roles": ("sellr",)}, "did you mean 'seller'"),
        ({"manager": "m0x"}, "no person 'm0x'"),
        ({"deputy": "s01"}, "own manager or deputy"),
        ({"joined": date(2026, 3, 2), "left": date(2026, 3, 1)}, "2026-03-01 is before 2026-03-02"),
        ({"region": (Stay(region="west", from_=date(2026, 3, 2), to=date(2026, 3, 1)),)}, "is before"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_changed(
    company: Company, change: dict[str, object], words: str
) -> None:
    before = await people_of(TENANT)
    with pytest.raises(UsageError) as caught:
        await put_person(
            company.context, TENANT, msgspec.structs.replace(await person(company, "s01"), **change), by="a"
        )
    assert words in caught.value.said.en
    assert await people_of(TENANT) == before


async def test_a_file_of_all_people_says_who_joins_moves_leaves_and_is_gone_before_it_does(company: Company) -> None:
    everybody = {each.key: await person(company, each.key) for each in (await people_of(TENANT))[0]}
    everybody["s01"] = moved(everybody["s01"], "west", MONDAY + timedelta(days=9))
    everybody["s03"] = msgspec.structs.replace(everybody["s03"], left=MONDAY)
    del everybody["it1"]
    everybody["s07"] = Person(key="s07", region="west")
    people = list(everybody.values())
    shown = await changes_of(company.context, TENANT, people, all_of_them=True)
    assert {each.key: each.how for each in shown} == {"s01": "moves", "s03": "leaves", "it1": "gone", "s07": "joins"}
    assert await put_some(company.context, TENANT, people, by="anna", all_of_them=True) == shown
    assert await changes_of(company.context, TENANT, people, all_of_them=True) == ()


async def test_the_open_alert_of_a_manager_who_leaves_goes_to_whoever_stands_above(company: Company) -> None:
    boss = await person(company, "m03")
    await put_person(company.context, TENANT, msgspec.structs.replace(boss, manager="boss"), by="anna")
    company.write(*[order(f"{region}", MONDAY, 3000.0, region=region) for region in ("shanghai", "hangzhou")])
    await company.sync()
    await company.until(noon(MONDAY + timedelta(days=2), 20))
    assert (await rows(AlertRow, TENANT).get(key="west")).state == "firing"
    assert {each.recipient for each in await rows(NotificationRow, TENANT)} == {"m03"}
    wednesday = MONDAY + timedelta(days=2)
    leaver = msgspec.structs.replace(await person(company, "m03"), left=wednesday)
    await put_person(company.context, TENANT, leaver, by="anna")
    await company.until(noon(wednesday + timedelta(days=1), 20))
    assert {each.recipient for each in await rows(NotificationRow, TENANT)} == {"m03", "boss"}
