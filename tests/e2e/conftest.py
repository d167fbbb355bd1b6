"""A running demo and a real browser."""

import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.demo_process import DemoProcess

CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
SPEED = 180
"""Three virtual hours in a minute: the first alert comes seven seconds after the start."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[DemoProcess]:
    running = DemoProcess(tmp_path_factory.mktemp("demo") / "data", speed=SPEED)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A browser. Playwright keeps an event loop running, in which no other test could have its own: so it ends with the module."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def cookies(chromium, demo):
    """The cookies of a session per card: everybody signs in by a click, once."""
    kept: dict[str, list] = {}

    def of(role: str) -> list:
        if role not in kept:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{demo.address}/login")
            page.click(f"button[value={role}]")
            page.wait_for_url("**/board*")
            kept[role] = context.cookies()
            context.close()
        return kept[role]

    return of


@pytest.fixture
def as_role(chromium, demo, cookies):
    """The board as somebody sees it who has clicked a card. Whatever the browser complains about fails the test."""
    contexts, complaints = [], []

    def open_as(role: str, *, size=DESKTOP, lang: str = "zh"):
        context = chromium.new_context(viewport=size, locale="zh-CN" if lang == "zh" else "en-US")
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.add_cookies(cookies(role))
        context.add_cookies([{"name": "duiqi_language", "value": lang, "url": demo.address}])
        context.on("request", lambda request: complaints.append(request.url) if is_outside(request.url, demo) else None)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.goto(f"{demo.address}/board")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(said) -> bool:
    """An error on the console; that a form was answered with its mistakes is none."""
    return said.type == "error" and "422 (Unprocessable" not in said.text


def is_outside(url: str, demo: DemoProcess) -> bool:
    return not url.startswith((demo.address + "/", "data:", "blob:"))
