"""Values as they are written into a text: in the style of what stood there, else in the plainest that reads back as the same."""

import json
import re
from decimal import Decimal

from schema_defs.editing.plain import Value
from schema_defs.loader.scalars import kind_of_plain

WIDTH = 100
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=][^\t\r\n]*\Z")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#|\s$")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}:]")


def scalar(value: Value, *, style: str = "plain", flow: bool = False, as_json: bool = False) -> str:
    """One value on one line."""
    if not isinstance(value, str):
        return _other(value)
    if as_json or style == "double" or not _is_one_line(value):
        return json.dumps(value, ensure_ascii=False)
    if style == "single":
        return "'" + value.replace("'", "''") + "'"
    return value if is_plain(value, flow=flow) else json.dumps(value, ensure_ascii=False)


def is_plain(text: str, *, flow: bool) -> bool:
    """Whether the text may stand without quotes and is still that text."""
    if not _PLAIN.match(text) or _NOT_PLAIN.search(text) or kind_of_plain(text) != "text":
        return False
    return not (flow and _NOT_IN_FLOW.search(text))


def inline(value: Value, *, as_json: bool = False) -> str:
    """Anything on one line, in brackets."""
    if isinstance(value, list):
        return "[" + ", ".join(inline(each, as_json=as_json) for each in value) + "]"
    if isinstance(value, dict):
        parts = (
            f"{scalar(key, flow=True, as_json=as_json)}: {inline(each, as_json=as_json)}" for key, each in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    return scalar(value, flow=True, as_json=as_json)


def below(value: Value, column: int) -> str:
    """What follows `key:` or `-`, its first space or line break included; what it holds stands at `column`."""
    if isinstance(value, str) and is_literal(value):
        return " " + literal(value, column)
    if not isinstance(value, list | dict):
        return " " + scalar(value)
    short = inline(value)
    if not value or (len(short) + column <= WIDTH and "\\n" not in short):
        return " " + short
    return "\n" + (_list(value, column) if isinstance(value, list) else _map(value, column))


def entry(key: str, value: Value, column: int) -> str:
    """A key with its value; further lines stand deeper than `column`."""
    return f"{scalar(key)}:{below(value, column + 2)}"


def item(value: Value, column: int) -> str:
    """A list's item behind its dash; a mapping that is too long for a line has its first key there."""
    written = below(value, column + 2)
    return "-" + (" " + written.lstrip() if isinstance(value, dict) else written)


def is_literal(text: str) -> bool:
    """Whether the text can stand as a block of lines, as `|` begins one."""
    lines = text.split("\n")
    return (
        "\n" in text.rstrip("\n")
        and not text.endswith("\n\n")
        and not text.startswith((" ", "\n", "\t"))
        and not any(line != line.rstrip() or "\t" in line for line in lines)
        and "\r" not in text
    )


def literal(text: str, column: int) -> str:
    """The text as a block of lines at `column`, without a line break after the last."""
    sign = "|" if text.endswith("\n") else "|-"
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([sign, *(" " * column + line if line else "" for line in lines)])


def _map(value: dict[str, Value], column: int) -> str:
    return "\n".join(" " * column + entry(key, each, column) for key, each in value.items())


def _list(value: list[Value], column: int) -> str:
    return "\n".join(" " * column + item(each, column) for each in value)


def _is_one_line(text: str) -> bool:
    return text.isprintable() and bool(text)


def _other(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case int() | float():
            return format(Decimal(repr(value)), "f")
        case _:
            raise TypeError(f"no scalar: {type(value).__name__}")
