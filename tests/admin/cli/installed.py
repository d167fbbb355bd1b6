"""An installation with one tenant, for the tests of commands that need a database."""

import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from admin.cli.main import main

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests" / "testdata" / "files"
DOCUMENTS = """
kind: dataset
name: orders
key: [order, line]
time: ordered
owner: seller
region: region
fields:
  order: text
  line: number
  ordered: date
  seller: person
  region: region
  kind: {type: choice, choices: [Bikes, Clothing]}
  amount: {type: money, currency: CNY}
---
kind: metric
name: amount
label: {zh: 签约额, en: Signed amount}
dataset: orders
aggregate: sum
value: amount
---
kind: board
name: war_room
label: {zh: 作战室, en: War room}
sections: [{table: company, metrics: [amount], show: [actual]}]
"""


@pytest.fixture
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one tenant and its documents."""
    monkeypatch.setenv("DUIQI_DATABASE_URL", database_url)
    monkeypatch.setenv("DUIQI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DUIQI_SECRET_KEY", "a-key-for-tests-only")
    monkeypatch.setenv("DUIQI_LANG", "en")
    (tmp_path / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
    for command in (["tenant", "create", "acme"], ["publish", str(tmp_path / "documents.yaml"), "--tenant", "acme"]):
        assert duiqi(*command)[0] == 0
    return tmp_path


def duiqi(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""

    def run() -> None:
        main()

    runner = CliRunner()
    wrapped = click.Command("duiqi", callback=run)
    before = sys.argv
    sys.argv = ["duiqi", *arguments]
    try:
        done = runner.invoke(wrapped, [])
    finally:
        sys.argv = before
    return done.exit_code, done.stdout, done.stderr


def imported(name: str, *more: str) -> tuple[int, str, str]:
    path = name if "/" in name else str(FILES / name)
    return duiqi("import", path, "--tenant", "acme", "--dataset", "orders", *more)
