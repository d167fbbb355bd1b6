"""JSON Schema of the documents, made from the same shapes that the loader reads by, so that an editor and the server agree."""

import inspect
from typing import Any

from schema_defs.base import Document
from schema_defs.loader.shape import Leaf, Shape, Slot, StructShape, struct_shape
from schema_defs.release import BY_KIND

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PERCENT = r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s?%$"
NAME = r"^[^\s\d_!-/:-@\[-^`{-~][^\s!-/:-@\[-^`{-~]*$"
"""Letters of any script, digits and `_`, written so that Python's and JavaScript's regular expressions agree."""

Json = dict[str, Any]


def schema_of(kind: type[Document]) -> Json:
    """The schema of one document kind, with what it refers to under `$defs`."""
    defs: dict[str, Json] = {}
    root = _struct(struct_shape(kind), defs)
    return {"$schema": DIALECT, "title": str(kind.__struct_config__.tag), **root, "$defs": defs}


def schema_of_any() -> Json:
    """The schema of any document: the kind decides which of the others holds."""
    defs: dict[str, Json] = {}
    kinds = {kind: _struct(struct_shape(made), defs) for kind, made in BY_KIND.items()}
    defs.update({f"kind_{kind}": schema for kind, schema in kinds.items()})
    return {
        "$schema": DIALECT,
        "title": "document",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/kind_{kind}"},
            }
            for kind in kinds
        ],
        "$defs": defs,
    }


def _struct(shape: StructShape, defs: dict[str, Json]) -> Json:
    properties: Json = {"kind": {"const": shape.tag}} if shape.tag else {}
    properties |= {key: _slot(slot, defs) for key, slot in shape.slots.items()}
    required = ["kind"] if shape.tag else []
    required += [key for key, slot in shape.slots.items() if slot.required]
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required
    if described := inspect.getdoc(shape.made):
        schema["description"] = described
    return schema


def _slot(slot: Slot, defs: dict[str, Json]) -> Json:
    schema = _shape(slot.shape, defs)
    default = slot.default() if not slot.required else None
    if isinstance(default, str | int | float | bool):
        return {**schema, "default": default}
    return schema


def _shape(shape: Shape, defs: dict[str, Json]) -> Json:
    options = [_leaf(leaf) for leaf in shape.leaves]
    if shape.items is not None:
        options.append(_items(shape.items, defs))
    if shape.struct is not None:
        options.append(_reference(shape.struct, defs))
    elif shape.entries is not None:
        key, value = shape.entries
        options.append(
            {"type": "object", "propertyNames": _shape(key, defs), "additionalProperties": _shape(value, defs)}
        )
    if shape.null:
        options.append({"type": "null"})
    return options[0] if len(options) == 1 else {"anyOf": options}


def _items(items: "Shape | tuple[Shape, ...]", defs: dict[str, Json]) -> Json:
    if isinstance(items, Shape):
        return {"type": "array", "items": _shape(items, defs)}
    each = [_shape(item, defs) for item in items]
    return {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}


def _reference(shape: StructShape, defs: dict[str, Json]) -> Json:
    name = shape.made.__name__
    if name not in defs:
        defs[name] = {}
        defs[name] = _struct(shape, defs)
    return {"$ref": f"#/$defs/{name}"}


def _leaf(leaf: Leaf) -> Json:
    match leaf.kind:
        case "choice":
            return {"enum": list(leaf.choices)}
        case "integer":
            return _bounded({"type": "integer"}, minimum=leaf.least, maximum=leaf.most)
        case "number":
            return {"type": "number"}
        case "quantity":
            return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": PERCENT, "examples": ["45%"]}]}
        case "boolean":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": [leaf.example]}
        case "expression":
            text: Json = {"type": ["string", "number", "boolean"]}
            return _bounded(text, minLength=leaf.least, maxLength=leaf.most)
        case "name":
            return _bounded({"type": "string", "pattern": NAME}, minLength=leaf.least, maxLength=leaf.most)
        case "text":
            text = {"type": ["string", "number", "boolean"] if leaf.written else "string"}
            text = _bounded(text, minLength=leaf.least, maxLength=leaf.most, pattern=leaf.pattern)
            return {**text, "examples": [leaf.example]} if leaf.example else text


def _bounded(schema: Json, **bounds: object) -> Json:
    return schema | {key: value for key, value in bounds.items() if value is not None}
