"""What may stand at a place, compiled once from the structs' types: per form of node (scalar, list, mapping) at most one answer."""

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect as types

LeafKind = Literal["text", "name", "expression", "choice", "integer", "number", "quantity", "boolean", "date"]


class Leaf(msgspec.Struct, frozen=True):
    """A kind of scalar and its bounds."""

    kind: LeafKind
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    example: str | None = None
    written: bool = False
    """The scalar's own text is taken, whatever it looks like."""


class Shape(msgspec.Struct):
    """All that may stand at one place. Built once, never changed after `shape_of` returned it."""

    null: bool = False
    leaves: tuple[Leaf, ...] = ()
    items: "Shape | tuple[Shape, ...] | None" = None
    entries: "tuple[Shape, Shape] | None" = None
    struct: "StructShape | None" = None


class Slot(msgspec.Struct):
    """One key of a struct: its attribute, whether it must be given, and what stands for it when it is not."""

    attribute: str
    required: bool
    default: Callable[[], Any]
    shape: Shape


class StructShape(msgspec.Struct):
    """A struct and its keys as they are written."""

    made: type[msgspec.Struct]
    slots: dict[str, Slot]
    tag: str | None = None


@cache
def struct_shape(made: type[msgspec.Struct]) -> StructShape:
    """The shape of a document kind or part."""
    found = types.type_info(made)
    assert isinstance(found, types.StructType)
    return _Compiler().struct(found)


class _Compiler:
    """Compiles types to shapes; structs are remembered, so that those that hold themselves end."""

    def __init__(self) -> None:
        self._structs: dict[type, StructShape] = {}
        self._orders: dict[frozenset[str], tuple[str, ...]] = {}

    def struct(self, given: types.StructType) -> StructShape:
        if given.cls in self._structs:
            return self._structs[given.cls]
        shape = StructShape(made=given.cls, slots={}, tag=given.tag if isinstance(given.tag, str) else None)
        self._structs[given.cls] = shape
        for hint in get_type_hints(given.cls).values():
            self._orders |= _written_orders(hint)
        for field in given.fields:
            shape.slots[field.encode_name] = Slot(
                attribute=field.name, required=field.required, default=_default(field), shape=self.shape(field.type)
            )
        return shape

    def shape(self, given: types.Type, extra: dict[str, Any] | None = None) -> Shape:
        match given:
            case types.Metadata():
                return self.shape(given.type, given.extra or {})
            case types.UnionType():
                return _united([self.shape(option) for option in given.types])
            case types.NoneType():
                return Shape(null=True)
            case types.StructType():
                return Shape(struct=self.struct(given))
            case types.VarTupleType():
                return Shape(items=self.shape(given.item_type))
            case types.TupleType():
                return Shape(items=tuple(self.shape(option) for option in given.item_types))
            case types.DictType():
                return Shape(entries=(self.shape(given.key_type), self.shape(given.value_type)))
            case types.LiteralType():
                values = tuple(str(value) for value in given.values)
                return Shape(leaves=(Leaf("choice", choices=self._orders.get(frozenset(values), values)),))
            case _:
                return Shape(leaves=(_leaf(given, extra or {}),))


def _leaf(given: types.Type, extra: dict[str, Any]) -> Leaf:
    match given:
        case types.StrType():
            kind: LeafKind = extra["is"] if extra.get("is") in ("name", "expression") else "text"
            return Leaf(
                kind,
                least=given.min_length,
                most=given.max_length,
                pattern=given.pattern,
                example=extra.get("example"),
                written=kind == "expression" or extra.get("is") == "written",
            )
        case types.IntType():
            return Leaf("integer", least=given.ge, most=given.le)
        case types.FloatType():
            return Leaf("number")
        case types.DecimalType():
            return Leaf("quantity")
        case types.BoolType():
            return Leaf("boolean")
        case types.DateType():
            return Leaf("date", example="2026-03-31")
    raise TypeError(f"documents have no values of type {given!r}")


def _written_orders(hint: Any) -> dict[frozenset[str], tuple[str, ...]]:
    """The choices of a type in the order in which they are written; inspection gives them sorted."""
    if get_origin(hint) is Literal:
        return {frozenset(get_args(hint)): get_args(hint)}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for part in get_args(hint):
        found |= _written_orders(part)
    return found


def _united(options: list[Shape]) -> Shape:
    shape = Shape(null=any(option.null for option in options))
    shape.leaves = tuple(leaf for option in options for leaf in option.leaves)
    for option in options:
        shape.items = shape.items or option.items
        shape.entries = shape.entries or option.entries
        shape.struct = shape.struct or option.struct
    return shape


def _default(field: types.Field) -> Callable[[], Any]:
    if field.default_factory is not msgspec.NODEFAULT:
        factory: Callable[[], Any] = field.default_factory
        return factory
    # The inspection shows a default of UNSET as if there were none.
    value = msgspec.UNSET if field.default is msgspec.NODEFAULT else field.default
    return lambda: value
