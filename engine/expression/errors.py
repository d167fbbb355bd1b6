"""What can be wrong with an expression, before and while it runs.

ExpressionError      the text is no expression of the language
└── EvaluationError  the expression is fine, but a row's values do not fit it
"""

from typing import Literal

from schema_defs.errors import AuthorError
from schema_defs.text import Said

ErrorKind = Literal["syntax", "forbidden", "name", "function", "arguments", "type", "unit", "limit"]


class ExpressionError(AuthorError):
    """`kind` is machine-readable, `at` the 0-based place in the text (None where no single place is to blame)."""

    def __init__(self, kind: ErrorKind, said: Said, at: int | None = None) -> None:
        super().__init__(said)
        self.kind: ErrorKind = kind
        self.at = at


class EvaluationError(ExpressionError):
    """A row's values do not fit the expression: text where a number is needed, a text that grew too long."""
