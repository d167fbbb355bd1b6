"""Comparisons and `in` on columns."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.expression.closures.comparison import OUTCOMES
from engine.expression.columns.column import NONE_MISSING, Array, Cells, Column, Mask, booleans
from engine.expression.columns.frame import Frame, either, fail_where, lifted
from engine.expression.columns.unique import by_unique
from engine.expression.values import NEAR, RELATIVELY_NEAR

Operation = Callable[[Frame, Column, Column], Cells]


def comparison(kind: str) -> Operation:
    """The operation for a key of OUTCOMES, as Eq or LtE."""
    smaller, same, larger = OUTCOMES[kind]

    def run(frame: Frame, a: Column, b: Column) -> Cells:
        missing = either(a.missing, b.missing)
        if a.kind != b.kind or (a.kind == "boolean" and kind not in ("Eq", "NotEq")) or a.kind == "missing":
            return fail_where(~(NONE_MISSING if missing is None else missing), frame.rows)
        if a.kind == "text":
            return _texts(frame, a, b, kind)
        less, greater = _number_order(a.data, b.data) if a.kind == "number" else (a.data < b.data, a.data > b.data)
        return booleans(_outcome(less, greater, smaller, same, larger), missing)

    return run


def _outcome(less: Mask, greater: Mask, smaller: bool, same: bool, larger: bool) -> Mask:
    """Where the comparison holds, given where the left side is less and where it is greater."""
    match smaller, same, larger:
        case True, False, False:
            return less
        case False, False, True:
            return greater
        case True, True, False:
            return np.logical_not(greater)
        case False, True, True:
            return np.logical_not(less)
        case False, True, False:
            return np.logical_not(np.logical_or(less, greater))
        case _:
            return np.logical_or(less, greater)


def _number_order(a: Array, b: Array) -> tuple[Mask, Mask]:
    """Where `a` is less and where it is greater, by more than what counts as equal."""
    with np.errstate(over="ignore"):
        gap = np.asarray(a - b)
    limit = np.maximum(NEAR, RELATIVELY_NEAR * np.maximum(np.abs(a), np.abs(b)))
    return np.asarray(gap <= -limit), np.asarray(gap >= limit)


def _texts(frame: Frame, a: Column, b: Column, kind: str) -> Cells:
    if kind in ("Eq", "NotEq") and (a.data.ndim == 0 or b.data.ndim == 0):
        return _text_with_one(a, b, kind == "Eq")
    return by_unique(frame, (a, b), lambda pair, trouble: _TEXT_ORDER[kind](*pair))


def _text_with_one(a: Column, b: Column, wanted: bool) -> Cells:
    """Many texts against one: its code is looked up once."""
    many, one = (b, a) if a.data.ndim == 0 else (a, b)
    table = np.array([(text == one.categories[int(one.data)]) is wanted for text in many.categories], dtype=bool)
    return booleans(np.asarray(table[many.data]), either(a.missing, b.missing))


def is_none(cells: Cells, negated: bool) -> Column:
    return booleans(np.logical_not(cells.mask) if negated else cells.mask)


def is_in(frame: Frame, tested: Cells, elements: Sequence[Cells], negated: bool) -> Cells:
    """True where equal to one; else missing where the tested value or an element is missing; else false."""
    if isinstance(tested, Column) and tested.kind == "text" and all(_is_text(element) for element in elements):
        listed = {element.categories[int(element.data)] for element in elements if isinstance(element, Column)}
        table = np.array([(text in listed) is not negated for text in tested.categories], dtype=bool)
        return booleans(np.asarray(table[tested.data]), tested.missing)
    found: Mask = NONE_MISSING
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
