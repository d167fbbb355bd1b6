"""`scorecard`: the weighted metrics of a role, whose weights are 100 % together."""

from collections.abc import Iterator
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
            )
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            yield Fault(
                path=("floor",),
                code="floor-above-cap",
                message=Said(zh="下限高于上限", en="the floor is above the cap"),
            )


class Scorecard(Document, frozen=True, kw_only=True, tag="scorecard", tag_field="kind"):
    """`for` names the role that it scores."""

    parts: tuple[ScorePart, ...]
    for_: Name = msgspec.field(name="for", default="seller")

    def faults(self) -> Iterator[Fault]:
        total = sum(part.weight for part in self.parts)
        if total != 1:
            yield Fault(
                path=("parts",),
                code="weights-not-100",
                message=Said(
                    zh=f"权重合计 {total * 100:f}%，必须正好是 100%",
                    en=f"the weights add up to {total * 100:f}%, not to 100%",
                ),
            )
