"""Publishing: all or nothing, numbered, one live, and never changed again."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.audit.log import entries
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.people.directory import people_at, people_of, reach_of
from runtime.people.rows import PersonRow
from runtime.releases import hooks
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.live import list_releases, live, release_numbered
from runtime.releases.publish import publish, rollback
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from runtime.tenants.store import create_tenant
from schema_defs.errors import AuthorError, UsageError
from schema_defs.loader import Loaded, load_folder, load_text
from schema_defs.text import Said

CALENDAR = """
kind: calendar
name: default
day_closes: "18:00"
---
kind: organisation
name: company
regions: [{key: east, manager: m01}]
people:
  - {key: s01, label: 销售一, region: east, reach: {dingtalk: "13800000001"}}
  - {key: m01, label: 经理一, roles: [manager], region: east}
"""


def written(text: str = CALENDAR) -> Loaded:
    return load_text(text, "company.yaml", one=False)


async def test_the_first_release_has_number_one_and_is_live(context: Context, tenant: str) -> None:
    assert await live(tenant) is None
    outcome = await publish(context, tenant, written(), by="anna", note="first")
    now_live = await live(tenant)
    assert outcome.changed
    assert now_live is not None
    assert (now_live.number, now_live.hash, now_live.release.calendar.day_closes) == (1, outcome.hash, "18:00")
    assert [(entry.who, entry.what) for entry in await entries(tenant)] == [("anna", "publish")]


async def test_the_same_documents_again_are_no_new_release(context: Context, tenant: str) -> None:
    await publish(context, tenant, written(), by="anna")
    swapped = "---".join(reversed(CALENDAR.split("---")))
    outcome = await publish(context, tenant, written(swapped), by="anna")
    assert (outcome.number, outcome.changed) == (1, False)


async def test_a_later_release_replaces_the_earlier_one_which_stays_as_it_was(context: Context, tenant: str) -> None:
    await publish(context, tenant, written(), by="anna")
    await publish(context, tenant, written(CALENDAR.replace("18:00", "17:30")), by="bert")
    now_live, first = await live(tenant), await release_numbered(tenant, 1)
    assert now_live is not None
    assert first is not None
    assert (now_live.number, now_live.release.calendar.day_closes) == (2, "17:30")
    assert first.release.calendar.day_closes == "18:00"
    assert [(each.number, each.live) for each in await list_releases(tenant)] == [(2, True), (1, False)]


async def test_documents_with_errors_publish_nothing(context: Context, tenant: str) -> None:
    with pytest.raises(AuthorError) as caught:
        await publish(
            context, tenant, written("kind: metric\nname: amount\ndataset: nowhere\naggregate: sum\n"), by="anna"
        )
    assert "nowhere" in caught.value.said.en
    assert await live(tenant) is None


async def test_a_rollback_is_a_new_release_with_the_old_documents(context: Context, tenant: str) -> None:
    first = await publish(context, tenant, written(), by="anna")
    await publish(context, tenant, written(CALENDAR.replace("18:00", "17:30")), by="anna")
    outcome = await rollback(context, tenant, 1, by="anna")
    now_live = await live(tenant)
    assert now_live is not None
    assert (outcome.number, now_live.number, now_live.hash) == (3, 3, first.hash)
    with pytest.raises(UsageError):
        await rollback(context, tenant, 9, by="anna")


async def test_ten_publish_at_once_and_the_numbers_have_no_gap(context: Context, tenant: str) -> None:
    texts = [CALENDAR.replace("18:00", f"1{number}:00") for number in range(10)]
    await asyncio.gather(*[publish(context, tenant, written(text), by="anna") for text in texts])
    releases = await list_releases(tenant)
    assert [each.number for each in releases] == list(range(10, 0, -1))
    assert sum(each.live for each in releases) == 1


async def test_what_a_hook_refuses_is_not_published(context: Context, tenant: str) -> None:
    @on_publish
    async def refuse(publishing: Publishing) -> None:
        raise UsageError(Said(zh=f"第 {publishing.live.number} 版不行", en="no"))

    try:
        with pytest.raises(UsageError):
            await publish(context, tenant, written(), by="anna")
    finally:
        hooks._hooks.popitem()
    assert await live(tenant) is None
    assert await entries(tenant) == []


async def test_people_of_the_document_become_records_in_two_times(context: Context, tenant: str) -> None:
    start = context.clock.now()
    await publish(context, tenant, written(), by="anna")
    before, mark = await people_of(tenant)
    assert [person.key for person in before] == ["m01", "s01"]
    await publish(
        context, tenant, written(CALENDAR.replace("key: s01, label: 销售一", "key: s01, label: 新名")), by="anna"
    )
    after, other_mark = await people_of(tenant)
    assert {person.key: person.label for person in after} == {"m01": "经理一", "s01": "新名"}
    assert other_mark != mark
    assert await people_at(tenant, start) == after
    assert await rows(PersonRow, tenant).count() == 3


async def test_phones_are_encrypted_in_the_table_and_read_only_by_who_sends(context: Context, tenant: str) -> None:
    await publish(context, tenant, written(), by="anna")
    row = await rows(PersonRow, tenant).get(key="s01")
    assert "138" not in row.reach
    assert (await reach_of(tenant, "s01", context.secrets)).dingtalk == "13800000001"
    people, _ = await people_of(tenant)
    assert all(person.reach.dingtalk is None for person in people)


async def test_one_tenants_release_is_not_anothers(context: Context, tenant: str) -> None:
    await create_tenant("globex", "Globex", now=context.clock.now())
    await publish(context, tenant, written(), by="anna")
    assert await live("globex") is None
    assert (await people_of("globex"))[0] == ()
    with pytest.raises(UsageError):
        await publish(context, "nobody", written(), by="anna")


@pytest.mark.parametrize("name", ["example", "reference", "harbour"])
async def test_the_shipped_configurations_can_be_published(context: Context, tenant: str, name: str) -> None:
    loaded = load_folder(Path(__file__).parents[3] / "config" / name)
    outcome = await publish(context, tenant, loaded, by="anna")
    now_live = await live(tenant)
    assert outcome.changed
    assert now_live is not None
    assert {(type(each), each.name) for each in now_live.release.documents} == {
        (type(each), each.name) for each in loaded.release.documents
    }
    row = (await rows_of_release(tenant))[0]
    assert not any(each["file"].startswith("/") for each in row)


async def rows_of_release(tenant: str) -> list[list[dict[str, str]]]:
    return [row.documents for row in await rows(ReleaseRow, tenant)]


async def test_people_of_a_file_beside_the_document_become_records_too(
    context: Context, tenant: str, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("id,name,home\ns01,销售一,east\ns02,销售二,east\n", encoding="utf-8")
    (tmp_path / "company.yaml").write_text(
        "kind: organisation\nname: company\nregions: [{key: east}]\n"
        "people_from: {file: people.csv, map: {key: id, label: name, region: home}}\n",
        encoding="utf-8",
    )
    await publish(context, tenant, load_folder(tmp_path), by="anna")
    people, _ = await people_of(tenant)
    assert [(person.key, person.label, person.region) for person in people] == [
        ("s01", "销售一", "east"), ("s02", "销售二", "east"),
    ]  # fmt: skip


async def test_whoever_is_not_listed_any_more_is_no_longer_known_but_was(
    context: Context, clock: VirtualClock, tenant: str
) -> None:
    await publish(context, tenant, written(), by="anna")
    before = clock.now()
    clock.advance(timedelta(days=1))
    await publish(context, tenant, written(CALENDAR.replace("m01", "m02")), by="anna")
    assert [person.key for person in (await people_of(tenant))[0]] == ["m02", "s01"]
    assert [person.key for person in await people_at(tenant, before)] == ["m01", "s01"]
