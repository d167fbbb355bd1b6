"""JSON from outside: read strictly, and turned into values of the language."""

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from engine.expression import EvaluationError, Value
from engine.expression.functions import date_of
from schema_defs.errors import UsageError
from schema_defs.text import Said

ZONE = ZoneInfo("Asia/Shanghai")
"""A date-time with a zone becomes local time of the default calendar's zone; values of the language carry none."""

_LONGEST_NUMBER = 400


class InputError(UsageError):
    """A line is no JSON, or holds what is no value of the language."""


def read_json(text: str) -> object:
    """The JSON value; InputError for anything that JSON, or UTF-8, does not have: NaN, a key given twice, half a character."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer, parse_float=_number
        )
        text.encode()
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise InputError(Said(zh="JSON 嵌套太深", en="the JSON is nested too deeply")) from None
    except UnicodeEncodeError:
        raise InputError(
            Said(zh="文字里有半个字符（代理项）", en="a text holds half a character (a surrogate)")
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            Said(zh=f"不是 JSON（第 {error.pos + 1} 个字符）", en=f"not JSON: {error.msg} (character {error.pos + 1})")
        ) from None
    return value


def variables_of(given: object) -> dict[str, Value]:
    """The values of the names; dates are given as {"date": "2026-01-02"}, date-times as {"datetime": "2026-01-02T08:30:00"}."""
    if not isinstance(given, dict):
        raise InputError(
            Said(
                zh='变量应是一个 JSON 对象，例如 {"amount": 100}',
                en='the variables are a JSON object, such as {"amount": 100}',
            )
        )
    return {name: _value(name, value) for name, value in given.items()}


def day_of(given: object) -> date:
    """The day that is written as 2026-01-02."""
    try:
        if isinstance(given, str):
            return date_of(given)
    except EvaluationError:
        pass
    raise InputError(
        Said(
            zh=f"日期应写成 '2026-01-02'，这里是 {_short(given)}",
            en=f"a day is written '2026-01-02', not {_short(given)}",
        )
    )


def shortest(value: Value) -> object:
    """The value as JSON has it: an integer without decimals, days and times in ISO."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _value(name: str, given: object) -> Value:
    match given:
        case None | bool() | str():
            return given
        case int() | float():
            return _double(name, given)
        case {"date": written, **rest} if not rest:
            return day_of(written)
        case {"datetime": str(written), **rest} if not rest:
            return _moment(written)
        case _:
            raise InputError(
                Said(
                    zh=f'变量 \'{name}\' 应是数字、文字、true、false、null 或 {{"date": "2026-01-02"}}，这里是 {_short(given)}',
                    en=f"the variable '{name}' is a number, a text, true, false, null or "
                    f'{{"date": "2026-01-02"}}, not {_short(given)}',
                )
            )


def _double(name: str, given: float) -> float:
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if math.isfinite(number):
        return number
    raise InputError(Said(zh=f"变量 '{name}' 的数字太大", en=f"the number of the variable '{name}' is too large"))


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo is None else moment.astimezone(ZONE).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise InputError(
            Said(
                zh=f"日期时间应写成 '2026-01-02T08:30:00'，这里是 {_short(written)}",
                en=f"a date-time is written '2026-01-02T08:30:00', not {_short(written)}",
            )
        ) from None


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(Said(zh=f"键 {_short(twice)} 出现了两次", en=f"the key {_short(twice)} is given twice"))
    return members


def _no_constant(written: str) -> NoReturn:
    raise InputError(Said(zh=f"{written} 不是 JSON 的数字", en=f"{written} is no number of JSON"))


def _integer(written: str) -> int:
    if len(written) > _LONGEST_NUMBER:
        raise InputError(Said(zh="数字太长", en="a number is too long"))
    return int(written)


def _number(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise InputError(Said(zh=f"数字太大：{written[:40]}", en=f"a number is too large: {written[:40]}"))
    return number


def _short(given: object) -> str:
    try:
        text = ascii(given)
    except RecursionError:
        text = "…"
    return text if len(text) <= 40 else text[:37] + "…"
