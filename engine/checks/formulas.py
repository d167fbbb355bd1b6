"""Which other metrics a metric's formula reads."""

from engine.expression.errors import ExpressionError
from engine.expression.language import parse
from schema_defs.metric import Metric


def inputs_of(metric: Metric) -> frozenset[str]:
    """The metrics that the formula names; none for a base metric, or when the formula cannot be read."""
    if metric.formula is None:
        return frozenset()
    try:
        return parse(metric.formula).names
    except ExpressionError:
        return frozenset()
