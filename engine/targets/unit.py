"""The unit of a plan: exact decimals become whole numbers of units, and back."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from engine.targets.faults import Place

_MOST_DIGITS = 1000


class Unit(msgspec.Struct, frozen=True):
    """`mantissa` x 10 ** -`digits`; every target is a multiple of it."""

    mantissa: int
    digits: int

    def units(self, value: Decimal, place: Place) -> int:
        """How many units the value is; refused if it is no multiple of the unit, or no finite number."""
        count = exact(value, place) / Fraction(self.mantissa, 10**self.digits)
        if count.denominator != 1:
            raise place.refuse(
                "finer-than-unit",
                f"{plain(value)} 不是单位 {self} 的整数倍",
                f"{plain(value)} is no multiple of the unit {self}",
            )
        return count.numerator

    def value(self, units: int) -> Decimal:
        """The exact decimal with the unit's digits."""
        whole = units * self.mantissa
        return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -self.digits))

    def text(self, units: int) -> str:
        return plain(self.value(units))

    def __str__(self) -> str:
        return self.text(1)


def unit_of(value: Decimal, place: Place) -> Unit:
    """The unit as the author wrote it; refused unless it is above zero."""
    size = exact(value, place)
    if size <= 0:
        raise place.refuse(
            "unit-not-positive", f"单位 {plain(value)} 必须大于 0", f"the unit {plain(value)} must be above 0"
        )
    digits = 0
    while (size * 10**digits).denominator != 1:
        digits += 1
    return Unit((size * 10**digits).numerator, digits)


def exact(value: Decimal, place: Place) -> Fraction:
    """The value as a rational; refused if it is not finite, or too long to be a real amount."""
    if not value.is_finite():
        raise place.refuse("not-a-number", f"{value} 不是有限的数", f"{value} is no finite number")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and max(abs(exponent), abs(value.adjusted())) > _MOST_DIGITS:
        raise place.refuse(
            "too-many-digits", f"{value} 超过 {_MOST_DIGITS} 位", f"{value} has more than {_MOST_DIGITS} digits"
        )
    return Fraction(value)


def plain(value: Decimal) -> str:
    """The decimal without an exponent."""
    return f"{value:f}"


def shortest(value: Decimal) -> Decimal:
    """The same number without zeros at its end."""
    text = plain(value)
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
