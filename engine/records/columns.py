"""Cells of one column are read together: texts repeat themselves, and each is read once."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from engine.records.wrong import WrongValueError
from schema_defs.text import Said

C = TypeVar("C")
T = TypeVar("T")
Wrong = dict[int, Said]
"""What is wrong in a column, by the row's place in it."""

_TEXT_OR_NOTHING = {str, type(None)}


def are_texts(cells: Sequence[object]) -> bool:
    """Whether there is nothing but texts and empty cells."""
    return set(map(type, cells)) <= _TEXT_OR_NOTHING


def read_column(cells: Sequence[C], read: Callable[[C], T]) -> tuple[list[T | None], Wrong]:
    """What `read` makes of every cell, None for what it refuses, and what it says of that."""
    return _distinct(cells, read) if are_texts(cells) else _one_by_one(cells, read)


def _distinct(cells: Sequence[C], read: Callable[[C], T]) -> tuple[list[T | None], Wrong]:
    values: dict[C, T | None] = {}
    refused: dict[C, Said] = {}
    for text in set(cells):
        try:
            values[text] = read(text)
        except WrongValueError as error:
            values[text], refused[text] = None, error.said
    wrong = {row: refused[text] for row, text in enumerate(cells) if text in refused} if refused else {}
    return [values[text] for text in cells], wrong


def _one_by_one(cells: Sequence[C], read: Callable[[C], T]) -> tuple[list[T | None], Wrong]:
    values: list[T | None] = []
    wrong: Wrong = {}
    for row, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except WrongValueError as error:
            values.append(None)
            wrong[row] = error.said
    return values, wrong
