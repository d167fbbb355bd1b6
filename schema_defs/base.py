"""The parts that every document kind is built from."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from schema_defs.text import Said, Text

Name = Annotated[str, Meta(min_length=1, max_length=64, extra={"is": "name"})]
"""An identifier: letters of any script, digits and `_`, in its NFKC form."""

Key = Annotated[str, Meta(min_length=1, max_length=128)]
"""Free text that identifies a region, a person or a choice."""

Expr = Annotated[str, Meta(min_length=1, max_length=2000, extra={"is": "expression"})]
"""An expression of the one language; a plain YAML scalar such as `1` or `true` is taken as its text."""

Quantity = Annotated[Decimal, Meta(extra={"is": "quantity"})]
"""An exact decimal; a percent such as `45%` is read as 0.45."""

ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", extra={"example": "18:00"})]
MonthKey = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", extra={"example": "2026-03"})]
Duration = Annotated[str, Meta(pattern=r"^[1-9]\d{0,4} (minutes?|hours?|days?)$", extra={"example": "2 hours"})]
Schedule = Annotated[
    str, Meta(pattern=r"^every [1-9]\d{0,4} (minutes?|hours?|days?)$", extra={"example": "every 5 minutes"})
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", extra={"example": "CNY"})]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A contradiction inside one document, at a path relative to the struct that found it, such as `("parts", 2, "weight")`."""

    path: tuple[str | int, ...]
    code: str
    message: Said
    suggestion: Said | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a document. `faults` yields what its own keys contradict; the loader turns faults into issues with lines."""

    def faults(self) -> Iterator[Fault]:
        yield from ()


class DataFile(Part, frozen=True, kw_only=True):
    """Rows from a data file: `data` is given by `--data NAME=FILE`, `file` is a path beside the document."""

    data: Name | None = None
    file: str | None = None

    def faults(self) -> Iterator[Fault]:
        if (self.data is None) == (self.file is None):
            yield Fault(
                path=(),
                code="data-or-file",
                message=Said(zh="需要 data 或 file，二者取一", en="either data or file is needed, and not both"),
                suggestion=Said(
                    zh="写 data: 名字（由 --data 给出）或 file: 路径",
                    en="write data: NAME (given by --data) or file: PATH",
                ),
            )


class Document(Part, frozen=True, kw_only=True):
    """A YAML definition with a `kind` (the struct's tag) and a `name`."""

    name: Name
    label: Text | None = None


def kind_of(document: Document) -> str:
    """The document's kind as it is written, such as `metric`."""
    return str(document.__struct_config__.tag)
