"""What a function of the language is: its arguments, its result, its help, and the checks before it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.expression.context import Context
from engine.expression.errors import EvaluationError
from engine.expression.operations import TYPE_NAMES, shown
from engine.expression.values import Value, is_number, type_of
from schema_defs.text import Said

ArgumentType = Literal["number", "text", "day", "ordered", "any"]
ResultType = Literal["number", "days", "text", "boolean", "date", "same", "any"]
"""`same` is the common type and unit of the arguments."""

Where = Literal["everywhere", "map", "today"]
"""Where a function may be called: `map` only in a source's map, `today` only where a day is given."""


@dataclass(frozen=True)
class Function:
    """`takes` gives the type of every argument, the last one repeated when `most` is None; `example` evaluates to `answer`."""

    name: str
    takes: tuple[ArgumentType, ...]
    least: int
    most: int | None
    gives: ResultType
    run: Callable[[Context, Sequence[Value]], Value]
    help: Said
    example: str
    answer: Value
    takes_missing: bool = False
    where: Where = "everywhere"

    def argument_type(self, position: int) -> ArgumentType:
        return self.takes[min(position, len(self.takes) - 1)]

    def call(self, context: Context, arguments: Sequence[Value]) -> Value:
        """The result for one row's arguments: missing for a missing argument, EvaluationError for one of a wrong type."""
        if not self.takes_missing:
            if None in arguments:
                return None
            for position, argument in enumerate(arguments):
                self._check(position, argument)
        return self.run(context, arguments)

    def _check(self, position: int, argument: Value) -> None:
        wanted = self.argument_type(position)
        if wanted == "any" or _fits(wanted, argument):
            return
        given, allowed = TYPE_NAMES[type_of(argument)], ALLOWED[wanted]
        raise EvaluationError(
            "type",
            Said(
                zh=f"{self.name} 的第 {position + 1} 个参数应是{allowed.zh}，这里是{given.zh}：{shown(argument)}",
                en=f"argument {position + 1} of {self.name} is {allowed.en}, but was given {given.en}: {shown(argument)}",
            ),
        )


ALLOWED: dict[ArgumentType, Said] = {
    "number": Said(zh="数字", en="a number"),
    "text": Said(zh="文字", en="a text"),
    "day": Said(zh="日期或日期时间", en="a date or date-time"),
    "ordered": Said(zh="数字、文字、日期或日期时间", en="a number, a text, a date or a date-time"),
    "any": Said(zh="任何值", en="any value"),
}


def _fits(wanted: ArgumentType, argument: Value) -> bool:
    match wanted:
        case "number":
            return is_number(argument)
        case "text":
            return isinstance(argument, str)
        case "day":
            return isinstance(argument, date)
        case "ordered":
            return not isinstance(argument, bool)
        case "any":
            return True
