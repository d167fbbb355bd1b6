"""`duiqi diff`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from admin.cli.main import duiqi

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "diff.json").read_text(encoding="utf-8"))
RULE = """\
kind: rule
name: behind_pace
label: {zh: 连续落后进度, en: Behind the pace}
when: attainment < 0.8 * pace
for: 3  # working days
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, text: str) -> str:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "rule.yaml").write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(duiqi, ["diff", *arguments])


def test_a_threshold_is_told_in_words_with_the_changed_lines_below(write) -> None:
    done = diff(write("a", RULE), write("b", RULE.replace("0.8", "0.75")), "--lang", "en")
    assert done.exit_code == 0
    assert "changed: rule 'Behind the pace'\n  threshold: 80 % -> 75 %\n" in done.stdout
    assert "    -when: attainment < 0.8 * pace\n    +when: attainment < 0.75 * pace\n" in done.stdout


def test_the_same_in_chinese_without_the_lines(write) -> None:
    done = diff(write("a", RULE), write("b", RULE.replace("0.8", "0.75")), "--lang", "zh", "--no-raw")
    assert done.stdout == "修改 规则“连续落后进度”\n  门槛: 80 % -> 75 %\n"


def test_the_json_is_as_the_schema_says(write) -> None:
    done = diff(write("a", RULE), write("b", RULE.replace("for: 3", "for: 4")), "--json", "--lang", "en")
    found = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    [change] = found["changes"]
    assert change["details"] == [{"path": "for", "what": "days in a row", "before": "3", "after": "4"}]
    assert "-for: 3  # working days" in change["raw"]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (RULE, "nothing differs"),
        (RULE.replace("# working days", "# days"), "only comments or spelling differ"),
        (RULE.replace("0.8 * pace", "0.80*pace"), "only comments or spelling differ"),
    ],
)
def test_what_means_the_same_says_so(write, after: str, said: str) -> None:
    done = diff(write("a", RULE), write("b", after), "--lang", "en")
    assert said in done.stdout
    assert done.exit_code == 0


def test_a_document_that_cannot_be_read_is_compared_as_text(write) -> None:
    done = diff(write("a", RULE), write("b", RULE.replace("when: attainment", "wen: attainment")), "--json")
    [change] = json.loads(done.stdout)["changes"]
    assert change["change"] == "changed"
    assert "+wen: attainment < 0.8 * pace" in change["raw"]


def test_a_file_that_cannot_be_read_is_told_and_ends_with_1(write) -> None:
    done = diff(write("a", RULE), write("b", RULE.replace("when:", "\twhen:")), "--json", "--lang", "en")
    assert done.exit_code == 1
    assert "rule.yaml:4:1: error: this is no valid YAML" in done.stderr
    [change] = json.loads(done.stdout)["changes"]
    assert change["change"] == "removed"
