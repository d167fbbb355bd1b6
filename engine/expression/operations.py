"""Every operator on two values, with its whole meaning: missing first, then types, then what has no result."""

import math
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NoReturn

from engine.expression import values
from engine.expression.context import Trouble
from engine.expression.errors import EvaluationError
from engine.expression.values import HIGHEST, Value, compare, is_number, type_of
from schema_defs.text import Said

MAX_TEXT = 10_000
"""The longest text that an expression may make."""

Operation = Callable[[Value, Value, Trouble], Value]

TYPE_NAMES: dict[str, Said] = {
    "number": Said(zh="数字", en="a number"),
    "text": Said(zh="文字", en="a text"),
    "boolean": Said(zh="真假值", en="a boolean"),
    "date": Said(zh="日期", en="a date"),
    "datetime": Said(zh="日期时间", en="a date-time"),
    "missing": Said(zh="缺失值", en="missing"),
}


def add(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    if isinstance(a, str) and isinstance(b, str):
        return capped(a + b)
    x, y = _numbers("+", a, b)
    return finite(x + y, trouble)


def subtract(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    x, y = _numbers("-", a, b)
    return finite(x - y, trouble)


def multiply(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    x, y = _numbers("*", a, b)
    return finite(x * y, trouble)


def divide(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    x, y = _numbers("/", a, b)
    return finite(x / y, trouble) if y else _by_zero(trouble)


def floor_divide(a: Value, b: Value, trouble: Trouble) -> Value:
    """The whole part of the quotient; a quotient within 1e-9 of an integer is that integer."""
    if a is None or b is None:
        return None
    x, y = _numbers("//", a, b)
    if not y:
        return _by_zero(trouble)
    quotient = finite(x / y, trouble)
    return None if quotient is None else values.floor(quotient)


def modulo(a: Value, b: Value, trouble: Trouble) -> Value:
    """The remainder with the divisor's sign."""
    if a is None or b is None:
        return None
    x, y = _numbers("%", a, b)
    return x % y if y else _by_zero(trouble)


def power(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    x, y = _numbers("**", a, b)
    if x == 0 and y < 0:
        return _by_zero(trouble)
    try:
        return finite(math.pow(x, y), trouble)
    except OverflowError:
        trouble.overflow += 1
    except ValueError:
        trouble.not_a_number += 1
    return None


def negative(a: Value, trouble: Trouble) -> Value:
    return None if a is None else -_number("-", a)


def positive(a: Value, trouble: Trouble) -> Value:
    return None if a is None else _number("+", a)


def truth(sign: str, a: Value) -> bool:
    """The boolean that and, or, not and if-else ask for."""
    if isinstance(a, bool):
        return a
    given = TYPE_NAMES[type_of(a)]
    raise EvaluationError(
        "type",
        Said(
            zh=f"'{sign}' 需要真假值（比较的结果），这里是{given.zh}：{shown(a)}",
            en=f"'{sign}' takes booleans (the result of a comparison), but was given {given.en}: {shown(a)}",
        ),
    )


def equals(a: Value, b: Value, trouble: Trouble) -> Value:
    if a is None or b is None:
        return None
    if is_number(a) and is_number(b):
        return compare(a, b) == 0  # type: ignore[arg-type]  # is_number has looked
    if type_of(a) != type_of(b):
        _unlike("==", a, b)
    return a == b


def differs(a: Value, b: Value, trouble: Trouble) -> Value:
    same = equals(a, b, trouble)
    return None if same is None else not same


def less(a: Value, b: Value, trouble: Trouble) -> Value:
    return None if a is None or b is None else order("<", a, b) < 0


def less_or_equal(a: Value, b: Value, trouble: Trouble) -> Value:
    return None if a is None or b is None else order("<=", a, b) <= 0


def greater(a: Value, b: Value, trouble: Trouble) -> Value:
    return None if a is None or b is None else order(">", a, b) > 0


def greater_or_equal(a: Value, b: Value, trouble: Trouble) -> Value:
    return None if a is None or b is None else order(">=", a, b) >= 0


def is_in(a: Value, elements: Iterable[Value], trouble: Trouble) -> bool | None:
    """True if equal to one; else missing if `a` or an element is missing; else false. Every element is compared."""
    found = [equals(a, element, trouble) for element in elements]
    if True in found:
        return True
    return None if a is None or None in found else False


def is_not_in(a: Value, elements: Iterable[Value], trouble: Trouble) -> bool | None:
    """The opposite of `is_in`; missing stays missing."""
    found = is_in(a, elements, trouble)
    return None if found is None else not found


def order(sign: str, a: Value, b: Value) -> int:
    """-1, 0 or 1 for two values of one ordered type; text by code point."""
    if is_number(a) and is_number(b):
        return compare(a, b)  # type: ignore[arg-type]  # is_number has looked
    if type_of(a) != type_of(b) or isinstance(a, bool):
        _unlike(sign, a, b)
    assert isinstance(a, str | date | datetime)
    return (a > b) - (a < b)  # type: ignore[operator]  # both are of one type


def finite(x: float, trouble: Trouble) -> float | None:
    """x, or missing (and counted) where it is beyond the doubles."""
    if -HIGHEST <= x <= HIGHEST:
        return x
    if x != x:
        trouble.not_a_number += 1
    else:
        trouble.overflow += 1
    return None


def capped(text: str) -> str:
    """The text, if it is not too long to go on with."""
    if len(text) <= MAX_TEXT:
        return text
    raise EvaluationError(
        "limit",
        Said(
            zh=f"拼出的文字超过 {MAX_TEXT} 个字符（{len(text)} 个）",
            en=f"the text made here is longer than {MAX_TEXT} characters ({len(text)})",
        ),
    )


def shown(value: Value) -> str:
    """A value as a message shows it, cut when it is long."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _by_zero(trouble: Trouble) -> Value:
    trouble.division_by_zero += 1
    return None


def _number(sign: str, a: Value) -> float:
    if is_number(a):
        return float(a)  # type: ignore[arg-type]  # is_number has looked
    given = TYPE_NAMES[type_of(a)]
    raise EvaluationError(
        "type",
        Said(
            zh=f"'{sign}' 需要数字，这里是{given.zh}：{shown(a)}",
            en=f"'{sign}' takes a number, but was given {given.en}: {shown(a)}",
        ),
    )


def _numbers(sign: str, a: Value, b: Value) -> tuple[float, float]:
    if is_number(a) and is_number(b):
        return float(a), float(b)  # type: ignore[arg-type]  # is_number has looked
    takes = Said(zh="两个数字或两段文字", en="two numbers or two texts")
    if sign != "+":
        takes = Said(zh="两个数字", en="two numbers")
    raise EvaluationError("type", _mismatch(sign, takes, a, b))


def _unlike(sign: str, a: Value, b: Value) -> NoReturn:
    takes = Said(zh="两边类型相同的值", en="two values of one type")
    if isinstance(a, bool) and isinstance(b, bool):
        takes = Said(zh="有大小顺序的值", en="values that have an order")
    raise EvaluationError("type", _mismatch(sign, takes, a, b))


def _mismatch(sign: str, takes: Said, a: Value, b: Value) -> Said:
    first, second = TYPE_NAMES[type_of(a)], TYPE_NAMES[type_of(b)]
    return Said(
        zh=f"'{sign}' 需要{takes.zh}，这里是{first.zh} {shown(a)} 和{second.zh} {shown(b)}",
        en=f"'{sign}' takes {takes.en}, but was given {first.en}, {shown(a)}, and {second.en}, {shown(b)}",
    )
