"""What came of a configuration: the release, the problems, and where everything was written."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from schema_defs.base import Document, kind_of
from schema_defs.issue import Issue
from schema_defs.loader.node import Mapping, Scalar, find, scalar_at
from schema_defs.release import Release


class Place(NamedTuple):
    """Where something is written; line and column count from 1."""

    file: str
    line: int
    column: int


class Written(msgspec.Struct, frozen=True):
    """A document as it stands in its file. `document` is None when it could not be built; `sound` when nothing is wrong with it."""

    kind: str
    name: str
    file: str
    text: str
    first_line: int
    root: Mapping
    document: Document | None = None
    sound: bool = False

    @property
    def place(self) -> Place:
        return Place(self.file, *self.root.mark)


class Loaded(msgspec.Struct, frozen=True):
    """A configuration as it was read. The release holds what could be built; use it only when `has_errors` is False."""

    release: Release
    issues: tuple[Issue, ...] = ()
    written: dict[tuple[str, str], Written] = {}
    folder: Path | None = None

    @property
    def has_errors(self) -> bool:
        return any(issue.level == "error" for issue in self.issues)

    def place(self, kind: str, name: str, path: tuple[str | int, ...] = ()) -> Place:
        """Where the value at `path` of a document is written, or what of it is nearest to that."""
        found = self.written.get((kind, name))
        return Place(found.file, *find(found.root, path)) if found else Place("", 1, 1)

    def place_in_text(self, kind: str, name: str, path: tuple[str | int, ...], offset: int) -> Place:
        """Where the character at `offset` of the text at `path` is written; the text's start if it was folded or escaped."""
        found = self.written.get((kind, name))
        scalar = scalar_at(found.root, path) if found else None
        if found is None or scalar is None:
            return self.place(kind, name, path)
        return _inside(found, scalar, offset)

    def place_of(self, document: Document, path: tuple[str | int, ...] = ()) -> Place:
        return self.place(kind_of(document), document.name, path)

    def text_of(self, kind: str, name: str) -> str:
        """The document's own text with its comments, or nothing."""
        found = self.written.get((kind, name))
        return found.text if found else ""

    def folder_of(self, kind: str, name: str) -> Path:
        """The folder of the document's file, from which its `file:` paths are read."""
        found = self.written.get((kind, name))
        return Path(found.file).parent if found else Path()

    def is_sound(self, kind: str, name: str) -> bool:
        """Whether the document is there and nothing was found wrong with it by itself."""
        found = self.written.get((kind, name))
        return found is not None and found.sound

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all documents of a kind, those that could not be built included."""
        return tuple(name for other, name in self.written if other == kind)


def _inside(written: Written, scalar: Scalar, offset: int) -> Place:
    """The place of a character of a scalar that is written as it is: quoted on one line, plain, or as a block of lines."""
    line, column = scalar.mark
    lines = written.text.split("\n")
    row = line - written.first_line
    source = lines[row][column - 1 :] if 0 <= row < len(lines) else ""
    for quote in ("'", '"'):
        if source.startswith(quote + scalar.text):
            return Place(written.file, line, column + 1 + offset)
    is_block = source[:1] in ("|", ">")
    position = 0
    for at in range(row + 1 if is_block else row, len(lines)):
        start = column - 1 if at == row else len(lines[at]) - len(lines[at].lstrip())
        part = _shared(lines[at][start:], scalar.text[position:])
        if offset < position + len(part) or offset == len(scalar.text) == position + len(part):
            return Place(written.file, written.first_line + at, start + offset - position + 1)
        if not part:
            break
        position += len(part) + 1
    return Place(written.file, line, column)


def _shared(source: str, text: str) -> str:
    """What of a source line belongs to the text: the line itself, or the text's whole rest when a comment follows."""
    line = source.rstrip()
    if text.startswith(line):
        return line
    return text if source.startswith(text) else ""
