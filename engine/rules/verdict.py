"""What one evaluation of one scope on one day found."""

from datetime import date
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """The condition holds, or is clear, or cannot be told; the last is a verdict of its own."""

    HOLDS = "holds"
    CLEAR = "clear"
    NO_DATA = "no_data"


class Judgement(msgspec.Struct, frozen=True):
    """A judged day's two facts; None is missing.

    `holds` is the rule's `when`. `recovered` is its `recover_when`, which counts while the alert is firing only;
    True for a rule that has none.
    """

    day: date
    holds: bool | None
    recovered: bool | None = True

    def verdict(self, *, firing: bool) -> Verdict:
        """The day's verdict. A clear day whose `recover_when` cannot be told has no data while the alert is firing."""
        if self.holds is None or (firing and not self.holds and self.recovered is None):
            return Verdict.NO_DATA
        return Verdict.HOLDS if self.holds else Verdict.CLEAR
