"""The one expression language: parsed through one door, run by three evaluators that agree."""

from engine.expression.context import Context, Trouble
from engine.expression.errors import EvaluationError, ExpressionError
from engine.expression.functions import FUNCTIONS
from engine.expression.kinds import Kind, kind_of_field
from engine.expression.language import RESERVED, Expression, parse, reference_name
from engine.expression.reference import Step, reference_value, steps
from engine.expression.row import RowFunction, row_function, tolerant
from engine.expression.static import Finding, findings, infer
from engine.expression.values import Value, ValueType, equal, round_half_away, to_units, type_of

__all__ = [
    "FUNCTIONS",
    "RESERVED",
    "Context",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Finding",
    "Kind",
    "RowFunction",
    "Step",
    "Trouble",
    "Value",
    "ValueType",
    "equal",
    "findings",
    "infer",
    "kind_of_field",
    "parse",
    "reference_name",
    "reference_value",
    "round_half_away",
    "row_function",
    "steps",
    "to_units",
    "tolerant",
    "type_of",
]
