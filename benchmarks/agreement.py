"""Three evaluators over random cases: the reference, the row closures and the columns come to the same, or the case is named by its seed.

python -m benchmarks.agreement [--seed N] [--cases 100000] [--flavour mixed|extreme|chinese|dates|long|missing|deep|all]

A case is one expression with one row, alone; the rows of an expression are then computed together once more. A seed gives its case again:
`benchmarks.cases.case_of(seed, flavour)`.
"""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from benchmarks.cases import FLAVOURS, Rows, case_of
from engine.expression import (
    Context,
    EvaluationError,
    Expression,
    ExpressionError,
    Trouble,
    Value,
    parse,
    reference_value,
    row_function,
    type_of,
)
from engine.expression.columns import column_function, column_of

Answer = tuple[object, ...]


@dataclass
class Tally:
    """How many cases there were, what they came to, and those that the evaluators differ in."""

    cases: int = 0
    expressions: int = 0
    beyond_limits: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def compare(seed: int, flavour: str, tally: Tally) -> None:
    """One seed's expression over its rows, counted; a text beyond a limit is refused before any evaluator, and is no case."""
    text, rows = case_of(seed, flavour)
    try:
        expression = parse(text, rows[0], where=["map", "today"])
    except ExpressionError as error:
        if error.kind != "limit":
            tally.differences.append(f"{flavour} seed {seed}: {text}: refused: {error.said.en}")
        tally.beyond_limits += 1
        return
    tally.expressions += 1
    tally.cases += len(rows)
    tally.differences += [f"{flavour} seed {seed}: {text}: {found}" for found in _differences(expression, rows, tally)]


def _differences(expression: Expression, rows: Rows, tally: Tally) -> Iterator[str]:
    one_by_one = [_answer(lambda known, row=row: [reference_value(expression, row, known)]) for row in rows]  # type: ignore[misc]
    for row, reference in zip(rows, one_by_one, strict=True):
        tally.answers[str(reference[0]) if len(reference) == 3 else _type(reference)] += 1
        of_row = _answer(lambda known, row=row: [row_function(expression, known)(row)])  # type: ignore[misc]
        of_column = _answer(lambda known, row=row: _columns(expression, [row], known))  # type: ignore[misc]
        if not reference == of_row == of_column:
            yield f"{row}: reference {reference}, row {of_row}, column {of_column}"
    if all(len(each) == 2 for each in one_by_one):
        apart = _answer(lambda known: [reference_value(expression, row, known) for row in rows])
        together = _answer(lambda known: _columns(expression, rows, known))
        if together != apart:
            yield f"{rows}: together {together}, one by one {apart}"


def _columns(expression: Expression, rows: Rows, known: Context) -> list[Value]:
    columns = {name: column_of([row[name] for row in rows]) for name in expression.names}
    return column_function(expression, known)(columns, rows=len(rows)).values(len(rows))


def _answer(run: Callable[[Context], list[Value]]) -> Answer:
    """The values with what was counted on the way, or the error with its place and sentence."""
    known = Context(
        today=date(2026, 3, 2), value_map={"01": "Bikes", "A": 5.0, "1": True, "高毛利": None}, trouble=Trouble()
    )
    try:
        values = run(known)
    except EvaluationError as error:
        return error.kind, error.at, error.said
    return tuple((type_of(value), value) for value in values), known.trouble.counts


def _type(answer: Answer) -> str:
    values = answer[0]
    assert isinstance(values, tuple)
    return str(values[0][0])


def run(flavour: str, seed: int, cases: int) -> Tally:
    """Seed after seed until there are so many cases."""
    tally = Tally()
    while tally.cases < cases:
        compare(seed, flavour, tally)
        seed += 1
    return tally


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.agreement")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--flavour", choices=[*FLAVOURS, "all"], default="mixed")
    asked = parser.parse_args()
    differences = 0
    for flavour in FLAVOURS if asked.flavour == "all" else [asked.flavour]:
        start = time.perf_counter()
        tally = run(flavour, asked.seed, asked.cases)
        differences += len(tally.differences)
        print(
            f"{flavour}: seed {asked.seed}, {tally.cases:,} cases of {tally.expressions:,} expressions"
            f" ({tally.beyond_limits:,} more beyond a limit), {len(tally.differences)} differences, {time.perf_counter() - start:.0f} s"
        )
        print("  came to: " + ", ".join(f"{kind} {count:,}" for kind, count in tally.answers.most_common()))
        print("".join(f"  {found}\n" for found in tally.differences[:20]), end="")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
