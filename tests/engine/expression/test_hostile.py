"""Every class of hostile expression (`hostile.txt`) is refused, or ends within 100 ms and 50 MB in each evaluator, each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EVALUATORS = ("reference", "row", "column")
MILLISECONDS, MEGABYTES = 100, 50
PROBE = """
import ast, json, sys, time, tracemalloc
from datetime import date
from engine.expression import Context, EvaluationError, ExpressionError, parse, reference_value, row_function
from engine.expression.columns import column_function, column_of

asked, engine = json.load(sys.stdin), sys.argv[1]
row = {"t": "x" * 9_999, "a": 1.0}
columns = {name: column_of([value] * 4) for name, value in row.items()}

def context():
    return Context(today=date(2026, 3, 2), is_working=lambda day: day.weekday() < 5)

def run(text):
    try:
        expression = parse(text, row, where=["today"])
        if engine == "reference":
            return repr(reference_value(expression, row, context()))[:40]
        if engine == "row":
            return repr(row_function(expression, context())(row))[:40]
        return repr(column_function(expression, context())(columns, rows=4).values(4)[0])[:40]
    except ExpressionError as error:
        return error.kind

for text in asked:
    run("1 + 1")
    tracemalloc.start()
    answer = run(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    taken = []
    for _ in range(3):
        start = time.process_time()
        run(text)
        taken.append(time.process_time() - start)
    print(json.dumps([answer, round(min(taken) * 1000, 1), round(peak / 1e6, 1)]))
"""


def corpus() -> dict[str, list[str]]:
    """The texts of every class."""
    found: dict[str, list[str]] = {}
    for line in (HERE / "hostile.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            of_class = found.setdefault(line[1:-1], [])
        elif not line.startswith("#"):
            of_class.append(eval(line))  # noqa: S307  # lines of our own file
    return found


@pytest.mark.parametrize("engine", EVALUATORS)
def test_hostile_expressions_end_quickly_in_little_memory(engine: str) -> None:
    asked = [text for texts in corpus().values() for text in texts]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE, engine],
        cwd=ROOT,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(asked)
    beyond = [
        (text[:60], answer, taken, peak)
        for text, (answer, taken, peak) in zip(asked, answers, strict=True)
        if taken > MILLISECONDS or peak > MEGABYTES
    ]
    assert beyond == []


def test_the_corpus_has_every_class() -> None:
    found = corpus()
    assert len(found) >= 9
    assert all(len(texts) >= 3 for texts in found.values())
    assert sum(map(len, found.values())) >= 60
