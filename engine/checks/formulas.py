"""Which other metrics a metric reads."""

from engine.expression.errors import ExpressionError
from engine.metrics import derive
from schema_defs.metric import Metric


def inputs_of(metric: Metric) -> frozenset[str]:
    """The metrics that the formula names, or that the window looks at; none for a base metric, or when the formula cannot be read."""
    try:
        return derive.inputs_of(metric)
    except ExpressionError:
        return frozenset()
