"""`scorecard`: the weighted metrics of a role, whose weights are 100 % together."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from schema_defs.base import Document, Fault, Name, Part, Quantity
from schema_defs.text import Said, Text


class ScorePart(Part, frozen=True, kw_only=True):
    """One metric's share of the score; `floor` and `cap` bound what it contributes before weighting."""

    metric: Name
    weight: Quantity
    of: Literal["attainment", "value"] = "attainment"
    floor: Quantity | None = None
    cap: Quantity | None = None
    label: Text | None = None

    def faults(self) -> Iterator[Fault]:
        if self.weight <= 0:
            yield Fault(
                path=("weight",),
                code="weight-not-positive",
                message=Said(zh=f"权重 {self.weight} 必须大于 0", en=f"the weight {self.weight} must be above 0"),
                suggestion=Said(zh="例如 weight: 30%", en="for example weight: 30%"),
            )
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            yield Fault(
                path=("floor",),
                code="floor-above-cap",
                message=Said(zh="下限高于上限", en="the floor is above the cap"),
                suggestion=Said(zh="交换 floor 和 cap", en="exchange floor and cap"),
            )


class Scorecard(Document, frozen=True, kw_only=True, tag="scorecard", tag_field="kind"):
    """`for` names the role that it scores."""

    parts: tuple[ScorePart, ...]
    for_: Name = msgspec.field(name="for", default="seller")

    def faults(self) -> Iterator[Fault]:
        total = sum((Fraction(part.weight) for part in self.parts), Fraction())
        if total != 1:
            yield Fault(
                path=("parts",),
                code="weights-not-100",
                message=Said(
                    zh=f"权重合计 {float(total * 100):.10g}%，必须正好是 100%",
                    en=f"the weights add up to {float(total * 100):.10g}%, not to 100%",
                ),
                suggestion=_more_or_less(1 - total),
            )


def _more_or_less(missing: Fraction) -> Said:
    points = f"{float(abs(missing) * 100):.10g}"
    if missing > 0:
        return Said(zh=f"还缺 {points} 个百分点", en=f"{points} points are missing")
    return Said(zh=f"多了 {points} 个百分点", en=f"{points} points are too many")
