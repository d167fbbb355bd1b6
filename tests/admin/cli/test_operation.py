"""The commands that operate a running system, as somebody types them."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "config" / "reference"


class Duiqi:
    """Runs `duiqi` in an environment of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DUIQI_")},
            "DUIQI_DATA_DIR": str(folder), "DUIQI_LANG": "en", "PYTHONPATH": str(ROOT), **settings,
        }  # fmt: skip

    def run(self, *words: str, given: str = "", code: int = 0) -> str:
        """What the command printed; its error output comes after it."""
        ran = subprocess.run(
            [sys.executable, "-m", "admin.cli", *words],
            env=self.environment, cwd=ROOT, input=given, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran.stdout + ran.stderr

    def json(self, *words: str, **more: Any) -> Any:
        return msgspec.json.decode(self.run(*words, "--json", **more))


@pytest.fixture(params=["sqlite", "postgres"])
def duiqi(request: pytest.FixtureRequest, tmp_path: Path) -> Duiqi:
    if request.param == "sqlite":
        return Duiqi(tmp_path)
    url = request.getfixturevalue("postgres_url")
    return Duiqi(tmp_path, DUIQI_DATABASE_URL=url, DUIQI_SECRET_KEY="a key for tests only")


def test_from_nothing_to_a_live_release(duiqi: Duiqi) -> None:
    duiqi.run("migrate")
    assert duiqi.json("tenant", "create", "acme", "--label", "Acme")["key"] == "acme"
    assert "exists already" in duiqi.run("tenant", "create", "acme", code=1)
    first = duiqi.json("publish", str(REFERENCE), "--tenant", "acme", "--by", "anna")
    assert (first["number"], first["changed"]) == (1, True)
    again = duiqi.run("publish", str(REFERENCE), "--tenant", "acme")
    assert "the same as release 1" in again
    made = duiqi.json(
        "user", "create", "Anna", "--tenant", "acme", "--role", "director", "--password-stdin", given="correct horse\n"
    )
    assert (made["login"], made["roles"]) == ("anna", ["director"])
    assert "password" not in str(made)
    assert duiqi.run("user", "list", "--tenant", "acme").startswith("anna\tdirector")
    assert "changed" in duiqi.run(
        "user", "password", "anna", "--tenant", "acme", "--password-stdin", given="another horse\n"
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Duiqi:
    """A system with the tenant acme."""
    made = Duiqi(tmp_path_factory.mktemp("alone"))
    made.run("tenant", "create", "acme")
    return made


def test_documents_with_errors_are_refused_with_their_places(alone: Duiqi, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "amount.yaml").write_text("kind: metric\nname: amount\ndataset: nowhere\naggregate: sum\nvalue: amount\n")
    assert "amount.yaml:3" in alone.run("publish", str(folder), "--tenant", "acme", code=1)
    told = alone.json("publish", str(folder), "--tenant", "acme", code=1)
    assert told["changed"] is False
    assert told["problems"][0]["line"] == 3


def test_a_test_document_that_fails_is_named_and_nothing_is_published(alone: Duiqi, tmp_path: Path) -> None:
    (tmp_path / "late.yaml").write_text(
        "kind: test\nname: fires_at_once\ndefine: {scope: region, when: attainment < 1, for: 2}\n"
        "days: [{day: 2026-03-02, values: {attainment: 0}, expect: {state: firing}}]\n"
    )
    told = alone.json("publish", str(tmp_path), "--tenant", "acme", code=1)
    assert told["number"] is None
    assert [(each["code"], each["line"]) for each in told["problems"]] == [("failed-test", 1)]
    assert "fires_at_once" in told["problems"][0]["message"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("publish", str(REFERENCE), "--tenant", "nobody"), "no tenant 'nobody'"),
        (("publish", "/nowhere", "--tenant", "acme"), "nowhere"),
        (("user", "list", "--tenant", "nobody"), "no tenant 'nobody'"),
        (("user", "create", "bert", "--tenant", "acme", "--role", "king", "--password-stdin"), "unknown role: king"),
        (("user", "create", "bert", "--tenant", "acme", "--role", "seller", "--password-stdin"), "8 to 256 characters"),
        (("user", "create", "bert", "--tenant", "acme", "--role", "seller"), "--password-stdin"),
        (("tenant", "create", "Acme GmbH"), "lower-case"),
        (("worker",), "duiqi serve"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(alone: Duiqi, words: tuple[str, ...], told: str) -> None:
    assert told in alone.run(*words, given="short\n", code=2)


def test_a_server_that_was_not_migrated_says_so(empty_server: Duiqi) -> None:
    assert "duiqi migrate" in empty_server.run("tenant", "list", code=2)
    assert empty_server.json("migrate")["applied"][0] == "m0001_tables"
    assert empty_server.run("tenant", "list") == ""


@pytest.fixture
def empty_server(postgres_server: str, tmp_path: Path) -> Duiqi:
    name = f"c{uuid4().hex}"

    async def create() -> None:
        server = await asyncpg.connect(postgres_server.format(name="postgres"))
        await server.execute(f'CREATE DATABASE "{name}"')
        await server.close()

    asyncio.run(create())
    return Duiqi(
        tmp_path, DUIQI_DATABASE_URL=postgres_server.format(name=name), DUIQI_SECRET_KEY="a key for tests only"
    )


def test_a_worker_ends_when_it_is_told_to(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    settings = {
        "DUIQI_DATABASE_URL": postgres_url,
        "DUIQI_REDIS_URL": redis_url,
        "DUIQI_SECRET_KEY": "a key for tests only",
    }
    environment = Duiqi(tmp_path, **settings).environment
    worker = subprocess.Popen(
        [sys.executable, "-m", "admin.cli", "worker"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    worker.send_signal(signal.SIGTERM)
    _, told = worker.communicate(timeout=30)
    assert worker.returncode == 0, told
    assert "Traceback" not in told
