"""`duiqi eval --each`: all evaluators side by side, over the examples that the documentation carries."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from admin.cli.main import duiqi
from runtime.offline import evaluation
from runtime.offline.evaluation import Case, outcomes_of

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "docs" / "examples"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "eval-each.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "docs" / "schemas" / "golden" / "eval-each.json"


def each(*arguments: str) -> Result:
    return CliRunner().invoke(duiqi, ["eval", "--each", *arguments])


def printed(name: str, lang: str) -> str:
    done = each("--file", str(EXAMPLES / f"{name}.jsonl"), "--lang", lang)
    assert done.exit_code == 0
    return done.stdout + done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["expressions", "hostile"])
def test_the_table_of_the_examples_is_as_the_golden_file_says(name: str, lang: str) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the golden files anew."""
    golden, found = EXAMPLES / f"{name}.{lang}.txt", printed(name, lang)
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_fifty_expressions_agree_and_twenty_hostile_ones_are_refused_by_all() -> None:
    assert printed("expressions", "en").endswith("\n50 expressions, 1 refused, 0 with a difference\n")
    assert printed("hostile", "zh").endswith("\n20 个表达式，20 个被拒绝，0 个结果不一致\n")


def test_the_json_is_as_the_schema_and_the_golden_file_say() -> None:
    done = each("--file", str(EXAMPLES / "hostile.jsonl"), "--json", "--lang", "en")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [error.message for line in found for error in Draft202012Validator(SCHEMA).iter_errors(line)] == []
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_one_expression_and_the_evaluators_that_are_picked() -> None:
    done = each("a / 2", "--vars", '{"a": 3}', "--engine", "row,column", "--json")
    assert json.loads(done.stdout) == {
        "id": 1,
        "expression": "a / 2",
        "same": True,
        "engines": {engine: {"value": 1.5, "type": "number"} for engine in ("row", "column")},
    }
    assert "input" in each("1", "--vars", "{").stdout


def test_a_difference_is_marked_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evaluation._RUN, "column", lambda expression, values, context: 2.0)
    assert {engine: outcome.value for engine, outcome in outcomes_of(Case("1", {}), evaluation.ENGINES).items()} == {
        "reference": 1.0, "row": 1.0, "column": 2.0,
    }  # fmt: skip
    done = each("1", "--lang", "en")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1].split() == ["1", "|", "1", "|", "1", "|", "1", "|", "2", "|", "NO"]
    assert done.stderr == "1 expression, 0 refused, 1 with a difference\n"


@pytest.mark.parametrize("expression", ["长" * 40, "x" * 57, "x" * 1990, "a\u0301" * 40, "1 +\n1"])
def test_a_row_is_one_line_of_one_width(expression: str) -> None:
    head, row, *_ = each(expression, "--lang", "en").stdout.splitlines()
    wide = sum(2 for character in row if character == "长") - row.count("长") - row.count("\u0301")
    assert row.index(" | ", row.index(" | ") + 1) + wide == head.index(" | ", head.index(" | ") + 1)
