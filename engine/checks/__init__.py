"""What is wrong with a configuration as a whole: names that lead nowhere, expressions that cannot be, plans that cannot be split."""

from engine.checks.available import Available, Needs
from engine.checks.run import check

__all__ = ["Available", "Needs", "check"]
