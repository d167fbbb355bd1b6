"""What a closure reads: a name of the row, a constant, or what another closure gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.expression.errors import EvaluationError
from engine.expression.values import Value

Row = Mapping[str, Value]
Run = Callable[[Row], Value]
Binary = Callable[[Value, Value], Value]


@dataclass(frozen=True)
class Operand:
    """`run` always works; `name` or `constant` say what it is, so that a closure can read it without a call."""

    run: Run
    name: str | None = None
    constant: bool = False
    value: Value = None

    @property
    def is_constant_number(self) -> bool:
        return self.constant and type(self.value) is float

    @property
    def is_constant_text(self) -> bool:
        return self.constant and type(self.value) is str


def name(key: str) -> Operand:
    """The row's value; a name that the row does not have is missing."""

    def run(row: Row) -> Value:
        try:
            return row[key]
        except KeyError:
            return None

    return Operand(run, name=key)


def constant(value: Value) -> Operand:
    return Operand(lambda row: value, constant=True, value=value)


def placed(operation: Binary, at: int) -> Binary:
    """The operation, its errors with the place in the text."""

    def run(a: Value, b: Value) -> Value:
        try:
            return operation(a, b)
        except EvaluationError as error:
            error.at = at if error.at is None else error.at
            raise

    return run
