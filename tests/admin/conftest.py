"""A browser and the application over sample views."""

import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn

sys.path.insert(0, str(Path(__file__).parent))

from litestar.testing import TestClient
from sample_app import Sample

CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture
def client() -> Callable[..., TestClient]:
    """Makes a client of the sample application, signed in as a role, or as nobody."""

    def make(
        role: str | None = "director", lang: str = "zh", sample: Sample | None = None, **options: object
    ) -> TestClient:
        made = TestClient((sample or Sample(**options)).app, raise_server_exceptions=False)
        made.cookies.set("duiqi_language", lang)
        if role:
            made.cookies.set("duiqi_session", f"token-{role}")
        made.headers["accept"] = "text/html"
        made.follow_redirects = False
        return made

    return make


class Served:
    """A sample application behind a real server in a thread of its own."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(
            uvicorn.Config(sample.app, port=port, log_level="error", timeout_graceful_shutdown=1)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=5)


@pytest.fixture
def served() -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def make(**options: object) -> Served:
        made = Served(Sample(**options))
        running.append(made)
        made.start()
        return made

    yield make
    for each in running:
        each.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
