"""From drafts to releases: all or some, now or from a day on, approved, taken back; and what becomes of running alerts."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from runtime.alerts.rows import AlertRow
from runtime.drafts.approval import approve
from runtime.drafts.copy import working_copy, working_document
from runtime.drafts.effects import Effect, effects_of
from runtime.drafts.planned import cancel_release, plan_release, planned_releases
from runtime.drafts.proposal import propose
from runtime.drafts.release import MissingDraftsError, release_drafts
from runtime.drafts.save import remove_draft, save_draft
from runtime.offline.configuration import ConfigurationError
from runtime.releases.live import demand_live, list_releases
from runtime.releases.publish import rollback
from runtime.settings import Settings
from runtime.tenancy import rows
from schema_defs.errors import ConflictError, RefusedError, UsageError
from tests.runtime.company import COMPANY, MONDAY, TENANT, Company, founded, noon, order

RULE = ("rule", "behind")


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY, 9)) as company:
        await company.publish()
        yield company


async def edit(company: Company, ref: tuple[str, str], old: str, new: str, *, by: str = "anna") -> None:
    kind, name = ref
    opened = await working_document(TENANT, kind, name)
    assert opened is not None
    assert old in opened.text
    text = opened.text.replace(old, new)
    await save_draft(company.context, TENANT, text, kind=kind, name=name, version=opened.version, by=by)


async def add(company: Company, kind: str, name: str, text: str, *, by: str = "anna") -> None:
    await save_draft(company.context, TENANT, text, kind=kind, name=name, version=None, by=by)


async def states(company: Company) -> dict[str, str]:
    return {row.key: row.state for row in await rows(AlertRow, TENANT).exclude(state="inactive")}


async def effect(company: Company) -> Effect:
    live, proposal = await demand_live(TENANT), await propose(TENANT)
    [found] = await effects_of(TENANT, live.release, proposal.loaded.release, company.clock.now())
    return found


async def test_drafts_become_the_next_release_in_words_and_leave_the_working_copy(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    proposal = await propose(TENANT)
    [changed] = proposal.changes
    assert proposal.ready
    assert changed.change.title.en == "rule 'Behind the pace' (3 regions)"
    assert [(each.before.en, each.after.en) for each in changed.change.details] == [("80 %", "75 %")]
    assert "+when: attainment < 0.75 * pace" in changed.raw
    outcome = await release_drafts(company.context, TENANT, None, by="anna", note="lower")
    live = await demand_live(TENANT)
    assert (outcome.number, live.number, live.release.rules["behind"].when) == (2, 2, "attainment < 0.75 * pace")
    assert (await working_copy(TENANT)).drafts == {}


async def test_half_of_the_drafts_are_released_and_the_rest_stays(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    await edit(company, ("metric", "high"), "kind == 'high'", "kind == 'low'")
    await release_drafts(company.context, TENANT, [RULE], by="anna")
    live, copy = await demand_live(TENANT), await working_copy(TENANT)
    assert (live.release.rules["behind"].when, live.release.metrics["high"].where) == (
        "attainment < 0.75 * pace",
        "kind == 'high'",
    )
    assert list(copy.drafts) == [("metric", "high")]
    assert not copy.drafts["metric", "high"].overtaken


async def test_what_needs_a_draft_that_was_left_out_is_refused_and_exactly_that_is_named(company: Company) -> None:
    await add(
        company, "metric", "profit", "kind: metric\nname: profit\ndataset: orders\naggregate: sum\nvalue: amount\n"
    )
    await edit(company, ("metric", "high"), "kind == 'high'", "kind == 'low'")
    await edit(company, RULE, "metric: amount\nwhen: attainment", "metric: amount\nwhen: profit > 0 and attainment")
    with pytest.raises(MissingDraftsError) as caught:
        await release_drafts(company.context, TENANT, [RULE], by="anna")
    assert caught.value.missing == (("metric", "profit"),)
    assert "metric profit" in caught.value.said.zh
    assert (await demand_live(TENANT)).number == 1
    await release_drafts(company.context, TENANT, [RULE, *caught.value.missing], by="anna")
    assert list((await working_copy(TENANT)).drafts) == [("metric", "high")]


async def test_a_draft_with_an_error_is_not_released(company: Company) -> None:
    await edit(company, RULE, "metric: amount", "metric: amuont")
    with pytest.raises(ConfigurationError) as caught:
        await release_drafts(company.context, TENANT, None, by="anna")
    assert "amuont" in caught.value.said.en
    assert (await demand_live(TENANT)).number == 1


async def test_a_failing_test_document_stops_the_release(company: Company) -> None:
    case = (
        "kind: test\nname: second\nrule: behind\ndays:\n"
        "  - {day: 2026-03-02, values: {attainment: 0.1, pace: 0.9}, expect: {state: firing}}\n"
    )
    await add(company, "test", "second", case)
    with pytest.raises(ConfigurationError) as caught:
        await release_drafts(company.context, TENANT, None, by="anna")
    assert "second" in caught.value.said.en


async def test_what_a_release_overtook_is_not_overwritten(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    await company.publish(COMPANY.replace("0.8", "0.9"))
    with pytest.raises(ConflictError) as caught:
        await release_drafts(company.context, TENANT, None, by="anna")
    assert "rule behind" in caught.value.said.en
    assert (await demand_live(TENANT)).release.rules["behind"].when == "attainment < 0.9 * pace"


async def test_an_unknown_document_is_refused_with_the_near_name(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    with pytest.raises(UsageError) as caught:
        await release_drafts(company.context, TENANT, [("rule", "behnd")], by="anna")
    assert "rule:behind" in caught.value.said.en
    with pytest.raises(UsageError):
        await release_drafts(company.context, TENANT, [], by="anna")


async def test_four_eyes(company: Company) -> None:
    await company.publish(COMPANY.replace("kind: organisation", "kind: organisation\nfour_eyes: [rule]"))
    await edit(company, RULE, "0.8", "0.75", by="anna")
    await edit(company, RULE, "0.75", "0.7", by="bert")
    await edit(company, ("metric", "high"), "'high'", "'low'")
    await release_drafts(company.context, TENANT, [("metric", "high")], by="anna")
    for author in ("anna", "bert"):
        with pytest.raises(RefusedError):
            await approve(company.context, TENANT, [RULE], by=author)
    with pytest.raises(RefusedError):
        await release_drafts(company.context, TENANT, None, by="anna")
    await approve(company.context, TENANT, [RULE], by="chris")
    await edit(company, RULE, "0.7 ", "0.6 ", by="anna")
    with pytest.raises(RefusedError):
        await release_drafts(company.context, TENANT, None, by="anna")
    await approve(company.context, TENANT, [RULE], by="chris")
    assert (await propose(TENANT)).approvals[0].by == ("chris",)
    await release_drafts(company.context, TENANT, None, by="anna")
    assert (await demand_live(TENANT)).release.rules["behind"].when == "attainment < 0.6 * pace"


async def test_four_eyes_cannot_be_dropped_together_with_what_it_guards(company: Company) -> None:
    await company.publish(COMPANY.replace("kind: organisation", "kind: organisation\nfour_eyes: [rule]"))
    await edit(company, ("organisation", "company"), "four_eyes: [rule]\n", "")
    await edit(company, RULE, "0.8", "0.75")
    with pytest.raises(RefusedError):
        await release_drafts(company.context, TENANT, None, by="anna")


async def test_from_a_day_on(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    day = MONDAY + timedelta(days=2)
    for wrong in (MONDAY, MONDAY - timedelta(days=1), MONDAY + timedelta(days=500)):
        with pytest.raises(UsageError):
            await plan_release(company.context, TENANT, None, by="anna", from_day=wrong)
    planned = await plan_release(company.context, TENANT, None, by="anna", from_day=day, note="lower")
    assert (planned.state, planned.changes, (await working_copy(TENANT)).drafts) == ("planned", (RULE,), {})
    await company.until(noon(day, -0.01))
    assert (await demand_live(TENANT)).number == 1
    await company.until(noon(day, 0.01))
    live, [done] = await demand_live(TENANT), await planned_releases(TENANT)
    assert (live.number, live.release.rules["behind"].when) == (2, "attainment < 0.75 * pace")
    assert (done.state, done.number) == ("released", 2)
    assert (await list_releases(TENANT))[0].published_by == "anna"


async def test_a_planned_release_that_was_overtaken_is_refused_and_its_changes_are_drafts_again(
    company: Company,
) -> None:
    await edit(company, RULE, "0.8", "0.75")
    day = MONDAY + timedelta(days=1)
    await plan_release(company.context, TENANT, None, by="anna", from_day=day)
    await company.publish(COMPANY.replace("0.8", "0.9"))
    await company.until(noon(day))
    [refused] = await planned_releases(TENANT)
    assert (refused.state, (await demand_live(TENANT)).number) == ("refused", 2)
    assert refused.reason is not None
    assert "rule behind" in refused.reason.en
    assert (await working_copy(TENANT)).drafts[RULE].overtaken


async def test_a_planned_release_is_cancelled_once(company: Company) -> None:
    await edit(company, RULE, "0.8", "0.75")
    planned = await plan_release(company.context, TENANT, None, by="anna", from_day=MONDAY + timedelta(days=1))
    await edit(company, RULE, "0.8", "0.7", by="bert")
    assert (await cancel_release(company.context, TENANT, planned.id, by="anna")).state == "cancelled"
    with pytest.raises(UsageError):
        await cancel_release(company.context, TENANT, planned.id, by="anna")
    assert "0.7 " in (await working_copy(TENANT)).drafts[RULE].text
    await company.until(noon(MONDAY + timedelta(days=1)))
    assert (await demand_live(TENANT)).number == 1


@pytest.fixture
async def firing(database: str, settings: Settings) -> AsyncIterator[Company]:
    """On Wednesday evening west has been behind for three days (firing), hangzhou for one (pending); shanghai is far ahead."""
    async with founded(settings, noon(MONDAY, 9)) as company:
        await company.publish()
        company.write(order("a1", MONDAY, 3000.0), order("a2", MONDAY, 90.0, "s03", "hangzhou"))
        await company.sync()
        await company.until(noon(MONDAY + timedelta(days=2), 19))
        assert await states(company) == {"west": "firing", "hangzhou": "pending"}
        yield company


async def test_a_text_that_changes_no_verdict_carries_pending_and_firing_alerts_on(firing: Company) -> None:
    await edit(firing, RULE, "zh: 连续落后", "zh: 落后于进度")
    found, told = await effect(firing), len(await firing.messages())
    assert (found.how, {(each.key, each.before, each.after) for each in found.scopes}) == (
        "carry", {("west", "firing", "firing"), ("hangzhou", "pending", "pending")},
    )  # fmt: skip
    await release_drafts(firing.context, TENANT, None, by="anna")
    await firing.until(firing.clock.now() + timedelta(minutes=5))
    assert await states(firing) == {"west": "firing", "hangzhou": "pending"}
    assert len(await firing.messages()) == told


@pytest.mark.parametrize(
    ("old", "new", "how"), [("0.8", "0.6", "judge"), ("for: 3", "for: 2", "count"), ("for: 3", "for: 5", "count")]
)
async def test_what_is_shown_of_the_states_before_is_what_comes_of_the_release(
    firing: Company, old: str, new: str, how: str
) -> None:
    await edit(firing, RULE, old, new)
    found = await effect(firing)
    shown = {each.key: each.after for each in found.scopes if each.after != "inactive"}
    assert (found.how, {each.key: each.before for each in found.scopes if each.before != "inactive"}) == (
        how, {"west": "firing", "hangzhou": "pending"},
    )  # fmt: skip
    await release_drafts(firing.context, TENANT, None, by="anna")
    await firing.until(firing.clock.now() + timedelta(minutes=5))
    assert await states(firing) == shown
    await rollback(firing.context, TENANT, 1, by="anna")
    await firing.until(firing.clock.now() + timedelta(minutes=5))
    assert await states(firing) == {"west": "firing", "hangzhou": "pending"}


async def test_a_rule_that_goes_ends_its_alerts_and_tells_nobody(firing: Company) -> None:
    rule = await working_document(TENANT, *RULE)
    assert rule is not None
    await remove_draft(firing.context, TENANT, kind="rule", name="behind", version=rule.version, by="anna")
    found, told = await effect(firing), len(await firing.messages())
    assert (found.how, {each.after for each in found.scopes}) == ("end", {"inactive"})
    await release_drafts(firing.context, TENANT, None, by="anna")
    await firing.until(firing.clock.now() + timedelta(minutes=5))
    assert await states(firing) == {}
    assert len(await firing.messages()) == told
