"""What is known of a value before there is one: its type, and for a number its unit."""

from dataclasses import dataclass
from typing import Literal, assert_never

from schema_defs.dataset import Field
from schema_defs.text import Said, Text, pick

Type = Literal["number", "text", "boolean", "date", "datetime", "missing", "any"]
Unit = Literal["free", "number", "money", "count", "percent", "days"]
"""`free` is a written number, which takes the unit of what it meets; `number` says that no unit was declared."""


@dataclass(frozen=True)
class Kind:
    """`currency` goes with money, `measure` with a number whose document gives its unit, `choices` with text of a fixed list (empty: any text)."""

    type: Type
    unit: Unit = "number"
    currency: str | None = None
    choices: tuple[str, ...] = ()
    measure: Said | None = None

    @property
    def is_number(self) -> bool:
        return self.type == "number"

    @property
    def is_open(self) -> bool:
        """Nothing can be said against it before there are values."""
        return self.type in ("any", "missing")

    @property
    def said(self) -> Said:
        if not self.is_number:
            return TYPES[self.type]
        if self.unit == "money" and self.currency:
            return Said(zh=f"金额（{self.currency}）", en=f"money ({self.currency})")
        if self.measure is not None:
            return Said(
                zh=f"{UNITS[self.unit].zh}（{self.measure.zh}）", en=f"{UNITS[self.unit].en} ({self.measure.en})"
            )
        return UNITS[self.unit]


NUMBER = Kind("number")
FREE = Kind("number", "free")
COUNT = Kind("number", "count")
PERCENT = Kind("number", "percent")
DAYS = Kind("number", "days")
TEXT = Kind("text")
BOOLEAN = Kind("boolean")
DATE = Kind("date")
DATETIME = Kind("datetime")
MISSING = Kind("missing")
ANY = Kind("any")


def money(currency: str | None = None) -> Kind:
    """An amount; without a currency it goes with any."""
    return Kind("number", "money", currency)


def measured(unit: Text | None) -> Kind:
    """A number in the unit that its document gives, such as hours or pieces; without one it goes with all."""
    return NUMBER if unit is None else Kind("number", measure=Said(zh=pick(unit, "zh", ""), en=pick(unit, "en", "")))


def kind_of_field(field: Field) -> Kind:
    """What the values of a dataset's field are; keys of people, regions and customers are text."""
    match field.type:
        case "text" | "person" | "region" | "customer":
            return TEXT
        case "choice":
            return Kind("text", choices=tuple(field.choices))
        case "number":
            return measured(field.unit)
        case "money":
            return money(field.currency)
        case "percent":
            return PERCENT
        case "boolean":
            return BOOLEAN
        case "date":
            return DATE
        case "datetime":
            return DATETIME
        case _:
            assert_never(field.type)


TYPES: dict[Type, Said] = {
    "number": Said(zh="数字", en="a number"),
    "text": Said(zh="文字", en="text"),
    "boolean": Said(zh="真假值", en="a boolean"),
    "date": Said(zh="日期", en="a date"),
    "datetime": Said(zh="日期时间", en="a date-time"),
    "missing": Said(zh="缺失值", en="missing"),
    "any": Said(zh="任何值", en="any value"),
}
UNITS: dict[Unit, Said] = {
    "free": Said(zh="数字", en="a number"),
    "number": Said(zh="数字", en="a number"),
    "money": Said(zh="金额", en="money"),
    "count": Said(zh="计数", en="a count"),
    "percent": Said(zh="百分比", en="a percentage"),
    "days": Said(zh="天数", en="days"),
}
