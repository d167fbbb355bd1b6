"""`duiqi test`."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from admin.cli.main import duiqi

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"

GOOD = """
kind: test
name: fires
define: {when: actual < 10}
days: [{day: 2026-03-02, values: {actual: 1}, expect: {state: firing, notices: [fired]}}]
"""
BAD = GOOD.replace("fires", "fails").replace("firing", "inactive")
BROKEN = GOOD.replace("fires", "broken").replace("state:", "stat:")


@pytest.fixture
def run(tmp_path):
    def run(text, *options):
        (tmp_path / "tests.yaml").write_text(text, "utf-8")
        return CliRunner().invoke(duiqi, ["test", str(tmp_path), *options])

    return run


def test_what_passes_ends_with_0(run):
    done = run(GOOD, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"tests": [{"name": "fires", "passed": True, "failures": []}]}


def test_what_fails_ends_with_1_and_says_why(run):
    done = run(f"{GOOD}---{BAD}", "--json", "--lang", "en")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, json.loads((SCHEMAS / "test.json").read_text("utf-8")))
    good, bad = answer["tests"]
    assert good["passed"]
    assert not bad["passed"]
    assert bad["failures"][0].startswith("on 2026-03-02 expected inactive, was firing, because")


def test_a_test_that_cannot_be_read_has_failed_and_the_others_run(run):
    done = run(f"{BROKEN}---{GOOD}", "--json", "--lang", "en")
    assert done.exit_code == 1
    broken, good = json.loads(done.stdout)["tests"]
    assert (broken["name"], broken["passed"]) == ("broken", False)
    assert "tests.yaml:5:" in broken["failures"][0]
    assert "'stat'" in broken["failures"][0]
    assert good["passed"]


def test_for_people_every_test_has_a_line(run):
    assert run(f"{GOOD}---{BAD}", "--lang", "zh").stdout.splitlines()[0] == "✓ fires"
    lines = run(f"{GOOD}---{BAD}", "--lang", "zh").stdout.splitlines()
    assert lines[1] == "✗ fails"
    assert "2026-03-02 应为 inactive，实为 firing" in lines[2]
    assert lines[-1] == "2 个测试，1 个未通过"


def test_a_configuration_without_tests_says_so(run):
    done = run("kind: calendar\nname: default\n", "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, "there are no test documents\n")


STANDS_ON = """
kind: dataset
name: orders
key: number
time: made
fields: {number: text, made: date, kind: {type: choice, choices: [a, b], default: a}, amount: money}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
{kind: metric, name: twice, formula: amount * 2}
---
kind: test
name: counts
metric: twice
records: [{number: 1, made: 2026-03-02, amount: 5}]
expect: [{scope: company, key: company, period: 2026-03, value: 10}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("aggregate: sum\n", "", 8),
        ("value: amount\n", "", 8),
        ("dataset: orders", "dataset: or-ders", 10),
        ("choices: [a, b]", "choices: [b]", 6),
        ("kind: {type: choice, choices: [a, b], default: a}", "kind: {type: choice, default: a}", 6),
        ("formula: amount * 2", "formula: amuont * 2", 14),
    ],
)
def test_a_test_that_stands_on_something_broken_has_failed_with_its_place(run, right, wrong, line):
    assert run(STANDS_ON + "---" + GOOD).exit_code == 0
    done = run(STANDS_ON.replace(right, wrong) + "---" + GOOD, "--json", "--lang", "en")
    assert done.exit_code == 1
    counts, fires = json.loads(done.stdout)["tests"]
    assert f"tests.yaml:{line}:" in counts["failures"][0]
    assert fires["passed"]
