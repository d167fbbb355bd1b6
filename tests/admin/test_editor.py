"""The editor over a real working copy: form, text, conflict, deletion, and in a real browser."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from admin.app import create_app
from admin.serving import deps_of, listener_on, serve
from runtime.clock import SystemClock, VirtualClock
from runtime.context import Context
from runtime.drafts.copy import working_document
from runtime.drafts.save import save_draft
from runtime.events import LocalEvents
from runtime.people.accounts import create_account
from runtime.people.sessions import sign_in
from runtime.releases.publish import publish
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from runtime.tenants.store import create_tenant
from schema_defs.loader import load_text

DATASET = "kind: dataset\nname: orders\nkey: [id]\ntime: on\nfields: {id: text, on: date, amount: {type: money, currency: CNY}}\n"
METRIC = "kind: metric\nname: sales\ndataset: orders\naggregate: sum\nvalue: amount  # net\n"
RULE = """\
# who falls behind
kind: rule
name: behind
scope: company
metric: sales
when: attainment < 0.8 * pace   # the threshold
on_fire:
  - {mark: red}   # on the board
"""
AT = "/workbench/rule/behind"


@pytest.fixture
async def context(sqlite_database: str, clock: VirtualClock, tmp_path: Path) -> Context:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database, secret_key="a key for tests only")
    made = Context(settings=settings, clock=clock, events=LocalEvents(), secrets=Secrets(settings.secret_key))
    await create_tenant("acme", "Acme", now=clock.now())
    await publish(made, "acme", load_text(f"{DATASET}---\n{METRIC}---\n{RULE}", "all.yaml", one=False), by="anna")
    return made


async def cookie_of(login: str, role: str) -> str:
    account = await create_account("acme", login, roles=[role], demo=True)
    return await sign_in(account, now=SystemClock().now())


class Reader:
    """Somebody with a browser that runs no script."""

    def __init__(self, client: AsyncClient, cookie: str) -> None:
        self._client, self._cookie = client, {"duiqi_session": cookie, "duiqi_language": "en"}

    async def get(self, path: str):
        self._client.cookies.update(self._cookie)
        return await self._client.get(path)

    async def opened(self) -> dict[str, str]:
        """What the form of the text holds."""
        page = (await self.get(f"{AT}/edit")).text
        return {"version": re.search('name="version" value="([^"]*)"', page).group(1)}

    async def post(self, path: str, **fields: str):
        token = re.search('name="_csrf_token" value="([^"]*)"', (await self.get("/workbench")).text).group(1)
        return await self._client.post(path, data={"_csrf_token": token, **fields}, follow_redirects=False)


@pytest.fixture
async def client(context: Context) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(create_app(deps_of(context))), base_url="http://test") as made:
        made.headers["accept"] = "text/html"
        yield made


@pytest.fixture
async def author(client: AsyncClient) -> Reader:
    return Reader(client, await cookie_of("anna", "author"))


async def text_now() -> str:
    found = await working_document("acme", "rule", "behind")
    assert found is not None
    return found.text


async def test_a_form_changes_one_line_and_the_text_another(author: Reader) -> None:
    changed = RULE.replace("0.8", "0.75")
    sent = {**await author.opened(), "text": RULE, "f:/when": "attainment < 0.75 * pace", "do": "save_form"}
    saved = await author.post(f"{AT}/edit", **sent)
    assert (saved.status_code, await text_now()) == (303, changed)

    saved = await author.post(f"{AT}/edit", **await author.opened(), text=changed.replace("red", "amber"), do="save")
    assert (saved.status_code, await text_now()) == (303, changed.replace("red", "amber"))
    shown = (await author.get(f"{AT}/edit")).text
    assert "-when: attainment &lt; 0.8 * pace" in shown
    assert "+when: attainment &lt; 0.75 * pace" in shown
    assert "draft" in (await author.get("/workbench")).text


async def test_parts_are_added_and_removed_without_being_saved(author: Reader) -> None:
    opened = await author.opened()
    page = await author.post(f"{AT}/edit", **opened, text=RULE, do="add:/on_fire")
    assert "  - {mark: red}   # on the board\n  - {}" in page.text
    page = await author.post(f"{AT}/edit", **opened, text=RULE, do="remove:/on_fire/0")
    assert "on_fire:\n  - {mark: red}" not in page.text.split("data-form-text")[1].split("</textarea>")[0]
    assert await text_now() == RULE


async def test_who_comes_second_is_told_what_differs_and_overwrites_nothing(author: Reader, context: Context) -> None:
    opened = await author.opened()
    theirs = RULE.replace("0.8", "0.7")
    await save_draft(context, "acme", theirs, kind="rule", name="behind", version=opened["version"], by="bert")
    page = await author.post(f"{AT}/edit", **opened, text=RULE.replace("0.8", "0.75"), do="save")
    assert page.status_code == 409
    assert "bert" in page.text
    assert re.search(
        r'<th scope="row" class="mono">when</th><td class="mono">attainment &lt; 0.75 \* pace</td>', page.text
    )
    assert "when: attainment &lt; 0.7 * pace" in page.text
    assert await text_now() == theirs


async def test_a_text_with_errors_is_a_draft_and_one_that_is_another_document_is_not(author: Reader) -> None:
    wrong = RULE.replace("attainment", "attainmnt")
    assert (await author.post(f"{AT}/edit", **await author.opened(), text=wrong, do="save")).status_code == 303
    answer = await author.post(f"{AT}/check", text=wrong)
    assert [each["line"] for each in answer.json()["problems"] if each["level"] == "error"] == [6]
    other = await author.post(f"{AT}/edit", **await author.opened(), text=METRIC, do="save")
    assert other.status_code == 422
    assert "metric sales" in other.text


async def test_a_document_that_others_use_stays(author: Reader) -> None:
    found = await working_document("acme", "metric", "sales")
    refused = await author.post("/workbench/metric/sales/delete", version=found.version)
    assert refused.status_code == 422
    assert "rule behind" in refused.text
    gone = await author.post(f"{AT}/delete", **await author.opened())
    assert gone.headers["location"] == "/workbench/changes"


async def test_a_copy_is_a_draft_of_its_own_and_its_history_says_so(author: Reader) -> None:
    made = await author.post("/workbench/new", kind="rule", name="behind_too", like="behind")
    assert made.headers["location"] == "/workbench/rule/behind_too/edit"
    copied = await working_document("acme", "rule", "behind_too")
    assert copied.text == RULE.replace("name: behind", "name: behind_too")
    assert "Draft changed" in (await author.get("/workbench/rule/behind_too/history")).text
    assert (await author.post("/workbench/new", kind="rule", name="9 lives")).status_code == 422


async def test_a_calendar_has_its_editor_beside_the_page_of_its_year(author: Reader) -> None:
    assert (await author.post("/workbench/new", kind="calendar", name="ours")).status_code == 303
    assert (await author.get("/workbench/calendar/ours/edit")).status_code == 200
    assert (await author.get("/workbench/calendar/2026")).status_code == 200


async def test_names_and_choices_are_offered(author: Reader) -> None:
    text = "kind: rule\nname: behind\nmetric: \nscope: re\n"
    offered = await author.post(f"{AT}/complete", text=text, offset=str(text.index("metric: ") + 8))
    assert offered.json()["options"] == ["sales"]
    offered = await author.post(f"{AT}/complete", text=text, offset=str(len(text) - 1))
    assert offered.json() == {"from": text.index("re\n"), "options": ["person", "region", "company"]}


async def test_only_authors_write(client: AsyncClient, author: Reader) -> None:
    director = Reader(client, await cookie_of("dora", "director"))
    page = await director.get(f"{AT}/edit")
    assert page.status_code == 200
    assert 'value="save"' not in page.text
    assert (await director.post(f"{AT}/edit", version="", text=METRIC, do="save")).status_code == 403
    assert (await director.post("/workbench/new", kind="rule", name="mine")).status_code == 403
    seller = Reader(client, await cookie_of("sam", "seller"))
    assert (await seller.get(f"{AT}/edit")).status_code == 403
    assert await text_now() == RULE


@pytest.mark.e2e
async def test_in_a_browser_form_and_text_are_one_text(context: Context) -> None:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.async_api import async_playwright

    listener, stop = listener_on("127.0.0.1", 0), asyncio.Event()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(serve(deps_of(context), listener, stop))
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = await browser.new_page()
            cookie = {"name": "duiqi_session", "value": await cookie_of("anna", "author"), "url": address}
            await page.context.add_cookies([cookie, {"name": "duiqi_language", "value": "en", "url": address}])
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if "Security" in said.text else None)
            await _edit_by_form_and_text(page, address)
            assert complaints == []
            await browser.close()
    finally:
        stop.set()
        await serving


async def _edit_by_form_and_text(page, address: str) -> None:
    by_form = RULE.replace("0.8", "0.75")
    await page.goto(f"{address}{AT}/edit")
    code = page.locator(".cm-content")
    await code.wait_for()
    await page.locator('[name="f:/when"]').fill("attainment < 0.75 * pace")
    await page.locator('[name="f:/when"]').press("Tab")
    await page.locator(".cm-line", has_text="0.75").wait_for()
    assert await page.locator("[data-code]").input_value() == by_form
    await page.locator("[data-look] .added", has_text="0.75").wait_for()

    await page.locator(".cm-line", has_text="{mark: red}").click()
    await page.keyboard.press("End")
    await page.keyboard.type("!")
    await page.locator('[data-document-text] [value="save"]').click()
    await page.locator(".toast").wait_for()
    assert await text_now() == by_form.replace("# on the board", "# on the board!")
