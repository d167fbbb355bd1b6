"""The functions of the language: what each takes, gives and means, with a tested example."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import cast

from engine.expression import values
from engine.expression.context import Context
from engine.expression.errors import EvaluationError
from engine.expression.function import ALLOWED, ArgumentType, Function, ResultType, Where
from engine.expression.operations import capped, order, shown
from engine.expression.values import MAX_DIGITS, Value, is_number, round_half_away
from schema_defs.text import Said

__all__ = ["ALLOWED", "FUNCTIONS", "ArgumentType", "Function", "Where", "date_of", "map_key", "round_digits"]


def round_digits(digits: Value) -> int:
    """The second argument of `round` as an integer from -12 to 12."""
    number = cast(float, digits)
    if number != int(number):
        raise EvaluationError(
            "arguments",
            Said(
                zh=f"round 的位数必须是整数，这里是 {shown(digits)}",
                en=f"the digits of round are an integer, not {shown(digits)}",
            ),
        )
    if abs(number) > MAX_DIGITS:
        raise EvaluationError(
            "limit",
            Said(
                zh=f"round 的位数只能从 -{MAX_DIGITS} 到 {MAX_DIGITS}，这里是 {shown(digits)}",
                en=f"the digits of round go from -{MAX_DIGITS} to {MAX_DIGITS}, not {shown(digits)}",
            ),
        )
    return int(number)


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def date_of(text: str) -> date:
    """The date written as 2026-01-02."""
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise EvaluationError(
        "arguments",
        Said(
            zh=f"date 需要写成 '2026-01-02' 的日期，这里是 {shown(text)}",
            en=f"date takes a day written as '2026-01-02', not {shown(text)}",
        ),
    )


def calendar_day(moment: date) -> date:
    """The calendar date of a date or date-time."""
    return moment.date() if isinstance(moment, datetime) else moment


def _extreme(sign: int, arguments: Sequence[Value]) -> Value:
    best = arguments[0]
    for argument in arguments[1:]:
        how = order("<", argument, best)
        if is_number(argument):
            how = (cast(float, argument) > cast(float, best)) - (cast(float, argument) < cast(float, best))
        if how * sign > 0:
            best = argument
    return best


def _round(context: Context, arguments: Sequence[Value]) -> Value:
    number = cast(float, arguments[0])
    return round_half_away(number, round_digits(arguments[1]) if len(arguments) > 1 else 0)


def _coalesce(context: Context, arguments: Sequence[Value]) -> Value:
    return next((argument for argument in arguments if argument is not None), None)


def _day_part(part: Callable[[date], int]) -> Callable[[Context, Sequence[Value]], Value]:
    return lambda context, arguments: float(part(cast(date, arguments[0])))


def _text_part(part: Callable[[str], Value]) -> Callable[[Context, Sequence[Value]], Value]:
    return lambda context, arguments: part(cast(str, arguments[0]))


def _text_test(test: Callable[[str, str], bool]) -> Callable[[Context, Sequence[Value]], Value]:
    return lambda context, arguments: test(cast(str, arguments[0]), cast(str, arguments[1]))


def _days_between(context: Context, arguments: Sequence[Value]) -> Value:
    first, last = (calendar_day(cast(date, argument)) for argument in arguments)
    return float((last - first).days)


def _working_days_between(context: Context, arguments: Sequence[Value]) -> Value:
    first, last = (calendar_day(cast(date, argument)) for argument in arguments)
    return context.working_days.between(first, last)


def map_key(value: Value) -> str | None:
    """The text under which a value map lists a value; a number is listed as it is written, 3 and 3.0 alike."""
    if isinstance(value, str):
        return value
    if is_number(value):
        number = cast(float, value)
        return str(int(number)) if number == int(number) and abs(number) < 2**53 else repr(float(number))
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else value.isoformat()  # type: ignore[union-attr]  # only dates are left


def _map_value(context: Context, arguments: Sequence[Value]) -> Value:
    key, known = map_key(arguments[0]), context.value_map or {}
    if key is not None and key not in known:
        context.trouble.unmapped += 1
    return None if key is None else known.get(key)


def _today(context: Context, arguments: Sequence[Value]) -> Value:
    return context.today


def _function(
    name: str,
    takes: str,
    gives: ResultType,
    run: Callable[[Context, Sequence[Value]], Value],
    said: tuple[str, str],
    example: tuple[str, Value],
    *,
    least: int | None = None,
    variadic: bool = False,
    takes_missing: bool = False,
    where: Where = "everywhere",
) -> Function:
    types = cast(tuple[ArgumentType, ...], tuple(takes.split()))
    return Function(
        name=name,
        takes=types,
        least=len(types) if least is None else least,
        most=None if variadic else len(types),
        gives=gives,
        run=run,
        help=Said(zh=said[0], en=said[1]),
        example=example[0],
        answer=example[1],
        takes_missing=takes_missing,
        where=where,
    )


_ALL = (
    _function(
        "min",
        "ordered",
        "same",
        lambda context, arguments: _extreme(-1, arguments),
        ("最小的一个", "the smallest of its arguments"),
        ("min(3, 1, 2)", 1.0),
        variadic=True,
    ),
    _function(
        "max",
        "ordered",
        "same",
        lambda context, arguments: _extreme(1, arguments),
        ("最大的一个", "the largest of its arguments"),
        ("max(amount - cost, 0)", 40.0),
        variadic=True,
    ),
    _function(
        "abs",
        "number",
        "same",
        lambda context, arguments: abs(cast(float, arguments[0])),
        ("绝对值", "the number without its sign"),
        ("abs(-2.5)", 2.5),
    ),
    _function(
        "round",
        "number number",
        "same",
        _round,
        (
            "按十进制四舍五入到若干位小数（缺省 0 位，可为负）",
            "rounded to so many decimals (0 if not given, negative for tens), half away from zero",
        ),
        ("round(1.005, 2)", 1.01),
        least=1,
    ),
    _function(
        "floor",
        "number",
        "same",
        lambda context, arguments: values.floor(cast(float, arguments[0])),
        ("不大于它的最大整数", "the largest integer not above it"),
        ("floor(2.7)", 2.0),
    ),
    _function(
        "ceil",
        "number",
        "same",
        lambda context, arguments: values.ceil(cast(float, arguments[0])),
        ("不小于它的最小整数", "the smallest integer not below it"),
        ("ceil(2.1)", 3.0),
    ),
    _function(
        "coalesce",
        "any any",
        "same",
        _coalesce,
        ("第一个不缺失的值", "the first of its arguments that is not missing"),
        ("coalesce(None, 7)", 7.0),
        variadic=True,
        takes_missing=True,
    ),
    _function(
        "is_missing",
        "any",
        "boolean",
        lambda context, arguments: arguments[0] is None,
        ("是否缺失", "whether it is missing"),
        ("is_missing(1 / 0)", True),
        takes_missing=True,
    ),
    _function(
        "lower",
        "text",
        "text",
        _text_part(lambda text: capped(text.lower())),
        ("转为小写", "in lower case"),
        ("lower('ABC')", "abc"),
    ),
    _function(
        "upper",
        "text",
        "text",
        _text_part(lambda text: capped(text.upper())),
        ("转为大写", "in upper case"),
        ("upper('abc')", "ABC"),
    ),
    _function(
        "trim",
        "text",
        "text",
        _text_part(str.strip),
        ("去掉两端空白", "without the spaces around it"),
        ("trim('  a b ')", "a b"),
    ),
    _function(
        "length",
        "text",
        "number",
        _text_part(lambda text: float(len(text))),
        ("字符数", "its number of characters"),
        ("length('高毛利')", 3.0),
    ),
    _function(
        "contains",
        "text text",
        "boolean",
        _text_test(lambda text, part: part in text),
        ("是否包含第二段文字", "whether the second text occurs in the first"),
        ("contains('high margin', 'margin')", True),
    ),
    _function(
        "starts_with",
        "text text",
        "boolean",
        _text_test(str.startswith),
        ("是否以第二段文字开头", "whether it begins with the second text"),
        ("starts_with('A-100', 'A-')", True),
    ),
    _function(
        "ends_with",
        "text text",
        "boolean",
        _text_test(str.endswith),
        ("是否以第二段文字结尾", "whether it ends with the second text"),
        ("ends_with('A-100', '00')", True),
    ),
    _function(
        "year",
        "day",
        "number",
        _day_part(lambda day: day.year),
        ("公历年份", "the calendar year"),
        ("year(date('2026-03-02'))", 2026.0),
    ),
    _function(
        "quarter",
        "day",
        "number",
        _day_part(lambda day: (day.month + 2) // 3),
        ("公历季度，1 到 4", "the calendar quarter, 1 to 4"),
        ("quarter(date('2026-03-02'))", 1.0),
    ),
    _function(
        "month",
        "day",
        "number",
        _day_part(lambda day: day.month),
        ("公历月份，1 到 12", "the calendar month, 1 to 12"),
        ("month(date('2026-03-02'))", 3.0),
    ),
    _function(
        "day",
        "day",
        "number",
        _day_part(lambda day: day.day),
        ("当月第几天", "the day of the month"),
        ("day(date('2026-03-02'))", 2.0),
    ),
    _function(
        "weekday",
        "day",
        "number",
        _day_part(lambda day: day.isoweekday()),
        ("星期几，1 是星期一", "the day of the week, 1 is Monday"),
        ("weekday(date('2026-03-02'))", 1.0),
    ),
    _function(
        "days_between",
        "day day",
        "days",
        _days_between,
        (
            "从第一天到第二天的天数（第二天减第一天）",
            "the days from the first to the second, negative when that is earlier",
        ),
        ("days_between(date('2026-03-02'), date('2026-03-05'))", 3.0),
    ),
    _function(
        "working_days_between",
        "day day",
        "days",
        _working_days_between,
        ("第一天之后、到第二天为止（含）的工作日数", "the working days after the first up to and including the second"),
        ("working_days_between(date('2026-03-06'), date('2026-03-09'))", 1.0),
    ),
    _function(
        "date",
        "text",
        "date",
        lambda context, arguments: date_of(cast(str, arguments[0])),
        ("写成文字的日期", "the day written as a text"),
        ("date('2026-01-02')", date(2026, 1, 2)),
    ),
    _function(
        "map_value",
        "any",
        "any",
        _map_value,
        (
            "值映射表里对应的值；没有列出的为缺失",
            "what the field's value map lists for it; missing if it is not listed",
        ),
        ("map_value('01')", "Bikes"),
        where="map",
    ),
    _function(
        "today",
        "",
        "date",
        _today,
        ("给定的当天", "the day that was given"),
        ("today()", date(2026, 3, 2)),
        where="today",
    ),
)

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}
"""All functions by name, in the order of the documentation."""
