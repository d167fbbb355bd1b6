"""Runs `test` documents: a rule's or a metric's cases, and what was not as expected, in business words."""

from engine.cases.result import Result
from engine.cases.run import run_case, run_cases

__all__ = ["Result", "run_case", "run_cases"]
