"""Splitting a whole number of units by weights, pins, floors and caps: exact, and never silently changed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from engine.targets.faults import Place, PlanError
from engine.targets.unit import Unit
from schema_defs.text import Said


class Share(msgspec.Struct, frozen=True):
    """One child of a node. A `pin` keeps its value to the digit; the others share the rest by weight within their bounds."""

    key: str
    place: Place
    weight: Fraction = Fraction(1)
    pin: int | None = None
    floor: int | None = None
    cap: int | None = None

    def clamp(self, value: Fraction) -> Fraction:
        if self.floor is not None and value < self.floor:
            return Fraction(self.floor)
        return Fraction(self.cap) if self.cap is not None and value > self.cap else value


class Split(msgspec.Struct, frozen=True):
    """The children's units in their order; `fixed` are those that a pin or a bound decided."""

    units: tuple[int, ...]
    fixed: tuple[bool, ...]


def split(total: int, shares: Sequence[Share], place: Place, unit: Unit) -> Split:
    """The total over the shares, in their order; the sum is exact. Raises `PlanError` for what cannot be.

    Whoever is beyond a bound is fixed there (the side with the larger total first) and the rest is split again until nobody is;
    then the rest is rounded by largest remainder, equal remainders in listing order.
    """
    for share in shares:
        _check(share, unit)
    pinned = sum(share.pin or 0 for share in shares)
    rest = total - pinned
    open_ = [share for share in shares if share.pin is None]
    if len(open_) < len(shares):
        check_pins(total, pinned, not open_, place, unit)
    _check_room(rest, open_, place, unit)
    fixed = {share.key: share.pin for share in shares if share.pin is not None} | _at_bounds(rest, open_)
    left = [share for share in shares if share.key not in fixed]
    rounded = largest_remainder(total - sum(fixed.values()), [share.weight for share in left])
    units = fixed | dict(zip((share.key for share in left), rounded, strict=True))
    return Split(tuple(units[share.key] for share in shares), tuple(share.key in fixed for share in shares))


def largest_remainder(rest: int, weights: Sequence[Fraction]) -> list[int]:
    """`rest` by weight: each floor, and the units left one each to the largest remainders; a negative rest by its magnitude.

    Without any weight the rest must be 0, and everybody gets 0.
    """
    scale = lcm(*(weight.denominator for weight in weights))
    parts = [weight.numerator * (scale // weight.denominator) for weight in weights]
    whole = sum(parts)
    if whole == 0:
        return [0] * len(parts)
    shares = [divmod(abs(rest) * part, whole) for part in parts]
    left = abs(rest) - sum(units for units, _ in shares)
    lucky = set(sorted(range(len(shares)), key=lambda index: -shares[index][1])[:left])
    sign = -1 if rest < 0 else 1
    return [sign * (units + (index in lucky)) for index, (units, _) in enumerate(shares)]


def _at_bounds(rest: int, shares: Sequence[Share]) -> dict[str, int]:
    """Who stands at a bound, and at which."""
    fixed: dict[str, int] = {}
    while True:
        left = [share for share in shares if share.key not in fixed]
        whole = sum((share.weight for share in left), Fraction())
        ratio = (rest - sum(fixed.values())) / whole if whole else Fraction()
        beyond = {share.key: share.clamp(ratio * share.weight) - ratio * share.weight for share in left}
        below = sum(amount for amount in beyond.values() if amount > 0)
        above = -sum(amount for amount in beyond.values() if amount < 0)
        if not below and not above:
            return fixed
        for share in left:
            amount = beyond[share.key]
            if (amount > 0 and below >= above) or (amount < 0 and above >= below):
                fixed[share.key] = int(share.clamp(ratio * share.weight))


def _check(share: Share, unit: Unit) -> None:
    if share.weight < 0:
        weight = float(share.weight)
        raise share.place.at("weight").refuse(
            "negative-weight", f"权重 {weight:g} 不能为负", f"the weight {weight:g} must not be negative"
        )
    if share.floor is not None and share.cap is not None and share.floor > share.cap:
        floor, cap = unit.text(share.floor), unit.text(share.cap)
        raise share.place.at("floor").refuse(
            "floor-above-cap", f"下限 {floor} 高于上限 {cap}", f"the floor {floor} is above the cap {cap}"
        )
    if share.pin is not None and share.clamp(Fraction(share.pin)) != share.pin:
        pin = unit.text(share.pin)
        raise share.place.at("pin").refuse(
            "pin-beyond-bound", f"固定值 {pin} 超出自己的上下限", f"the pin {pin} is beyond its own floor or cap"
        )


def check_pins(total: int, pinned: int, all_pinned: bool, place: Place, unit: Unit) -> None:
    """Pins may not take more than there is (the rest would be of the other sign), nor leave a rest to nobody."""
    rest = total - pinned
    if rest < 0 <= total or total < 0 < rest:
        raise _exceeding(place, unit.text(pinned), unit.text(total))
    if all_pinned and rest:
        raise _missing(place, unit.text(pinned), unit.text(total))


def _exceeding(place: Place, pinned: str, total: str) -> PlanError:
    """Pins take more than the total that they are part of."""
    return place.refuse(
        "pins-exceed-total",
        f"固定值合计 {pinned}，超过总数 {total}",
        f"the pins add up to {pinned}, which exceeds the total {total}",
    )


def _missing(place: Place, pinned: str, total: str) -> PlanError:
    """Everything is pinned, and the pins are not the total."""
    return place.refuse(
        "pins-miss-total",
        f"全部已固定，合计 {pinned}，与总数 {total} 不符；没有权重可以分配余数",
        f"everything is pinned and adds up to {pinned}, not to the total {total}; no weight is left to take the rest",
    )


def _check_room(rest: int, shares: Sequence[Share], place: Place, unit: Unit) -> None:
    """Refuses a rest that the weights and bounds cannot take."""
    if not shares and not rest:
        return
    least = _total(shares, lambda share: share.clamp(Fraction()) if rest >= 0 else _lowest(share))
    most = _total(shares, lambda share: share.clamp(Fraction()) if rest < 0 else _highest(share))
    if least is not None and least > rest:
        if rest < 0 and not any(share.weight for share in shares):
            raise _no_weight(place, unit.text(rest))
        raise _bounds_miss(place, "floor", unit.text(int(least)), unit.text(rest))
    if most is not None and most < rest:
        if rest >= 0 and not any(share.weight for share in shares):
            raise _no_weight(place, unit.text(rest))
        raise _bounds_miss(place, "cap", unit.text(int(most)), unit.text(rest))


def _total(shares: Sequence[Share], bound: Callable[[Share], Fraction | None]) -> Fraction | None:
    """The sum of the shares' bounds; None where one of them has none."""
    bounds = [bound(share) for share in shares]
    return None if None in bounds else sum((found for found in bounds if found is not None), Fraction())


def _lowest(share: Share) -> Fraction | None:
    """How little the share can take of a negative rest; None is as little as you like."""
    if not share.weight:
        return share.clamp(Fraction())
    return None if share.floor is None else Fraction(share.floor)


def _highest(share: Share) -> Fraction | None:
    """How much the share can take of a rest; None is as much as you like."""
    if not share.weight:
        return share.clamp(Fraction())
    return None if share.cap is None else Fraction(share.cap)


def _no_weight(place: Place, rest: str) -> PlanError:
    return place.refuse(
        "no-weight-left",
        f"剩余 {rest} 没有权重可以承接",
        f"no weight is left to take the rest of {rest}",
        Said(
            zh="给某一项 weight，或让固定值合计等于总数",
            en="give one of them a weight, or let the pins add up to the total",
        ),
    )


def _bounds_miss(place: Place, side: str, bound: str, rest: str) -> PlanError:
    if side == "floor":
        return place.refuse(
            "floors-exceed-total",
            f"下限合计 {bound}，超过可分配的 {rest}",
            f"the floors add up to {bound}, more than the {rest} that there is",
        )
    return place.refuse(
        "caps-miss-total",
        f"上限合计 {bound}，少于要分配的 {rest}",
        f"the caps add up to {bound}, less than the {rest} to be taken",
    )
