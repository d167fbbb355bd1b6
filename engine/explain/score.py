"""The tree of a score: its parts with weight, floor and cap."""

from collections.abc import Callable

from engine.explain.tree import Added, Node, Weighted
from engine.scorecard import PartScore, score_of
from schema_defs.scorecard import Scorecard, ScorePart
from schema_defs.text import Text

SCORE: Text = {"zh": "得分", "en": "Score"}


def score_node(card: Scorecard, node_of: Callable[[ScorePart], Node]) -> Node:
    """The score by the card, when `node_of` gives each part's value (the attainment, or the metric itself) as a tree."""
    nodes = [node_of(part) for part in card.parts]
    values = {id(part): node.value for part, node in zip(card.parts, nodes, strict=True)}
    score = score_of(card, lambda part: _number(values[id(part)]))
    parts = tuple(_points(scored, node) for scored, node in zip(score.parts, nodes, strict=True))
    return Node(name="score", label=card.label or SCORE, value=score.total, how=Added(), parts=parts)


def _points(scored: PartScore, node: Node) -> Node:
    label = scored.part.label or node.label
    return Node(name=scored.part.metric, label=label, value=scored.points, how=Weighted(scored.part), parts=(node,))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
