"""A second, naive way to split, for comparison: slow, literal, and built differently.

The rounding counts units up one by one. Bounds are solved by looking for the common ratio at which the bounded shares add up to the
rest, over all ratios at which somebody meets a bound, instead of fixing children round by round.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple


class NaiveShare(NamedTuple):
    weight: Fraction
    pin: int | None = None
    floor: int | None = None
    cap: int | None = None


class NaiveImpossibleError(Exception):
    """There is no split."""


def naive_split(total: int, shares: Sequence[NaiveShare]) -> list[int]:
    """The units of each share, or NaiveImpossibleError."""
    open_ = [index for index, share in enumerate(shares) if share.pin is None]
    rest = total - sum(share.pin for share in shares if share.pin is not None)
    if len(open_) < len(shares) and rest * (1 if total >= 0 else -1) < 0:
        raise NaiveImpossibleError
    bounded = [shares[index] for index in open_]
    ideals = _ideals(rest, bounded)
    given = _rounded(ideals, rest)
    result = [share.pin for share in shares]
    for index, units in zip(open_, given, strict=True):
        result[index] = units
    return result


def _ideals(rest: int, shares: Sequence[NaiveShare]) -> list[Fraction]:
    """Each share's part at the ratio where all parts, held inside their bounds, add up to the rest."""
    sign = 1 if rest >= 0 else -1
    meets = {Fraction()}
    for share in shares:
        if share.weight:
            meets |= {Fraction(bound) / share.weight for bound in (share.floor, share.cap) if bound is not None}
    ratios = sorted(ratio for ratio in meets if ratio * sign >= 0)
    far = (max(map(abs, ratios)) + abs(rest) + 1) * sign * 1000
    ratios = sorted({*ratios, far * (1 + sum((1 / s.weight for s in shares if s.weight), Fraction()))})
    for low, high in zip([ratios[0], *ratios], ratios, strict=False):
        least, most = _sum_at(low, shares), _sum_at(high, shares)
        if least <= rest <= most:
            ratio = low if least == most else low + (high - low) * (rest - least) / (most - least)
            return [_held(share, ratio) for share in shares]
    raise NaiveImpossibleError


def _sum_at(ratio: Fraction, shares: Sequence[NaiveShare]) -> Fraction:
    return sum((_held(share, ratio) for share in shares), Fraction())


def _held(share: NaiveShare, ratio: Fraction) -> Fraction:
    part = ratio * share.weight
    if share.floor is not None and part < share.floor:
        return Fraction(share.floor)
    if share.cap is not None and part > share.cap:
        return Fraction(share.cap)
    return part


def _rounded(ideals: Sequence[Fraction], rest: int) -> list[int]:
    """Magnitudes counted up to the ideal; what is missing goes to the largest remainder that has none yet, the first of equals."""
    given, remainders = [], []
    for ideal in ideals:
        units = 0
        while units + 1 <= abs(ideal):
            units += 1
        given.append(units if ideal >= 0 else -units)
        remainders.append(abs(ideal) - units)
    step = 1 if rest >= 0 else -1
    while sum(given) != rest:
        lucky = max(range(len(remainders)), key=lambda index: (remainders[index], -index))
        given[lucky] += step
        remainders[lucky] = Fraction(-1)
    return given
