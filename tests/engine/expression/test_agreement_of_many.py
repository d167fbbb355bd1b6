"""Forty thousand random cases, an expression with a row each: alone and together, all three evaluators come to the same.

A case is made from its flavour and seed alone: `benchmarks.cases.case_of(seed, flavour)` gives it again, and
`python -m benchmarks.agreement --seed N` counts as many as are asked for.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from benchmarks import agreement
from benchmarks.agreement import Tally, compare, run
from benchmarks.cases import FLAVOURS, case_of
from engine.expression import Value

ROOT = Path(__file__).parents[3]
SHARES, OF_EACH = 4, 5_000


def _without_tiny(honest: Callable[..., list[Value]], *asked: object) -> list[Value]:
    return [None if type(each) is float and 0 < abs(each) < 1e-200 else each for each in honest(*asked)]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_some_cases_of_every_flavour_agree(flavour: str) -> None:
    tally = run(flavour, seed=1, cases=300 if flavour == "deep" else 1000)
    assert tally.differences == []
    assert {"number", "text", "boolean", "missing", "type"} <= tally.answers.keys()


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_twenty_thousand_cases_agree(share: int) -> None:
    assert run("mixed", seed=share * OF_EACH, cases=OF_EACH).differences == []


def test_a_case_is_made_from_its_seed_alone() -> None:
    assert case_of(7, "dates") == case_of(7, "dates")
    assert len({case_of(seed, "chinese")[0] for seed in range(50)}) > 30
    assert all("金额" in row and "cost" not in row for row in case_of(3, "chinese")[1])


def test_a_difference_is_found_and_names_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns are replaced by ones in which a tiny number is missing."""
    honest = agreement._columns
    tiny = partial(_without_tiny, honest)
    monkeypatch.setattr(agreement, "_columns", tiny)
    tally = Tally()
    for seed in range(400):
        compare(seed, "extreme", tally)
    assert tally.differences
    assert tally.differences[0].startswith("extreme seed ")


def test_the_command_prints_seed_cases_and_differences() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.agreement", "--seed", "5", "--cases", "60", "--flavour", "missing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("missing: seed 5, 6")
    assert " 0 differences, " in done.stdout
