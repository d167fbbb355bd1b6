"""Units through arithmetic: which may be added or compared, and what a product or quotient is."""

from engine.expression.kinds import NUMBER, Kind, money
from schema_defs.text import Said


class UnitError(Exception):
    """Two units do not go together; `said` tells why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en)
        self.said = said


def joined(a: Kind, b: Kind, sign: str) -> Kind:
    """The unit of `a + b` and of what is compared: a written number takes the other's unit, a plain number goes with all."""
    if a.unit == b.unit == "money":
        if a.currency and b.currency and a.currency != b.currency:
            raise UnitError(
                _clash(a, b, sign, "两种货币不能直接相加或比较", "two currencies cannot be added or compared")
            )
        return a if a.currency else b
    if (a.unit == b.unit and a.measure == b.measure) or b.unit == "free":
        return a
    if a.unit == "free":
        return b
    plain = [kind for kind in (a, b) if kind.unit == "number" and kind.measure is None]
    if plain:
        return a if b in plain else b
    raise UnitError(_clash(a, b, sign, "单位不同", "the units differ"))


def product(a: Kind, b: Kind) -> Kind:
    """The unit of `a * b`: an amount times a plain number is an amount; two amounts have no product."""
    if a.unit == b.unit == "money":
        raise UnitError(_clash(a, b, "*", "两个金额相乘没有意义", "a product of two amounts means nothing"))
    for kind in (a, b):
        if kind.unit == "money":
            return money(kind.currency)
    if a.unit == "free" or b.unit == "free":
        return b if a.unit == "free" else a
    if "percent" in (a.unit, b.unit):
        return b if a.unit == "percent" else a
    return NUMBER


def remainder(a: Kind, b: Kind) -> Kind:
    """The unit of `a % b`: both are of one unit, as for a sum, and so is what is left."""
    return joined(a, b, "%")


def power(a: Kind, b: Kind) -> Kind:
    """A power has no unit; of an amount, and to an amount, there is none."""
    if "money" in (a.unit, b.unit):
        raise UnitError(_clash(a, b, "**", "金额的乘方没有意义", "a power of an amount means nothing"))
    return a if a.unit == b.unit == "free" else NUMBER


def quotient(a: Kind, b: Kind) -> Kind:
    """The unit of `a / b`: an amount by an amount is a plain number; by anything else it stays an amount."""
    if a.unit == b.unit == "money":
        if a.currency and b.currency and a.currency != b.currency:
            raise UnitError(_clash(a, b, "/", "两种货币不能相除", "two currencies cannot be divided"))
        return NUMBER
    if a.unit == "money":
        return money(a.currency)
    if b.unit == "free":
        return a
    return NUMBER


def _clash(a: Kind, b: Kind, sign: str, zh: str, en: str) -> Said:
    return Said(
        zh=f"{a.said.zh} {sign} {b.said.zh}：{zh}",
        en=f"{a.said.en} {sign} {b.said.en}: {en}",
    )
