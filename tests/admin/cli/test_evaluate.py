"""`duiqi eval`: one answer for one expression, one line for every line, and never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.cli.evaluate import command

ROOT = Path(__file__).parents[3]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--lang", "en"], catch_exceptions=False)


def answered(*arguments: str) -> dict[str, object]:
    result = run(*arguments)
    answer = json.loads(result.stdout)
    assert result.exit_code == (1 if "error" in answer else 0)
    return answer


@pytest.mark.parametrize(
    ("expression", "variables", "value", "kind"),
    [
        ("1 / 0", {}, None, "missing"),
        ("3.0", {}, 3, "number"),
        ("-2**2", {}, -4, "number"),
        ("-x", {"x": 0}, 0, "number"),
        ("--x", {"x": 2.5}, 2.5, "number"),
        ("0.1 + 0.2", {}, 0.1 + 0.2, "number"),
        ("金额 - 成本", {"金额": 100, "成本": 60.5}, 39.5, "number"),
        ("a + b", {"a": "高", "b": "毛利"}, "高毛利", "text"),
        ("a < 1", {"a": 0}, True, "boolean"),
        ("a", {"a": None}, None, "missing"),
        ("d", {"d": {"date": "2026-01-02"}}, "2026-01-02", "date"),
        ("date('2026-01-02') == d", {"d": {"date": "2026-01-02"}}, True, "boolean"),
        ("t", {"t": {"datetime": "2026-01-02T08:30:00"}}, "2026-01-02T08:30:00", "datetime"),
        ("t", {"t": {"datetime": "2026-01-02T20:30:00Z"}}, "2026-01-03T04:30:00", "datetime"),
        ("a", {"a": 9007199254740993}, 9007199254740992, "number"),
        ("year + 1", {"year": 2026}, 2027, "number"),
        ("null is None", {"not a name": 1}, True, "boolean"),
    ],
)
def test_a_value_and_its_type(expression: str, variables: dict[str, object], value: object, kind: str) -> None:
    assert answered(expression, "--vars", json.dumps(variables)) == {"value": value, "type": kind}


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1 +", "syntax"),
        ("a.b", "forbidden"),
        ("b", "name"),
        ("eval('1')", "function"),
        ("round()", "arguments"),
        ("1 + 'a'", "type"),
        ("1 + " * 50 + "1", "limit"),
        ("today", "name"),
        ("\udc80", "forbidden"),
        ("", "syntax"),
    ],
)
def test_an_error_and_its_kind(expression: str, kind: str) -> None:
    answer = answered(expression, "--vars", '{"a": 1}')
    assert answer.keys() == {"error", "kind"}
    assert answer["kind"] == kind


@pytest.mark.parametrize(
    "variables",
    [
        "[1]",
        "1",
        "",
        "{",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 1e400}',
        '{"a": ' + "9" * 400 + "}",
        '{"a": ' + "9" * 5000 + "}",
        '{"a": 1, "a": 2}',
        '{"a": [1]}',
        '{"a": {}}',
        '{"a": {"b": 1}}',
        '{"a": {"date": "2026-02-30"}}',
        '{"a": {"date": 1}}',
        '{"a": {"date": "2026-01-02", "time": 1}}',
        '{"a": {"datetime": "soon"}}',
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"a": ' + "[" * 20_000,
    ],
)
def test_variables_that_are_none(variables: str) -> None:
    assert answered("1", "--vars", variables)["kind"] == "input"


def test_today_is_a_name_and_a_function() -> None:
    assert answered("today() == today", "--today", "2026-03-02") == {"value": True, "type": "boolean"}
    assert answered("today + 1", "--today", "2026-03-02", "--vars", '{"today": 4}') == {"value": 5, "type": "number"}


@pytest.mark.parametrize("engine", ["reference", "row", "column", "reference, column"])
def test_evaluators_can_be_picked(engine: str) -> None:
    assert answered("round(2.675, 2)", "--engine", engine) == {"value": 2.68, "type": "number"}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("1", "2"),
        ("1", "--engine", "fast"),
        ("1", "--engine", ""),
        ("1", "--today", "tomorrow"),
        ("1", "--today", "20260302"),
        ("--file", "no-such-file.jsonl"),
        ("1", "--file", __file__),
        ("--file", __file__, "--vars", "{}"),
        ("1", "--unknown"),
    ],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_every_line_of_a_file_is_answered(tmp_path: Path) -> None:
    lines = [
        '\ufeff{"id": 1, "expression": "a * 2", "vars": {"a": 1.5}}',
        '{"id": "two", "expression": "1 / 0"}',
        "no JSON",
        "",
        '{"id": {"deep": [4]}, "expression": "a +"}',
        '{"id": 5, "expression": 1}',
        '{"id": 6}',
        '{"id": 7, "expression": "a", "vars": {"a": NaN}}',
        '{"id": 8, "expression": "a", "vars": {"a": 1, "a": 2}}',
        '["expression"]',
        "[" * 100_000,
        '{"id": 11, "expression": "today", "today": "2026-03-02"}',
        '{"id": 12, "expression": "today", "today": "2026-02-30"}',
        '{"id": 13, "expression": "a", "vars": [1]}',
        '{"id": 99999999999999999999999, "expression": "\'高\'"}',
    ]
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes("\r\n".join(lines).encode() + b'\n{"id": "\xff"}\n')
    result = run("--file", str(cases))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert len(answers) == len(lines) + 1
    assert answers[0] == {"id": 1, "value": 3, "type": "number"}
    assert answers[1] == {"id": "two", "value": None, "type": "missing"}
    assert [answer.get("kind") for answer in answers[2:]] == [
        "input",
        "input",
        "syntax",
        "input",
        "input",
        "input",
        "input",
        "input",
        "input",
        None,
        "input",
        "input",
        None,
        "input",
    ]
    assert [answer.get("id") for answer in answers[4:9]] == [{"deep": [4]}, 5, 6, 7, 8]
    assert answers[11] == {"id": 11, "value": "2026-03-02", "type": "date"}
    assert answers[14] == {"id": 99999999999999999999999, "value": "高", "type": "text"}


def test_the_day_of_the_command_is_for_lines_without(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"expression": "day(today)"}\n{"expression": "day(today)", "today": "2026-03-09"}\n')
    result = run("--file", str(cases), "--today", "2026-03-02")
    assert [json.loads(line)["value"] for line in result.stdout.splitlines()] == [2, 9]


def test_messages_come_in_both_languages() -> None:
    chinese = CliRunner().invoke(command, ["amuont", "--vars", '{"amount": 1}', "--lang", "zh"])
    assert "是否想写 'amount'" in json.loads(chinese.stdout)["error"]
    assert "did you mean 'amount'" in str(answered("amuont", "--vars", '{"amount": 1}')["error"])


def test_the_command_itself_prints_utf8_and_imports_no_web() -> None:
    script = (
        "import sys; from admin.cli.main import main\n"
        "sys.argv = ['duiqi', 'eval', \"'高' + 金额\", '--vars', '{\"金额\": \"毛利\"}']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "unwanted = {'litestar', 'tortoise', 'arq', 'redis', 'uvicorn'} & set(sys.modules)\n"
        "assert not unwanted, unwanted\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, env={"PYTHONIOENCODING": "ascii"}, check=True
    )
    assert json.loads(done.stdout.decode()) == {"value": "高毛利", "type": "text"}
