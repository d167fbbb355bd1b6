"""The pages in a real browser: live, keyboard, drawer, phone, and what axe says."""

import importlib.util
from pathlib import Path

import pytest
import sample_views

from admin.deps import LiveEvent

pytestmark = pytest.mark.e2e

PAGES = (
    "/board", "/board/why?why=signed_amount:region:shanghai", "/alerts", "/alerts/a-shanghai", "/targets", "/calibration",
    "/calibration/sn-102", "/chat", "/workbench", "/workbench/rule/behind_pace", "/records", "/records/order_lines/SO-1182.1",
    "/nowhere",
)  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def open_page(chromium, served):
    """Opens a page of a sample application as the director; collects what the browser complains about."""
    contexts = []

    def go(
        path: str,
        *,
        size=DESKTOP,
        lang: str = "zh",
        role: str | None = "director",
        script: bool = True,
        site=None,
        **options,
    ):
        site = site or served(**options)
        context = chromium.new_context(viewport=size, java_script_enabled=script)
        contexts.append(context)
        context.add_cookies([{"name": "duiqi_language", "value": lang, "url": site.address}])
        if role:
            context.add_cookies([{"name": "duiqi_session", "value": f"token-{role}", "url": site.address}])
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(site.address + path)
        page.site = site
        return page

    yield go
    for context in contexts:
        context.close()


def test_a_changed_cell_turns_within_a_second_and_says_what_moved(open_page, monkeypatch):
    page = open_page("/board")
    page.wait_for_selector("[data-clock][data-live=on]")
    page.site.sample.views.touched = True
    monkeypatch.setitem(sample_views.ATTAINED, "shanghai", 0.5806)
    page.site.sample.stream.tell(LiveEvent(id="1", kind="cells", rows=("region:shanghai", "company:company")))

    page.wait_for_selector('[data-row="region:shanghai"] .is-moved', timeout=1000)
    row = page.locator('[data-row="region:shanghai"]')
    assert "224.6" in row.inner_text()
    assert "+12.6 万元，订单 SO-1182 新增" in row.locator(".moved").inner_text()
    assert page.locator('[data-row="region:beijing"] .is-moved').count() == 0
    assert page.complaints == []


def test_the_wall_follows_too(open_page, monkeypatch):
    page = open_page("/board?wall=1", size={"width": 1920, "height": 1080})
    page.wait_for_selector("[data-clock][data-live=on]")
    monkeypatch.setitem(sample_views.ATTAINED, "shanghai", 0.5806)
    page.site.sample.stream.tell(LiveEvent(id="1", kind="cells", rows=("region:shanghai",)))

    page.wait_for_selector(".wall .is-moved", timeout=1000)
    assert "58.1" in page.locator(".wall-area").first.inner_text()
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080


def test_a_number_opens_its_drawer_and_escape_gives_the_focus_back(open_page):
    page = open_page("/board")
    link = page.locator('[data-row="region:shanghai"] td.n a').first
    link.click()
    page.wait_for_selector("dialog[open] #why-title")

    assert "why=signed_amount%3Aregion%3Ashanghai" in page.url
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "why=" not in page.url
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == "region:shanghai"
    page.go_back()
    page.wait_for_selector("dialog[open] #why-title")
    assert page.complaints == []


def test_the_drawers_address_works_without_a_script(open_page):
    page = open_page("/board?why=signed_amount:region:shanghai", script=False)

    assert page.locator("dialog[open] #why-title").is_visible()
    page.locator("[data-drawer-close]").click()
    assert page.locator("dialog").count() == 0


def test_a_region_opens_and_closes_by_keyboard(open_page):
    page = open_page("/board")
    page.focus('[data-tree="region:chengdu"]')
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('[data-parent="region:chengdu"]')

    assert page.locator('[data-tree="region:chengdu"]').get_attribute("aria-expanded") == "true"
    assert page.locator('[data-parent="region:chengdu"]').count() == 5
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector('[data-parent="region:chengdu"]', state="detached")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.tree") == "region:west"


def test_a_form_works_without_a_script(open_page):
    page = open_page("/alerts/a-shanghai", role="manager", script=False)
    page.check('input[name="kind"][value="support"]', force=True)
    page.fill("#text", "请技术支持周三前到现场")
    page.click("form.answer-form button")

    assert page.locator(".toast").inner_text().startswith("回应已发送")
    assert page.site.sample.verbs.answers[0][1].kind == "support"


def test_a_phone_shows_one_metric_at_a_time(open_page):
    page = open_page("/board", size=PHONE)
    row = page.locator('[data-row="region:shanghai"]')

    assert row.locator(".c0.n").first.is_visible()
    assert not row.locator(".c1.n").first.is_visible()
    page.click('[data-focus-to="1"]')
    assert row.locator(".c1.n").first.is_visible()
    assert not row.locator(".c0.n").first.is_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_scrolls_sideways(open_page, served, size, lang):
    site = served(mode="full")
    for path in PAGES:
        page = open_page(path, size=size, lang=lang, site=site)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert page.complaints == [], path


def test_a_hard_day_in_the_demo_starts_with_one_click(open_page):
    page = open_page("/board", role=None)
    page.click("button[value=director]")

    assert page.url.endswith("/board")
    assert page.locator("h1").inner_text() == "作战室"


@pytest.mark.parametrize("theme", ["/board?wall=1", "/login", *PAGES])
def test_axe_finds_nothing_serious(open_page, theme):
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core comes with the wheel axe-playwright-python (extra 'test')")
    page = open_page(
        theme, lang="en", role=None if theme == "/login" else "director", mode="full" if theme == "/board" else "quiet"
    )
    page.evaluate(Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    serious = [
        (issue["id"], issue["impact"], [node["target"] for node in issue["nodes"]][:3])
        for issue in result["violations"]
        if issue["impact"] in ("serious", "critical")
    ]

    assert serious == []
