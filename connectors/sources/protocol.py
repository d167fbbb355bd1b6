"""What every source gives: raw rows, as the outside system wrote them."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from schema_defs.text import Said


class RawRow(msgspec.Struct, frozen=True):
    """A row with the 1-based line (Excel: row) at which it begins, and its cells by column name.

    `trouble` is set when the row could not be taken apart; it then has no values and belongs into quarantine.
    """

    line: int
    values: dict[str, object] = {}
    trouble: Said | None = None


class RowSource(Protocol):
    """An opened source. Iterating reads on, and raises AuthorError or OutsideError when the rest cannot be read."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The column names, or None where every row brings its own."""
        ...

    def rows(self) -> Iterator[RawRow]:
        """The rows in their order, one pass."""
        ...


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may hold; beyond it the file is refused with the limit's name and size."""

    file_bytes: int = 1_000_000_000
    unpacked_bytes: int = 500_000_000
    rows: int = 20_000_000
    columns: int = 1_000
    line_characters: int = 1_000_000
    archive_members: int = 2_000
