"""`duiqi check`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from admin.cli.main import duiqi

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "check.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "docs" / "schemas" / "golden" / "check.json"
BROKEN = """\
kind: rule
name: behind_pace
metric: salse
when: attainment < 0.8 * pace
severity: urgent
on_fire:
  - {notify: manager, chanel: inbox}
---
kind: metric
name: sales
formula: 1 + 1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "behind.yaml").write_text(BROKEN, encoding="utf-8")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(duiqi, ["check", *arguments])


def test_an_error_ends_with_1_and_every_problem_is_printed_with_its_place(folder: Path) -> None:
    done = check("rules", "--lang", "en")
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith("rules/behind.yaml:3:9: error: there is no metric named 'salse'")
    assert lines[1].strip() == "did you mean 'sales'?"
    assert done.stdout.strip() == "3 errors, 0 warnings"


def test_the_reader_gets_their_own_language(folder: Path) -> None:
    done = check("rules", "--lang", "zh")
    assert "没有名为 'salse' 的 metric 文档" in done.stderr
    assert "是不是 'sales'？" in done.stderr


def test_the_json_is_as_the_schema_and_the_golden_file_say(folder: Path) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the golden file anew."""
    done = check("rules", "--json", "--lang", "en")
    found = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert done.exit_code == 1


def test_a_sound_configuration_ends_with_0(folder: Path) -> None:
    done = check(str(ROOT / "config" / "example"), "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"problems": []})


def test_warnings_alone_end_with_0(folder: Path) -> None:
    (folder / "warned.yaml").write_text("kind: rule\nname: always\nwhen: 1 < 2\n", encoding="utf-8")
    done = check("warned.yaml", "--json")
    assert done.exit_code == 0
    assert [problem["level"] for problem in json.loads(done.stdout)["problems"]] == ["warning"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere.yaml"])
def test_a_path_that_is_not_there_is_wrong_use(path: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "admin.cli", "check", str(folder / path), "--lang", "en"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DUIQI_LANG": "en"},
    )
    assert done.returncode == 2
    assert "there is no folder or file" in done.stderr
    assert "Traceback" not in done.stderr


def test_checking_imports_no_web_and_no_database() -> None:
    code = (
        "import sys, admin.cli.check; "
        "print([name for name in ('litestar', 'tortoise', 'uvicorn', 'arq', 'redis') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
