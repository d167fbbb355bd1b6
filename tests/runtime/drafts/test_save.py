"""The working copy: every step on a stated version, nothing overwritten, everything written down."""

import asyncio

import pytest

from runtime.audit.log import entries
from runtime.context import Context
from runtime.drafts.copy import working_copy, working_document
from runtime.drafts.save import (
    DraftConflictError,
    discard_draft,
    history_of,
    keep_draft,
    remove_draft,
    save_draft,
    users_of,
)
from runtime.offline.configuration import ConfigurationError
from runtime.releases.live import live
from runtime.releases.publish import publish
from runtime.tenants.store import create_tenant
from schema_defs.errors import UsageError
from schema_defs.loader import load_text

DATASET = "kind: dataset\nname: orders\nkey: [id]\ntime: on\nfields: {id: text, on: date, amount: {type: money, currency: CNY}}\n"
METRIC = "kind: metric\nname: sales\ndataset: orders\naggregate: sum\nvalue: amount  # net\n"
RULE = "kind: rule\nname: behind\nscope: company\nmetric: sales\nwhen: attainment < 0.8 * pace\n"


@pytest.fixture
async def configured(context: Context, tenant: str) -> str:
    await publish(context, tenant, load_text(f"{DATASET}---\n{METRIC}---\n{RULE}", "all.yaml", one=False), by="anna")
    return tenant


async def edit(
    context: Context, tenant: str, text: str, *, by: str = "anna", kind: str = "rule", name: str = "behind"
) -> str:
    opened = await working_document(tenant, kind, name)
    saved = await save_draft(
        context, tenant, text, kind=kind, name=name, version=opened.version if opened else None, by=by
    )
    return saved.version


async def test_a_draft_lies_over_the_live_document_and_releases_nothing(context: Context, configured: str) -> None:
    await edit(context, configured, RULE.replace("0.8", "0.75"))
    copy, now_live = await working_copy(configured), await live(configured)
    assert list(copy.drafts) == [("rule", "behind")]
    assert copy.loaded().release.rules["behind"].when == "attainment < 0.75 * pace"
    assert copy.loaded(()).release.rules["behind"].when == "attainment < 0.8 * pace"
    assert now_live is not None
    assert now_live.release.rules["behind"].when == "attainment < 0.8 * pace"


async def test_who_opened_an_older_text_is_told_what_it_is_now_and_overwrites_nothing(
    context: Context, configured: str
) -> None:
    opened = await working_document(configured, "rule", "behind")
    assert opened is not None
    await edit(context, configured, RULE.replace("0.8", "0.75"), by="bert")
    with pytest.raises(DraftConflictError) as caught:
        await save_draft(
            context,
            configured,
            RULE.replace("0.8", "0.7"),
            kind="rule",
            name="behind",
            version=opened.version,
            by="anna",
        )
    assert "bert" in caught.value.said.en
    assert "bert" in caught.value.said.zh
    assert caught.value.theirs is not None
    assert "0.75" in caught.value.theirs.text
    kept = await working_document(configured, "rule", "behind")
    assert kept is not None
    assert (kept.changed_by, "0.75" in kept.text) == ("bert", True)


async def test_of_ten_who_save_at_once_one_wins_and_nine_are_told(context: Context, configured: str) -> None:
    opened = await working_document(configured, "rule", "behind")
    assert opened is not None
    found = await asyncio.gather(
        *[
            save_draft(
                context, configured, RULE.replace("0.8", f"0.{place}1"), kind="rule", name="behind",
                version=opened.version, by=f"p{place}",
            )
            for place in range(10)
        ],
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(each, DraftConflictError) for each in found) == 9
    assert len(await history_of(configured, "rule", "behind")) == 1


async def test_a_draft_that_says_what_is_live_is_none(context: Context, configured: str) -> None:
    await edit(context, configured, RULE.replace("0.8", "0.75"))
    await edit(context, configured, f"---\n{RULE}\n---\n")
    assert (await working_copy(configured)).drafts == {}
    assert [(row.what, row.by) for row in await history_of(configured, "rule", "behind")] == [("edit", "anna")] * 2


async def test_a_discarded_draft_leaves_the_live_document_and_its_text_in_the_history(
    context: Context, configured: str
) -> None:
    await edit(context, configured, RULE.replace("0.8", "0.75"))
    await discard_draft(context, configured, kind="rule", name="behind", by="anna")
    assert (await working_copy(configured)).drafts == {}
    newest = (await history_of(configured, "rule", "behind"))[0]
    assert (newest.what, "0.75" in newest.before) == ("discard", True)
    with pytest.raises(UsageError):
        await discard_draft(context, configured, kind="rule", name="behind", by="anna")


async def test_what_is_used_is_not_deleted_and_the_users_are_named(context: Context, configured: str) -> None:
    metric = await working_document(configured, "metric", "sales")
    assert metric is not None
    with pytest.raises(UsageError) as caught:
        await remove_draft(context, configured, kind="metric", name="sales", version=metric.version, by="anna")
    assert "rule behind" in caught.value.said.en
    assert users_of(await working_copy(configured), "metric", "sales") == (("rule", "behind"),)
    rule = await working_document(configured, "rule", "behind")
    assert rule is not None
    await remove_draft(context, configured, kind="rule", name="behind", version=rule.version, by="anna")
    await remove_draft(context, configured, kind="metric", name="sales", version=metric.version, by="anna")
    copy = await working_copy(configured)
    assert set(copy.drafts) == {("rule", "behind"), ("metric", "sales")}
    assert set(copy.loaded().written) == {("dataset", "orders")}
    assert set(copy.loaded([("rule", "behind")]).written) == {("dataset", "orders"), ("metric", "sales")}


async def test_a_document_marked_to_go_can_be_written_again(context: Context, configured: str) -> None:
    rule = await working_document(configured, "rule", "behind")
    assert rule is not None
    await remove_draft(context, configured, kind="rule", name="behind", version=rule.version, by="anna")
    with pytest.raises(DraftConflictError):
        await save_draft(context, configured, RULE, kind="rule", name="behind", version=rule.version, by="bert")
    await edit(context, configured, RULE, by="bert")
    assert (await working_copy(configured)).drafts == {}


async def test_a_new_document_and_a_taken_name(context: Context, configured: str) -> None:
    other = METRIC.replace("sales", "profit")
    await edit(context, configured, other, kind="metric", name="profit")
    with pytest.raises(DraftConflictError):
        await save_draft(context, configured, other, kind="metric", name="profit", version=None, by="bert")
    found = await working_document(configured, "metric", "profit")
    assert found is not None
    assert (found.base_text, found.draft) == (None, True)
    await remove_draft(context, configured, kind="metric", name="profit", version=found.version, by="anna")
    assert await working_document(configured, "metric", "profit") is None


@pytest.mark.parametrize("text", ["", "kind: rule\nname: [", f"{RULE}---\n{METRIC}", "kind: nothing\nname: behind\n"])
async def test_a_text_that_is_not_one_document_is_refused_with_its_place(
    context: Context, configured: str, text: str
) -> None:
    with pytest.raises(ConfigurationError):
        await edit(context, configured, text)
    assert (await working_copy(configured)).drafts == {}


async def test_kind_and_name_stay(context: Context, configured: str) -> None:
    with pytest.raises(UsageError) as caught:
        await edit(context, configured, RULE.replace("behind", "other"))
    assert "rule other" in caught.value.said.en


async def test_a_text_with_errors_inside_is_kept_as_a_draft(context: Context, configured: str) -> None:
    await edit(context, configured, RULE.replace("sales", "nowhere"))
    assert (await working_copy(configured)).loaded().release.rules["behind"].metric == "nowhere"


async def test_a_draft_is_overtaken_by_a_release_until_it_is_kept(context: Context, configured: str) -> None:
    version = await edit(context, configured, RULE.replace("0.8", "0.75"))
    changed = RULE.replace("0.8", "0.9")
    await publish(
        context, configured, load_text(f"{DATASET}---\n{METRIC}---\n{changed}", "all.yaml", one=False), by="cli"
    )
    found = await working_document(configured, "rule", "behind")
    assert found is not None
    assert found.overtaken
    await keep_draft(context, configured, kind="rule", name="behind", version=version, by="anna")
    found = await working_document(configured, "rule", "behind")
    assert found is not None
    assert (found.overtaken, "0.75" in found.text) == (False, True)


async def test_every_step_is_audited_and_of_one_tenant_only(context: Context, configured: str) -> None:
    await create_tenant("globex", "Globex", now=context.clock.now())
    await edit(context, configured, RULE.replace("0.8", "0.75"), by="bert")
    assert [(each.who, each.what) for each in await entries(configured, object_="rule:behind")] == [
        ("bert", "draft-edit")
    ]
    assert (await working_copy("globex")).documents == {}
