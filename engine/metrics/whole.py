"""Doubles as whole numbers of a power of two, so that their sums are exact in any order, and can be taken back."""

from fractions import Fraction

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.partial import FloatSum, exact_sum
from engine.metrics.totals import FloatSums

_BITS = 53
_EXACT_IN_DOUBLES = 2**_BITS
_EXACT_IN_INT64 = 2**63 - 1


def summable(amounts: Array) -> Array:
    """Whole numbers whose sums, of all or of some, do not leave their type: int64, or Python's integers."""
    if amounts.dtype == object or not len(amounts):
        return amounts
    largest = max(abs(int(amounts.max())), abs(int(amounts.min())))
    return amounts if largest * len(amounts) <= _EXACT_IN_INT64 else amounts.astype(object)


def to_whole(numbers: Array) -> tuple[Array, int]:
    """Whole numbers and the exponent e that they have in common: each double is its number times 2 ** e."""
    fractions, exponents = np.frexp(numbers)
    mantissas = np.ldexp(fractions, _BITS).astype(np.int64)
    there = mantissas != 0
    if not there.any():
        return mantissas, 0
    zeros = np.frexp((mantissas & -mantissas).astype(np.float64))[1] - 1
    shifts = np.where(there, exponents - _BITS, 0)
    lowest = int((shifts + zeros)[there].min())
    bits = int(exponents[there].max()) - lowest
    if bits + len(numbers).bit_length() < 63:
        return np.ldexp(numbers, -lowest).astype(np.int64), lowest
    pairs = zip(mantissas.tolist(), (shifts - lowest).tolist(), strict=True)
    whole = [value << by if by >= 0 else value >> -by for value, by in pairs]
    return np.array([*whole, None], dtype=object)[:-1], lowest


def float_sums(whole: Array, exponent: int) -> FloatSums:
    """Sums of such whole numbers as doubles; the exact ones where they are no double."""
    if whole.dtype != object and (not len(whole) or int(np.abs(whole).max()) < _EXACT_IN_DOUBLES):
        return FloatSums(np.ldexp(whole.astype(np.float64), exponent), {})
    sums, others = np.zeros(len(whole)), dict[int, FloatSum]()
    for place, total in enumerate(whole.tolist()):
        exact = exact_sum(Fraction(total) * Fraction(2) ** exponent)
        if len(exact.parts) > 1 or exact.huge:
            others[place] = exact
        sums[place] = exact.parts[0] if exact.parts else 0.0
    return FloatSums(sums, others)
