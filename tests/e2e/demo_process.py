"""A `duiqi demo` as a process of its own, as somebody starts it."""

import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


class DemoProcess:
    """Starts on a free port and waits until the first board is there; `seconds` is how long that took."""

    def __init__(self, folder: Path, *options: str, speed: int) -> None:
        began = time.monotonic()
        command = [sys.executable, "-c", "from admin.cli.main import main; main()", "demo", "--lang", "en"]
        command += ["--port", "0", "--data-dir", str(folder), "--speed", str(speed), *options]
        self.log = folder.parent / f"{folder.name}.log"
        self.folder = folder / "demo"
        with self.log.open("ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        self.address = self._address(start)
        self.wait(lambda: httpx.get(f"{self.address}/health").status_code == 200, "the first board")
        self.seconds = time.monotonic() - began

    def _address(self, start: int) -> str:
        found = self.wait(lambda: re.search(rb"http://127\.0\.0\.1:\d+", self.log.read_bytes()[start:]), "its address")
        assert found is not None
        return found[0].decode()

    def wait(self, condition, what: str, seconds: float = 60):
        """What the condition gives once it is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise TimeoutError(f"the demo did not show {what}: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Like a power cut."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def signed_in(address: str, role: str) -> httpx.Client:
    """A client that has clicked a card of the demo's sign-in page."""
    client = httpx.Client(base_url=address, timeout=20)
    client.get("/login")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', client.get("/login").text)
    client.post("/login", data={"as": role, **({"_csrf_token": token[1]} if token else {})})
    return client
