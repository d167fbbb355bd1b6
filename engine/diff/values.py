"""How a changed value is shown to people."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from schema_defs.text import Said

_LONGEST = 120
_NOTHING = Said(zh="（无）", en="nothing")
PERCENT_KEYS = frozenset(
    {("scorecard", "weight"), ("scorecard", "cap"), ("scorecard", "floor"), ("meeting", "tolerance")}
)
"""Kind and key of the quantities that are shares."""


def percent(value: float | Decimal) -> str:
    """0.75 as `75 %`."""
    return f"{plain(Decimal(str(value)) * 100)} %"


def plain(value: float | Decimal) -> str:
    """The number in its shortest form, with thousands separators."""
    exact = Decimal(str(value)) if isinstance(value, float) else value
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: Any, *, is_percent: bool = False) -> Said:
    """The value in both languages."""
    match value:
        case None:
            return _NOTHING
        case bool():
            return Said(zh="是" if value else "否", en="yes" if value else "no")
        case Decimal() | float() | int():
            return _same(percent(value) if is_percent else plain(Decimal(str(value))))
        case date():
            return _same(value.isoformat())
        case tuple():
            return _many([shown(item, is_percent=is_percent) for item in value])
        case dict():
            return _mapping(value)
        case msgspec.Struct():
            return _struct(value)
        case _:
            return _same(_cut(str(value)))


def _mapping(value: dict[Any, Any]) -> Said:
    if value and set(value) <= {"zh", "en"}:
        return Said(zh=_cut(str(value.get("zh") or value["en"])), en=_cut(str(value.get("en") or value["zh"])))
    pairs = [(str(key), shown(item)) for key, item in value.items()]
    return _many([Said(zh=f"{key}: {item.zh}", en=f"{key}: {item.en}") for key, item in pairs])


def _struct(value: msgspec.Struct) -> Said:
    """What of the struct was written, that is, differs from its defaults."""
    given = {
        field.encode_name: getattr(value, field.name)
        for field in msgspec.structs.fields(value)
        if field.required or getattr(value, field.name) != _default(field)
    }
    return _mapping(given) if given else _same("{}")


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _many(parts: list[Said]) -> Said:
    if not parts:
        return _NOTHING
    return Said(zh=_cut("、".join(part.zh for part in parts)), en=_cut(", ".join(part.en for part in parts)))


def _same(text: str) -> Said:
    return Said(zh=text, en=text)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
