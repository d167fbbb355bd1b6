"""P3: one expression on one row, by our closures against pre-parsed simpleeval with our functions and operators, and zen-engine if it is there.

python -m benchmarks.one_row
"""

import json
import math
import statistics
import time
from collections.abc import Callable

from simpleeval import EvalWithCompoundTypes

from engine.expression import Context, Expression, parse, row_function
from engine.expression.reference import functions, operators

EXPRESSIONS = (
    "category == 'A' and status != 'cancelled' and amount > 100",
    "(amount - cost - discount - shipping) / (amount + tax) * 100",
    "round(max(amount - cost, 0) * 0.1, 2) if category in ['A', 'B'] else 0",
)
IN_ZEN = (
    "category == 'A' and status != 'cancelled' and amount > 100",
    "(amount - cost - discount - shipping) / (amount + tax) * 100",
    "category in ['A', 'B'] ? round(max([amount - cost, 0]) * 0.1, 2) : 0",
)
ROUNDS, EVALUATIONS = 7, 20_000
ROWS = [
    {
        "category": "ABC"[number % 3],
        "status": "cancelled" if number % 7 == 0 else "shipped",
        "amount": 90.0 + number * 1.36,
        "cost": 60.0 + number,
        "discount": 1.5,
        "shipping": 2.25,
        "tax": 13.0,
    }
    for number in range(100)
]
"""No commission lies half way between two cents: there zen-engine's decimals and our doubles round to different sides."""


def seconds(run: Callable[[dict], object]) -> float:
    """The time of one round over the rows."""
    start = time.perf_counter()
    for _ in range(EVALUATIONS // len(ROWS)):
        for row in ROWS:
            run(row)
    return time.perf_counter() - start


def simpleeval(expression: Expression) -> Callable[[dict], object]:
    """simpleeval itself, parsed before."""
    context = Context()
    evaluator = EvalWithCompoundTypes(operators=operators(context), functions=functions(context), names={})

    def run(row: dict) -> object:
        evaluator.names = row
        return evaluator.eval(expression.text, expression.tree)

    return run


def zen(text: str, names: list[str]) -> Callable[[dict], object] | None:
    """zen-engine's best case: compiled, with only the needed keys, as JSON bytes made beforehand."""
    try:
        import zen as engine
    except ImportError:
        return None
    compiled = engine.compile_expression(text)
    ready = {id(row): json.dumps({name: row[name] for name in names}).encode() for row in ROWS}
    return lambda row: compiled.evaluate(ready[id(row)])


def same(own: object, other: object) -> bool:
    """Numbers are equal to 1e-14, since zen-engine computes in decimals."""
    if isinstance(own, bool) or isinstance(other, bool):
        return own is other
    return math.isclose(own, other, rel_tol=1e-14)


def main() -> None:
    print("| expression | closures | x simpleeval | x zen-engine | check and compile |")
    print("|---|---|---|---|---|")
    for text, in_zen in zip(EXPRESSIONS, IN_ZEN, strict=True):
        expression = parse(text)
        ours, theirs = row_function(expression), simpleeval(expression)
        other = zen(in_zen, sorted(expression.names))
        assert [ours(row) for row in ROWS] == [theirs(row) for row in ROWS]
        assert other is None or all(same(ours(row), other(row)) for row in ROWS)
        against_reference, against_zen, own = [], [], []
        for _ in range(ROUNDS):
            own.append(seconds(ours))
            against_reference.append(seconds(theirs) / own[-1])
            if other is not None:
                against_zen.append(seconds(other) / own[-1])
        compiling = []
        for _ in range(200):
            start = time.perf_counter()
            row_function(parse(text), Context())
            compiling.append(time.perf_counter() - start)
        rate = EVALUATIONS / statistics.median(own) / 1000
        ratio = f"{statistics.median(against_zen):.1f}x" if against_zen else "not installed"
        print(
            f"| `{text}` | {rate:,.0f} k/s | {statistics.median(against_reference):.1f}x | {ratio} "
            f"| {statistics.median(compiling) * 1000:.2f} ms |"
        )


if __name__ == "__main__":
    main()
