"""`duiqi import`: what it prints to people and to programs, its exit codes, and that the numbers follow."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.admin.cli.installed import FILES, ROOT, duiqi, imported, installation

__all__ = ["installation"]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "import.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "docs" / "schemas" / "golden" / "import.json"


def test_a_good_file_is_told_in_a_sentence_and_its_numbers_are_there(installation: Path, database_url: str) -> None:
    code, out, err = imported("orders.csv")
    assert (code, err) == (0, "")
    assert out.startswith("2 rows read, 2 kept, 2 changed")
    assert ("The running Duiqi computes the numbers" in out) == database_url.startswith("postgres")
    code, out, _ = imported("orders.csv")
    assert (code, out) == (0, "2 rows read, 2 kept, 0 changed\n")


def test_bad_rows_are_told_with_line_and_reason_in_the_readers_language_and_end_with_0(installation: Path) -> None:
    code, out, err = imported("bad.ambiguous-numbers.csv", "--lang", "zh")
    assert code == 0
    assert err.splitlines()[0].startswith("bad.ambiguous-numbers.csv:2: amount：数字 '1,23' 有歧义")
    assert out.startswith("读取 3 行，1 行可用，改变了 1 条记录；2 行有问题，已放入隔离区")


def test_strict_ends_with_1_and_stores_nothing(installation: Path) -> None:
    code, out, _ = imported("bad.ambiguous-numbers.csv", "--strict")
    assert (code, out) == (1, "2 of 3 rows are bad; nothing was imported (--strict)\n")
    assert imported("bad.ambiguous-numbers.csv", "--dry-run")[1].startswith(
        "dry run, nothing stored: 3 rows read, 1 kept, 1 would"
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refused.truncated.xlsx", "文件 refused.truncated.xlsx：不完整或已损坏"),
        ("refused.doubled-columns.csv", "请改掉其中一个列名"),
        ("refused.wrong-header.csv", "是否指“order_no”"),
        ("/no/such/file.csv", "文件 /no/such/file.csv 不存在"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_1_in_the_readers_language(
    installation: Path, name: str, words: str
) -> None:
    code, out, err = imported(name, "--lang", "zh")
    assert (code, out) == (1, "")
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tenant", "acme", "--dataset", "order"], "did you mean 'orders'"),
        (["--tenant", "amce", "--dataset", "orders"], "acme"),
        (["--tenant", "acme", "--dataset", "orders", "--source", "erp"], "no source of the dataset 'erp'"),
        (["--tenant", "acme", "--dataset", "orders", "--complete", "soon"], "'soon' is no date or moment"),
        (["--tenant", "acme"], "--dataset"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_there_is(installation: Path, arguments: list[str], words: str) -> None:
    code, out, err = duiqi("import", str(FILES / "orders.csv"), *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_a_file_without_rows_says_so(installation: Path, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("order,line,ordered,seller,region,kind,amount\n", encoding="utf-8")
    code, out, _ = imported(str(tmp_path / "none.csv"))
    assert (code, out) == (0, "none.csv has no rows; nothing was imported\n")


def test_at_most_twenty_bad_rows_are_told_and_the_rest_counted(installation: Path, tmp_path: Path) -> None:
    rows = "\n".join(f"A{number},1,oops,s01,east,Bikes,1" for number in range(1234))
    (tmp_path / "many.csv").write_text(f"order,line,ordered,seller,region,kind,amount\n{rows}\n", encoding="utf-8")
    _, out, err = imported(str(tmp_path / "many.csv"))
    assert len(err.splitlines()) == 21
    assert err.splitlines()[-1] == "… and 1,214 more rows"
    assert "1,234 bad" in out


def test_the_json_is_as_the_schema_and_the_golden_file_say(installation: Path) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the golden file anew."""
    code, out, _ = imported("bad.extra-cells.csv", "--json")
    found = json.loads(out)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    assert found["run"]
    found |= {"run": "the run's id", "computed": True}
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert code == 0


def test_a_terminal_shows_progress_and_an_interrupted_import_is_completed_by_another(
    installation: Path, tmp_path: Path, database_url: str
) -> None:
    """A real process on a real terminal, stopped by Ctrl-C in the middle."""
    import pty

    rows = (f"A{number},1,2026-03-{number % 28 + 1:02d},s01,east,Bikes,{number}" for number in range(12_000))
    path = tmp_path / "many.csv"
    path.write_text("order,line,ordered,seller,region,kind,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "admin.cli", "import", str(path), "--tenant", "acme", "--dataset", "orders"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, stdin=theirs)
    os.close(theirs)
    seen = read_until(terminal, "importing")
    process.send_signal(signal.SIGINT)
    reading = threading.Thread(target=read_on, args=(terminal,))  # a terminal that nobody reads would hold the process
    reading.start()
    out, _ = process.communicate(timeout=60)
    reading.join()
    os.close(terminal)
    assert "checking" in seen
    if process.returncode != 0:  # an import that was quicker than Ctrl-C is as good as one that was stopped
        assert (process.returncode, out) == (1, b"")
    code, text, _ = imported(str(path), "--json")
    done = json.loads(text)
    assert (code, done["kept"]) == (0, 12_000)
    assert json.loads(imported(str(path), "--json")[1])["changed"] == 0


def read_on(terminal: int) -> None:
    """Until nobody writes to the terminal any more."""
    with suppress(OSError):
        while os.read(terminal, 4096):
            pass


def read_until(terminal: int, words: str, seconds: float = 60) -> str:
    seen, end = "", time.monotonic() + seconds
    while words not in seen and time.monotonic() < end:
        seen += os.read(terminal, 4096).decode(errors="replace")
    return seen
