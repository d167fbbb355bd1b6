"""The one expression language: parsed through one door, run by three evaluators that agree."""

from engine.expression.context import Context, Trouble
from engine.expression.errors import EvaluationError, ExpressionError
from engine.expression.functions import FUNCTIONS
from engine.expression.language import RESERVED, Expression, parse, reference_name
from engine.expression.row import RowFunction, row_function, tolerant
from engine.expression.values import Value, ValueType, equal, round_half_away, to_units, type_of

__all__ = [
    "FUNCTIONS",
    "RESERVED",
    "Context",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "RowFunction",
    "Trouble",
    "Value",
    "ValueType",
    "equal",
    "parse",
    "reference_name",
    "round_half_away",
    "row_function",
    "to_units",
    "tolerant",
    "type_of",
]
