"""What a form sent, as edits of the text: only inputs that say something else than the text does."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from runtime.editor.form import Field, form_of
from schema_defs.editing import REMOVE, EditError, Path, Remove, Value, edit, plain
from schema_defs.loader.scalars import BOOLEANS, DECIMAL
from schema_defs.loader.shape import Shape, StructShape, struct_shape
from schema_defs.release import BY_KIND
from schema_defs.text import LANGS, Said

_POINTED = re.compile(r"~[01]")
_SIGNS = {"~0": "~", "~1": "/"}


def put_form(kind: str, text: str, posted: Mapping[str, str], *, file: str) -> str:
    """The text with what the inputs say now; `posted` is by pointer. Inputs that the form does not have are left alone."""
    document = _read(text, file)
    for field in list(_inputs(form_of(kind, document))):
        if field.kind == "texts":
            text = _put_texts(text, field, posted, file)
        elif field.pointer in posted and _lines(posted[field.pointer]) != field.value:
            path = path_of(field.pointer, document)
            text = edit(text, path, _value(field, _lines(posted[field.pointer]), _shape(kind, path)), file=file)
    return text


def add_part(kind: str, text: str, pointer: str, key: str, *, file: str) -> str:
    """An empty item at the end of a list, or an entry under the key."""
    document = _read(text, file)
    path = path_of(pointer, document)
    shape = _shape(kind, path)
    if shape is None:
        raise EditError(_NO_SUCH)
    if shape.entries is not None and shape.struct is None:
        if not key.strip():
            raise EditError(_NO_KEY)
        return edit(text, (*path, key.strip()), _blank(shape.entries[1]), file=file)
    items = _at(document, path)
    count = len(items) if isinstance(items, list) else 0
    return edit(text, (*path, count), {}, file=file)


def remove_part(text: str, pointer: str, *, file: str) -> str:
    return edit(text, path_of(pointer, _read(text, file)), REMOVE, file=file)


def path_of(pointer: str, document: Value) -> Path:
    """The path of a JSON pointer; where the document has a list, the step is a place in it."""
    path: Path = ()
    for step in pointer.split("/")[1:]:
        key = _POINTED.sub(lambda found: _SIGNS[found.group()], step)
        path = (*path, int(key) if isinstance(_at(document, path), list) and key.isdecimal() else key)
    return path


def _read(text: str, file: str) -> Value:
    edit(text, (), REMOVE, file=file)  # says where it cannot be read
    return plain(text, file)


def _at(document: Value, path: Path) -> Value:
    for step in path:
        if isinstance(document, dict):
            document = document.get(str(step))
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def _inputs(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if field.kind in ("part", "list", "map"):
            yield from _inputs(field.parts)
        elif field.kind != "other":
            yield field


def _put_texts(text: str, field: Field, posted: Mapping[str, str], file: str) -> str:
    """Both languages, or the one that is written alone as a plain text."""
    given = {part.key: _lines(posted.get(part.pointer, part.value)) for part in field.parts}
    if all(given[part.key] == part.value for part in field.parts):
        return text
    path = path_of(field.pointer, plain(text, file))
    filled: dict[str, Value] = {lang: said for lang, said in given.items() if said}
    if not filled:
        return edit(text, path, REMOVE, file=file)
    return edit(text, path, filled[LANGS[0]] if list(filled) == [LANGS[0]] else filled, file=file)


def _value(field: Field, text: str, shape: Shape | None) -> "Value | Remove":
    if not text:
        return REMOVE
    if shape is not None and isinstance(shape.items, Shape) and not shape.leaves:
        return [_scalar(line, shape.items) for each in text.split("\n") if (line := each.strip())]
    if shape is not None and isinstance(shape.items, Shape) and "\n" in text:
        return [_scalar(line, shape.items) for each in text.split("\n") if (line := each.strip())]
    return _scalar(text, shape)


def _scalar(text: str, shape: Shape | None) -> Value:
    kinds = {leaf.kind for leaf in shape.leaves} if shape else set()
    if DECIMAL.match(text) and kinds & {"integer", "number", "quantity"}:
        return Decimal(text)
    return BOOLEANS[text] if text in BOOLEANS and "boolean" in kinds else text


def _shape(kind: str, path: Path) -> Shape | None:
    """What may stand at the path."""
    shape: Shape | None = Shape(struct=struct_shape(BY_KIND[kind]))
    for step in path:
        shape = _below(shape, step) if shape else None
    return shape


def _below(shape: Shape, step: str | int) -> Shape | None:
    if isinstance(step, int):
        return shape.items if isinstance(shape.items, Shape) else None
    if shape.struct is not None:
        struct: StructShape = shape.struct
        return struct.slots[step].shape if step in struct.slots else None
    return shape.entries[1] if shape.entries else None


def _blank(shape: Shape) -> Value:
    """What stands for a value that is still to be written."""
    choices = [choice for leaf in shape.leaves for choice in leaf.choices]
    return choices[0] if choices else "" if shape.leaves and shape.struct is None else {}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


_NO_SUCH = Said(zh="文档没有这个部分；请重新打开页面", en="the document has no such part; open the page again")
_NO_KEY = Said(zh="请先填写键，再添加", en="write the key first, then add it")
