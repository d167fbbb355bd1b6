"""A raw cell becomes a value of its field's type, or a reason why it cannot."""

import difflib
import math
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import assert_never

from engine.expression.values import Value
from engine.records.moments import date_of, datetime_of, parse_date, parse_datetime
from engine.records.numbers import parse_money, parse_number, parse_percent
from engine.records.wrong import WrongValueError, half_width, shown
from schema_defs.dataset import Field, FieldType

LONGEST_TEXT = 10_000
LONGEST_KEY = 128

_YES = frozenset({"true", "yes", "y", "是", "1"})
_NO = frozenset({"false", "no", "n", "否", "0"})
_NUMBERS = (int, float, Decimal)
_EXCEL_DIGITS = 1e15


class FieldReader:
    """Reads the raw cells of one field; blank cells are missing, or the field's default."""

    def __init__(self, field: Field, zone: tzinfo, tenant: tzinfo) -> None:
        self._field = field
        self._zone = zone
        self._tenant = tenant
        self._read = self._reader(field.type)
        self._default: Value = None if field.default is None else self._read(field.default)

    def read(self, raw: object) -> Value:
        """The value; raises WrongValueError with the reason."""
        return self._default if is_blank(raw) else self._read(raw)

    def _reader(self, kind: FieldType) -> Callable[[object], Value]:
        match kind:
            case "text":
                return text_of
            case "person" | "region" | "customer":
                return _key_of
            case "choice":
                return self._choice
            case "number" | "money" | "percent":
                return self._number
            case "boolean":
                return boolean_of
            case "date":
                return self._date
            case "datetime":
                return self._datetime
            case _:
                assert_never(kind)

    def _choice(self, raw: object) -> Value:
        text = text_of(raw)
        if text in self._field.choices:
            return text
        allowed = ", ".join(self._field.choices)
        near = difflib.get_close_matches(text, self._field.choices, 1, 0.6)
        raise WrongValueError(
            f"{shown(text)} 不在可选值中：{allowed}" + (f"；是否指 '{near[0]}'？" if near else ""),
            f"{shown(text)} is none of the choices: {allowed}" + (f"; did you mean '{near[0]}'?" if near else ""),
        )

    def _number(self, raw: object) -> Value:
        if isinstance(raw, _NUMBERS) and not isinstance(raw, bool):
            return finite(raw)
        if isinstance(raw, str):
            match self._field.type:
                case "money":
                    return parse_money(raw, self._field.currency)
                case "percent":
                    return parse_percent(raw)
                case _:
                    return parse_number(raw)
        raise WrongValueError(
            f"{shown(raw)} 是{_kind_zh(raw)}，该字段需要数字",
            f"{shown(raw)} is {_kind_en(raw)}; the field needs a number",
        )

    def _date(self, raw: object) -> Value:
        if isinstance(raw, date):
            return date_of(raw, self._zone, self._tenant)
        return parse_date(moment_text(raw), self._zone, self._tenant)

    def _datetime(self, raw: object) -> Value:
        if isinstance(raw, date):
            return datetime_of(raw, self._zone, self._tenant).replace(tzinfo=None)
        return parse_datetime(moment_text(raw), self._zone, self._tenant).replace(tzinfo=None)


def is_blank(raw: object) -> bool:
    """Nothing, or nothing but blanks."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def text_of(raw: object) -> str:
    """The cell as text: whole numbers without a point, dates in ISO form."""
    match raw:
        case str():
            return _clean(raw)
        case bool():
            return "true" if raw else "false"
        case float():
            return _number_text(raw)
        case int() | Decimal():
            return str(raw)
        case datetime():
            return raw.isoformat(" ")
        case date() | time():
            return raw.isoformat()
        case _:
            raise WrongValueError(
                f"{shown(raw)} 是嵌套内容，该字段需要单个值",
                f"{shown(raw)} is a nested value; the field needs a single one",
            )


def _clean(raw: str) -> str:
    text = raw.strip()
    if len(text) > LONGEST_TEXT:
        raise WrongValueError(
            f"文字有 {len(text)} 个字符，最多 {LONGEST_TEXT} 个",
            f"the text has {len(text)} characters; at most {LONGEST_TEXT} are kept",
        )
    if not text.isprintable() and any(
        (sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" for sign in text
    ):
        raise WrongValueError(
            f"{shown(text)} 含有控制字符；请在来源中删除",
            f"{shown(text)} holds control characters; remove them at the source",
        )
    return text


def _key_of(raw: object) -> str:
    text = text_of(raw)
    if len(text) > LONGEST_KEY:
        raise WrongValueError(
            f"编号 {shown(text)} 超过 {LONGEST_KEY} 个字符",
            f"the key {shown(text)} is longer than {LONGEST_KEY} characters",
        )
    return text


def _number_text(raw: float) -> str:
    if not raw.is_integer():
        return repr(raw)
    if abs(raw) >= _EXCEL_DIGITS:
        raise WrongValueError(
            f"编号 {shown(raw)} 被存成了数字，15 位以后已丢失；请把该列的格式设为文本再导出",
            f"{shown(raw)} was stored as a number and lost its digits after the 15th; format the column as text and export again",
        )
    return str(int(raw))


def finite(raw: int | float | Decimal) -> float:
    """The number as a double; raises WrongValueError for what no double can hold."""
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if math.isfinite(number):
        return number
    raise WrongValueError(f"{shown(raw)} 不是有限的数字", f"{shown(raw)} is no finite number")


def boolean_of(raw: object) -> bool:
    """true, yes, 是, 1 and their opposites, in any case."""
    if isinstance(raw, bool):
        return raw
    text = half_width(text_of(raw)).lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise WrongValueError(
        f"{shown(raw)} 不是是/否；请写 true 或 false（也可写 是/否、yes/no、1/0）",
        f"{shown(raw)} is neither true nor false; write true or false (yes/no, 是/否 and 1/0 are read too)",
    )


def moment_text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return str(int(raw)) if isinstance(raw, int) or raw.is_integer() else str(raw)
    raise WrongValueError(f"{shown(raw)} 不是日期；请写成 2026-03-02", f"{shown(raw)} is no date; write 2026-03-02")


def _kind_zh(raw: object) -> str:
    return "是/否值" if isinstance(raw, bool) else "日期" if isinstance(raw, date) else "嵌套内容"


def _kind_en(raw: object) -> str:
    return "true or false" if isinstance(raw, bool) else "a date" if isinstance(raw, date) else "a nested value"
