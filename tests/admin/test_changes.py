"""The pages of drafts and releases over the running system: chosen, checked, approved, released, planned, rolled back."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from admin.app import create_app
from admin.deps import Deps
from admin.session import SESSION_COOKIE
from admin.wiring.verbs import RunningVerbs
from admin.wiring.views import RunningViews
from runtime.board.viewer import Viewer
from runtime.drafts.copy import working_copy, working_document
from runtime.drafts.save import save_draft
from runtime.releases.live import demand_live
from runtime.settings import Settings
from tests.runtime.company import COMPANY, MONDAY, TENANT, Company, founded, noon

CHANGES = "/workbench/changes"


class Doors:
    """A cookie says a login and a role; sessions have tests of their own."""

    async def viewer(self, token: str) -> Viewer | None:
        login, role, lang = token.split("-")
        return Viewer(
            tenant=TENANT, account=login, person=None, name=login, roles=(role,), organisation="Acme",
            lang="en" if lang == "en" else "zh",
        )  # fmt: skip


class Browser:
    """One signed-in reader."""

    def __init__(self, client: AsyncClient, company: Company) -> None:
        self.client, self.company = client, company

    def sign_in(self, login: str, role: str, lang: str = "en") -> None:
        self.client.cookies.set(SESSION_COOKIE, f"{login}-{role}-{lang}")

    async def get(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text[:2000]
        return unescape(re.sub(r"\s+", " ", answer.text))

    async def post(self, path: str, status: int = 303, **data: object) -> str:
        token = re.search(r'name="_csrf_token" value="([^"]+)"', (await self.client.get(CHANGES)).text)
        assert token is not None
        answer = await self.client.post(path, data={**data, "_csrf_token": token[1]}, follow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        return str(answer.headers.get("location") or unescape(re.sub(r"\s+", " ", answer.text)))

    async def edit(self, kind: str, name: str, old: str, new: str, by: str = "anna") -> None:
        opened = await working_document(TENANT, kind, name)
        text = opened.text.replace(old, new) if opened else new
        version = opened.version if opened else None
        await save_draft(self.company.context, TENANT, text, kind=kind, name=name, version=version, by=by)


@pytest.fixture
async def browser(sqlite_database: str, tmp_path: Path) -> AsyncIterator[Browser]:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database, secret_key="a key for tests only")
    async with founded(settings, noon(MONDAY, 9)) as company:
        await company.publish(COMPANY.replace("kind: organisation", "kind: organisation\nfour_eyes: [plan]"))
        context = company.context
        deps = Deps(
            views=RunningViews(context),
            verbs=RunningVerbs(context),
            doors=Doors(),
            stream=None,
            ready=None,
            secret="s" * 32,
        )  # type: ignore[arg-type]  # only what these pages ask for
        transport = ASGITransport(app=create_app(deps))
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            one = Browser(client, company)
            one.sign_in("anna", "author")
            yield one


async def test_no_drafts(browser: Browser) -> None:
    assert "No drafts" in await browser.get(CHANGES)
    browser.sign_in("anna", "author", "zh")
    assert "没有草稿" in await browser.get(CHANGES)


async def test_a_changed_threshold_in_words_and_lines_is_released(browser: Browser) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    page = await browser.get(CHANGES)
    for words in (
        "rule 'Behind the pace' (3 regions)",
        "80 %",
        "75 %",
        "+when: attainment < 0.75 * pace",
        "judged again",
    ):
        assert words in page
    assert await browser.post(f"{CHANGES}/release", chosen="rule:behind", note="lower") == "/workbench/releases"
    assert (await demand_live(TENANT)).release.rules["behind"].when == "attainment < 0.75 * pace"
    releases = await browser.get("/workbench/releases")
    assert "lower" in releases
    assert "75 %" in releases


async def test_a_choice_that_needs_more_names_it_and_adds_it(browser: Browser) -> None:
    await browser.edit(
        "metric", "profit", "", "kind: metric\nname: profit\ndataset: orders\naggregate: sum\nvalue: amount\n"
    )
    await browser.edit(
        "metric", "margin", "", "kind: metric\nname: margin\nformula: profit / amount\nformat: percent\n"
    )
    where = await browser.post(f"{CHANGES}/choose", chosen="metric:margin")
    assert 'Needed with them: <b><span class="mono">metric profit' in await browser.get(where)
    refused = await browser.post(f"{CHANGES}/release", 422, chosen="metric:margin")
    assert "need these drafts to be released with them: metric profit" in refused
    where = await browser.post(f"{CHANGES}/choose", chosen="metric:margin", also="metric:profit")
    assert "No problems" in await browser.get(where)
    assert where.count("only=") == 2


async def test_nothing_chosen_is_nothing_and_not_everything(browser: Browser) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    assert "No draft is chosen" in await browser.get(await browser.post(f"{CHANGES}/choose"))
    assert "no draft was chosen" in await browser.post(f"{CHANGES}/release", 422)
    assert (await demand_live(TENANT)).number == 1


async def test_an_error_is_told_with_its_place_and_stops_the_release(browser: Browser) -> None:
    await browser.edit("rule", "behind", "metric: amount", "metric: amuont")
    page = await browser.get(CHANGES)
    assert "1 error" in page
    assert "amuont" in page
    assert "amuont" in await browser.post(f"{CHANGES}/release", 422, chosen="rule:behind")


async def test_somebody_else_approves(browser: Browser) -> None:
    await browser.edit("plan", "amount_2026", "total: 36000", "total: 48000")
    assert "needs approval" in await browser.get(CHANGES)
    assert "four eyes" in await browser.post(f"{CHANGES}/release", 422, chosen="plan:amount_2026")
    assert "yourself" in await browser.post(f"{CHANGES}/approve", 422, chosen="plan:amount_2026")
    browser.sign_in("bert", "director")
    await browser.post(f"{CHANGES}/approve", chosen="plan:amount_2026", note="as agreed")
    assert "approved by bert" in await browser.get(CHANGES)
    browser.sign_in("anna", "author")
    await browser.post(f"{CHANGES}/release", chosen="plan:amount_2026")
    assert (await demand_live(TENANT)).number == 2


async def test_a_planned_release_waits_and_is_cancelled(browser: Browser) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    for wrong in ("2026-03-02", "soon"):
        assert wrong in await browser.post(f"{CHANGES}/release", 422, chosen="rule:behind", **{"from": wrong})
    await browser.post(f"{CHANGES}/release", chosen="rule:behind", **{"from": "2026-03-04"})
    page = await browser.get(CHANGES)
    assert "waiting" in page
    planned = re.search(r'name="planned" value="([^"]+)"', page)
    assert planned is not None
    await browser.post(f"{CHANGES}/cancel", planned=planned[1])
    assert list((await working_copy(TENANT)).drafts) == [("rule", "behind")]


async def test_an_overtaken_draft_is_kept_or_discarded(browser: Browser) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    await browser.company.publish(COMPANY.replace("0.8", "0.9"))
    page = await browser.get(CHANGES)
    assert "changed after this draft was begun" in page
    kept = re.search(r'name="one" value="(rule:behind:[^"]+)"', page)
    assert kept is not None
    await browser.post(f"{CHANGES}/keep", one=kept[1])
    assert "changed after this draft was begun" not in await browser.get(CHANGES)
    await browser.post(f"{CHANGES}/discard", one="rule:behind")
    assert (await working_copy(TENANT)).drafts == {}


async def test_rolling_back_shows_what_it_changes_and_does_it(browser: Browser) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    await browser.post(f"{CHANGES}/release", chosen="rule:behind")
    page = await browser.get("/workbench/releases/1")
    assert "Back to release 1" in page
    assert "judged again" in page
    assert await browser.post("/workbench/releases/1/rollback") == "/workbench/releases"
    live = await demand_live(TENANT)
    assert (live.number, live.release.rules["behind"].when) == (3, "attainment < 0.8 * pace")
    await browser.get("/workbench/releases/99", 404)


@pytest.mark.parametrize("role", ["seller", "manager", "it"])
async def test_who_may_not_release_cannot(browser: Browser, role: str) -> None:
    await browser.edit("rule", "behind", "0.8", "0.75")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', (await browser.client.get(CHANGES)).text)
    assert token is not None
    browser.sign_in("eve", role)
    for path in ("release", "approve", "discard"):
        data = {"chosen": "rule:behind", "one": "rule:behind", "_csrf_token": token[1]}
        answer = await browser.client.post(f"{CHANGES}/{path}", data=data, follow_redirects=False)
        assert answer.status_code in (403, 422)
    assert (
        await browser.client.post("/workbench/releases/1/rollback", data={"_csrf_token": token[1]})
    ).status_code == 403
    assert (await demand_live(TENANT)).number == 1
    assert list((await working_copy(TENANT)).drafts) == [("rule", "behind")]
