"""Numbers as people and other systems write them; what could mean two things is refused."""

import math
import re
from decimal import Decimal

from engine.records.wrong import WrongValueError, half_width, shown

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_DIGITS_AND_MARKS = re.compile(r"[+-]?[0-9][0-9.,' ]*")
_SIGNS = {
    "CNY": ("¥", "元", "RMB"),
    "JPY": ("¥", "円"),
    "USD": ("$", "US$"),
    "EUR": ("€",),
    "GBP": ("£",),
    "HKD": ("HK$",),
    "SGD": ("S$",),
}
_ANY_SIGN = re.compile(r"[¥$€£元円]|\b[A-Z]{3}\b")


def parse_number(text: str) -> float:
    """`1234.5`, `1,234.50`, full-width digits; raises WrongValueError for anything else, ambiguous forms by name."""
    plain = half_width(text)
    if not _PLAIN.fullmatch(plain):
        if not _GROUPED.fullmatch(plain):
            raise _refusal(text, plain)
        plain = plain.replace(",", "")
    number = float(plain)
    if math.isinf(number):
        raise WrongValueError(f"数字 {shown(text)} 太大", f"the number {shown(text)} is too large")
    return number


def parse_percent(text: str) -> float:
    """`45%` is 0.45; without the sign the number is a fraction as it stands."""
    plain = half_width(text)
    if not plain.endswith("%"):
        return parse_number(text)
    parse_number(plain[:-1])
    return float(Decimal(plain[:-1].strip().replace(",", "")) / 100)


def parse_money(text: str, currency: str | None) -> float:
    """A number, with or without the sign or code of the field's own currency."""
    plain = half_width(text)
    code = currency or "CNY"
    for sign in (code, *_SIGNS.get(code, ())):
        if (without := _without(plain, sign)) is not None:
            return parse_number(without)
    found = _ANY_SIGN.search(plain)
    if found and any(sign.isdigit() for sign in plain):
        raise WrongValueError(
            f"金额 {shown(text)} 的货币 {found.group()} 不是该字段的货币 {code}；请只写 {code} 金额的数字",
            f"the amount {shown(text)} is in {found.group()}, but the field is in {code}; write the number in {code} only",
        )
    return parse_number(plain)


def _without(plain: str, sign: str) -> str | None:
    """The number without the currency sign before or behind it, or None when it has no such sign."""
    minus, bare = ("-", plain[1:].lstrip()) if plain.startswith("-") else ("", plain)
    if bare.upper().startswith(sign):
        return minus + bare[len(sign) :].strip()
    if bare.upper().endswith(sign):
        return minus + bare[: -len(sign)].strip()
    return None


def _refusal(text: str, plain: str) -> WrongValueError:
    if "%" in plain:
        return WrongValueError(
            f"{shown(text)} 是百分数，该字段需要普通数字",
            f"{shown(text)} is a percentage; the field needs a plain number",
        )
    if plain.startswith("#"):
        return WrongValueError(
            f"{shown(text)} 是表格里的错误值；请修正该单元格的公式",
            f"{shown(text)} is an error of the spreadsheet; mend the cell's formula",
        )
    if _DIGITS_AND_MARKS.fullmatch(plain) and any(mark in plain for mark in ",' ."):
        return WrongValueError(
            f"数字 {shown(text)} 有歧义（逗号、点或空格是千分位还是小数点？）；请写成 1234.50 或 1,234.50",
            f"the number {shown(text)} is ambiguous (is the mark a thousands or a decimal separator?); write 1234.50 or 1,234.50",
        )
    return WrongValueError(
        f"{shown(text)} 不是数字；请写成 1234.50，空着表示没有",
        f"{shown(text)} is no number; write 1234.50, or leave it empty for none",
    )
