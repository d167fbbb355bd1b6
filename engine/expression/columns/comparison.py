"""Comparisons and `in` on columns."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from engine.expression.closures.comparison import OUTCOMES, Outcomes
from engine.expression.columns.column import NONE_MISSING, Array, Cells, Column, Mask, booleans
from engine.expression.columns.frame import Frame, either, fail_where, lifted
from engine.expression.columns.unique import by_unique
from engine.expression.values import NEAR, RELATIVELY_NEAR

Operation = Callable[[Frame, Column, Column], Cells]

_FEW = 4


def comparison(kind: str) -> Operation:
    """The operation for a key of OUTCOMES, as Eq or LtE."""
    smaller, same, larger = OUTCOMES[kind]

    def run(frame: Frame, a: Column, b: Column) -> Cells:
        missing = either(a.missing, b.missing)
        if a.kind != b.kind or (a.kind == "boolean" and kind not in ("Eq", "NotEq")) or a.kind == "missing":
            return fail_where(~(NONE_MISSING if missing is None else missing), frame.rows)
        if a.kind == "text":
            return _texts(frame, a, b, kind)
        above = _clearly_above if a.kind == "number" else np.greater
        return booleans(_outcome(above, a.data, b.data, (smaller, same, larger)), missing)

    return run


def _outcome(above: Callable[[Array, Array], Mask], a: Array, b: Array, outcomes: Outcomes) -> Mask:
    """Where the comparison with these outcomes holds."""
    match outcomes:
        case True, False, False:
            return above(b, a)
        case False, False, True:
            return above(a, b)
        case True, True, False:
            return np.logical_not(above(a, b))
        case False, True, True:
            return np.logical_not(above(b, a))
        case _:
            unequal = np.logical_or(above(a, b), above(b, a))
            return np.logical_not(unequal) if outcomes[1] else unequal


def _clearly_above(a: Array, b: Array) -> Mask:
    """Where `a` is greater by more than what counts as equal. Mostly one bound does for all rows; where a row is between, each has its own."""
    with np.errstate(over="ignore"):
        gap = np.asarray(a - b)
    largest = max(_largest(a), _largest(b))
    surely = np.asarray(gap >= max(NEAR, RELATIVELY_NEAR * largest))
    if RELATIVELY_NEAR * largest <= NEAR or np.count_nonzero(gap >= NEAR) == np.count_nonzero(surely):
        return surely
    return np.asarray(gap >= np.maximum(NEAR, RELATIVELY_NEAR * np.maximum(np.abs(a), np.abs(b))))


def _largest(data: Array) -> float:
    return max(float(data.max(initial=0.0)), -float(data.min(initial=0.0)))


def _texts(frame: Frame, a: Column, b: Column, kind: str) -> Cells:
    if kind in ("Eq", "NotEq") and (a.data.ndim == 0 or b.data.ndim == 0):
        return _text_with_one(a, b, kind == "Eq")
    return by_unique(frame, (a, b), lambda pair, trouble: _TEXT_ORDER[kind](*pair))


def _text_with_one(a: Column, b: Column, wanted: bool) -> Cells:
    """Many texts against one: its code is looked up once."""
    many, one = (b, a) if a.data.ndim == 0 else (a, b)
    same = _listed(many, [one.categories[int(one.data)]])
    return booleans(same if wanted else np.logical_not(same), either(a.missing, b.missing))


def _listed(column: Column, texts: Iterable[str]) -> Mask:
    """Where the text is one of these; few codes are compared in turn, which costs less than a table."""
    codes = [column.categories.index(text) for text in texts if text in column.categories]
    if len(codes) > _FEW:
        table = np.zeros(len(column.categories), dtype=bool)
        table[codes] = True
        return np.asarray(table[column.data])
    found: Mask = np.zeros(column.data.shape, dtype=bool)
    for code in codes:
        found = np.asarray(np.logical_or(found, column.data == code))
    return found


def is_none(cells: Cells, negated: bool) -> Column:
    return booleans(np.logical_not(cells.mask) if negated else cells.mask)


def is_in(frame: Frame, tested: Cells, elements: Sequence[Cells], negated: bool) -> Cells:
    """True where equal to one; else missing where the tested value or an element is missing; else false."""
    if isinstance(tested, Column) and tested.kind == "text" and all(_is_text(element) for element in elements):
        listed = {element.categories[int(element.data)] for element in elements if isinstance(element, Column)}
        found = _listed(tested, listed)
        return booleans(np.logical_not(found) if negated else found, tested.missing)
    found = NONE_MISSING
    missing: Mask = tested.mask
    for element in elements:
        same = lifted(_EQUALS, frame, tested, element)
        assert isinstance(same, Column)
        found = np.logical_or(found, np.logical_and(same.data, np.logical_not(same.mask)))
        missing = np.logical_or(missing, same.mask)
    return booleans(np.logical_not(found) if negated else found, np.logical_and(missing, np.logical_not(found)))


def _is_text(cells: Cells) -> bool:
    return isinstance(cells, Column) and cells.kind == "text" and cells.data.ndim == 0 and cells.missing is None


_EQUALS = comparison("Eq")
_TEXT_ORDER: dict[str, Callable[..., bool]] = {
    "Eq": lambda a, b: a == b,
    "NotEq": lambda a, b: a != b,
    "Lt": lambda a, b: a < b,
    "LtE": lambda a, b: a <= b,
    "Gt": lambda a, b: a > b,
    "GtE": lambda a, b: a >= b,
}
