"""The form of a document, made from the shapes that the loader reads by: it works for every kind."""

from decimal import Decimal
from typing import Literal

import msgspec

from schema_defs.editing.plain import Value
from schema_defs.loader.shape import Shape, Slot, StructShape, struct_shape
from schema_defs.loader.wording import allowed
from schema_defs.release import BY_KIND
from schema_defs.text import LANGS, Said

FieldKind = Literal["line", "lines", "choice", "texts", "part", "list", "map", "other"]
REFERS = {
    "metric": "metric", "metrics": "metric", "dataset": "dataset", "channel": "channel", "webhook": "channel",
    "message": "message", "snapshot": "board", "board": "board", "rule": "rule",
}  # fmt: skip
"""Keys whose values are names of documents of a kind."""
NOBODY = Said(zh="", en="")


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One input, or a group of them (`parts`). `pointer` is its place as a JSON pointer; `value` what the input shows.

    Of a list or map, `item` can be added; `refers` is the kind of document whose names are asked for.
    """

    pointer: str
    key: str
    kind: FieldKind
    required: bool = False
    value: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    help: Said = NOBODY
    refers: str | None = None
    parts: tuple["Field", ...] = ()
    removable: bool = False
    numeric: bool = False


def form_of(kind: str, document: Value) -> tuple[Field, ...]:
    """The fields of a document of the kind; `kind` and `name` are no fields: another name is another document."""
    found = _parts(struct_shape(BY_KIND[kind]), document, "")
    return tuple(field for field in found if field.key != "name")


def pointer_of(path: tuple[str | int, ...]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def shown(value: Value) -> str:
    """A scalar as an input shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _parts(shape: StructShape, value: Value, under: str) -> tuple[Field, ...]:
    entries = value if isinstance(value, dict) else {}
    return tuple(
        _slot(key, slot, entries.get(key), f"{under}{pointer_of((key,))}") for key, slot in shape.slots.items()
    )


def _slot(key: str, slot: Slot, value: Value, pointer: str) -> Field:
    found = _field(key, slot.shape, value, pointer)
    default = slot.default() if not slot.required else None
    said = shown(default) if isinstance(default, str | int | bool | Decimal) else ""
    return msgspec.structs.replace(found, required=slot.required, default=said)


def _field(key: str, shape: Shape, value: Value, pointer: str) -> Field:
    if _is_text_per_language(shape) and not isinstance(value, list):
        return _texts(key, value, pointer)
    if isinstance(value, dict) or (value is None and not shape.leaves and shape.items is None):
        return _mapping(key, shape, value, pointer)
    if isinstance(value, list) or (value is None and not shape.leaves and shape.items is not None):
        return _list(key, shape, value if isinstance(value, list) else [], pointer)
    return _scalar(key, shape, value, pointer)


def _scalar(key: str, shape: Shape, value: Value, pointer: str) -> Field:
    choices = tuple(choice for leaf in shape.leaves for choice in leaf.choices)
    kinds = {leaf.kind for leaf in shape.leaves}
    if kinds == {"boolean"}:
        choices = ("true", "false")
    is_choice = bool(choices) and kinds <= {"choice", "boolean"}
    text = shown(value)
    kind: FieldKind = "choice" if is_choice else "lines" if "\n" in text else "line"
    if is_choice and text and text not in choices:
        choices = (*choices, text)
    return Field(
        pointer=pointer, key=key, kind=kind, value=text, choices=choices, help=allowed(shape),
        refers=REFERS.get(key), numeric=bool(kinds) and kinds <= {"integer", "number", "quantity"},
    )  # fmt: skip


def _texts(key: str, value: Value, pointer: str) -> Field:
    """A text, or a text per language: a plain one stands in the first language's input."""
    per = value if isinstance(value, dict) else {LANGS[0]: value}
    parts = tuple(
        Field(
            pointer=f"{pointer}/{lang}",
            key=lang,
            kind="lines" if "\n" in shown(per.get(lang)) else "line",
            value=shown(per.get(lang)),
        )
        for lang in LANGS
    )
    return Field(pointer=pointer, key=key, kind="texts", parts=parts)


def _mapping(key: str, shape: Shape, value: Value, pointer: str) -> Field:
    if shape.struct is not None:
        return Field(pointer=pointer, key=key, kind="part", parts=_parts(shape.struct, value, pointer))
    if shape.entries is None:
        return Field(pointer=pointer, key=key, kind="other")
    entries = value if isinstance(value, dict) else {}
    parts = (_member(name, shape.entries[1], each, f"{pointer}{pointer_of((name,))}") for name, each in entries.items())
    return Field(pointer=pointer, key=key, kind="map", parts=tuple(parts))


def _list(key: str, shape: Shape, value: list[Value], pointer: str) -> Field:
    if not isinstance(shape.items, Shape) or any(
        isinstance(each, dict | list) and shape.items.struct is None for each in value
    ):
        return Field(pointer=pointer, key=key, kind="other")
    if shape.items.struct is None:
        return Field(
            pointer=pointer,
            key=key,
            kind="lines",
            value="\n".join(map(shown, value)),
            help=allowed(shape),
            refers=REFERS.get(key),
        )
    parts = (_member(str(at + 1), shape.items, each, f"{pointer}/{at}") for at, each in enumerate(value))
    return Field(pointer=pointer, key=key, kind="list", parts=tuple(parts))


def _member(key: str, shape: Shape, value: Value, pointer: str) -> Field:
    return msgspec.structs.replace(_field(key, shape, value, pointer), removable=True)


def _is_text_per_language(shape: Shape) -> bool:
    keys = shape.entries[0].leaves if shape.entries else ()
    return shape.struct is None and any(set(leaf.choices) == set(LANGS) for leaf in keys)
