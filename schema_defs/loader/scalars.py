"""What a plain scalar is: YAML 1.2 core, of which only null, booleans and plain decimals have a meaning of their own."""

import re

from schema_defs.loader.node import ScalarKind

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
DECIMAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
PERCENT = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s?%\Z")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that no document may hold: controls but tab and line ends, other line separators, byte order marks, lone surrogates."""


def kind_of_plain(text: str) -> ScalarKind:
    """`NO`, `12:30`, dates, `.nan`, `0x1F` and `1_000` are text."""
    if text in NULLS:
        return "null"
    if text in BOOLEANS:
        return "boolean"
    return "number" if DECIMAL.match(text) else "text"
