"""Reads single values: what a scalar's text means where a certain kind of value is expected."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from schema_defs.loader.limits import MAX_EXPONENT
from schema_defs.loader.names import name_fault
from schema_defs.loader.node import Scalar
from schema_defs.loader.scalars import BOOLEANS, PERCENT
from schema_defs.loader.shape import Leaf
from schema_defs.loader.wording import not_allowed, shown
from schema_defs.text import Said

_WHOLE = re.compile(r"([-+]?[0-9]+)(?:\.0*)?\Z")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class Misfit(Exception):  # noqa: N818  # an answer of the reading, turned into an issue by the walk
    """The scalar is of the right kind, but its value is not allowed."""

    def __init__(self, code: str, message: Said, suggestion: Said) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.suggestion = suggestion


def fits(leaf: Leaf, scalar: Scalar) -> bool:
    """Whether a scalar of this form can be meant for the leaf at all."""
    if leaf.written:
        return scalar.kind in ("text", "number", "boolean")
    match leaf.kind:
        case "integer" | "number":
            return scalar.kind == "number"
        case "quantity":
            return scalar.kind == "number" or (scalar.kind == "text" and PERCENT.match(scalar.text) is not None)
        case "boolean":
            return scalar.kind == "boolean"
        case _:
            return scalar.kind == "text"


def read(leaf: Leaf, scalar: Scalar, key: str) -> Any:
    """The value, of the leaf's Python type; raises `Misfit` with what is wrong with it."""
    match leaf.kind:
        case "boolean":
            return BOOLEANS[scalar.text]
        case "integer":
            return _integer(leaf, scalar.text, key)
        case "number":
            return _number(scalar.text, key)
        case "quantity":
            return _quantity(scalar.text, key)
        case "date":
            return _date(scalar.text, key)
        case "choice":
            return _choice(leaf, scalar.text, key)
        case _:
            return _text(leaf, scalar.text, key)


def _choice(leaf: Leaf, text: str, key: str) -> str:
    if text not in leaf.choices:
        raise Misfit("not-allowed", *not_allowed(key, text, leaf.choices))
    return text


def _integer(leaf: Leaf, text: str, key: str) -> int:
    whole = _WHOLE.match(text)
    if whole is None:
        raise Misfit(
            "not-whole",
            Said(zh=f"'{key}' 需要整数，不是 {shown(text)}", en=f"'{key}' takes a whole number, not {shown(text)}"),
            Said(zh="去掉小数部分", en="leave out the decimals"),
        )
    value = int(whole.group(1)) if len(whole.group(1)) <= 18 else None
    if (
        value is None
        or (leaf.least is not None and value < leaf.least)
        or (leaf.most is not None and value > leaf.most)
    ):
        raise Misfit("out-of-range", *_range(key, text, leaf))
    return value


def _range(key: str, text: str, leaf: Leaf) -> tuple[Said, Said]:
    least, most = leaf.least, leaf.most
    return Said(
        zh=f"'{key}' 的值 {shown(text)} 超出范围；允许 {least} 到 {most}",
        en=f"'{key}' cannot be {shown(text)}; {least} to {most} is allowed",
    ), Said(zh=f"写 {least} 到 {most} 之间的数", en=f"write a number from {least} to {most}")


def _number(text: str, key: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Misfit(
            "out-of-range",
            Said(zh=f"'{key}' 的数字太大", en=f"the number of '{key}' is too large"),
            Said(zh="写小于 1e308 的数", en="write a number below 1e308"),
        )
    return value


def _quantity(text: str, key: str) -> Decimal:
    if percent := PERCENT.match(text):
        return Decimal(percent.group(1) + "e-2")
    _, _, exponent = text.lower().partition("e")
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > MAX_EXPONENT):
        raise Misfit(
            "out-of-range",
            Said(
                zh=f"'{key}' 的指数 {shown(exponent)} 太大",
                en=f"the exponent {shown(exponent)} of '{key}' is too large",
            ),
            Said(zh="把数字完整写出来", en="write the number out"),
        )
    return Decimal(text)


def _date(text: str, key: str) -> date:
    try:
        if _ISO_DATE.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Misfit(
        "bad-date",
        Said(zh=f"'{key}' 的值 '{shown(text)}' 不是日期", en=f"'{key}' cannot be '{shown(text)}': this is no date"),
        Said(zh="按 年-月-日 写，例如 2026-03-31", en="write year-month-day, for example 2026-03-31"),
    )


def _text(leaf: Leaf, text: str, key: str) -> str:
    if leaf.least and len(text.strip()) < leaf.least:
        raise Misfit("empty", Said(zh=f"'{key}' 不能为空", en=f"'{key}' may not be empty"), _FILL)
    if leaf.most is not None and len(text) > leaf.most:
        raise Misfit(
            "too-long",
            Said(
                zh=f"'{key}' 有 {len(text)} 个字符，最多 {leaf.most} 个",
                en=f"'{key}' has {len(text)} characters; at most {leaf.most} are allowed",
            ),
            Said(zh=f"缩短到 {leaf.most} 个字符", en=f"shorten it to {leaf.most} characters"),
        )
    if leaf.pattern and not re.search(leaf.pattern.removesuffix("$") + r"\Z", text):
        raise Misfit("wrong-format", *_format(leaf, text, key))
    if leaf.kind == "name" and (fault := name_fault(text)):
        raise Misfit("bad-name", *fault)
    return text


def _format(leaf: Leaf, text: str, key: str) -> tuple[Said, Said]:
    message = Said(
        zh=f"'{key}' 的值 '{shown(text)}' 写法不对", en=f"'{key}' cannot be '{shown(text)}': it is written differently"
    )
    return message, Said(zh=f"例如 '{leaf.example}'", en=f"for example '{leaf.example}'")


_FILL = Said(zh="写上内容，或删掉这个键", en="fill it in, or leave the key out")
