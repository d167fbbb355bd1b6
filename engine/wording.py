"""Numbers, dates and spans as people of each language write them, the same on boards, in PDFs and in messages.

A column shares one scale, so its numbers compare at a glance.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from schema_defs.metric import Format
from schema_defs.text import Lang

Number = float | Decimal
MISSING = "–"
MINUS = "−"

WEEKDAYS: dict[Lang, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS: dict[Lang, tuple[str, ...]] = {
    "zh": tuple(f"{number}月" for number in range(1, 13)),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class Scale(msgspec.Struct, frozen=True):
    """How a column's numbers are written: divided by `divisor`, with `digits` decimals, under the unit `unit`."""

    divisor: float
    digits: int
    unit: str


CURRENCIES: dict[str, dict[Lang, str]] = {
    "CNY": {"zh": "元"},
    "USD": {"zh": "美元"},
    "EUR": {"zh": "欧元"},
    "GBP": {"zh": "英镑"},
    "JPY": {"zh": "日元"},
    "HKD": {"zh": "港元"},
    "SGD": {"zh": "新元"},
}
"""Names that differ from the code, per language."""
STEPS: dict[Lang, tuple[tuple[float, float, int, str], ...]] = {
    "zh": ((1e9, 1e8, 2, "亿"), (1e5, 1e4, 1, "万")),
    "en": ((5e6, 1e6, 2, "M"), (1e4, 1e3, 1, "K")),
}
"""Per language: from which size on, divisor, decimals, letter."""


def currency_name(currency: str | None, lang: Lang) -> str:
    if not currency:
        return ""
    return CURRENCIES.get(currency, {}).get(lang, currency)


def scale_of(
    values: Iterable[Number | None], form: Format, lang: Lang, currency: str | None = None, *, alone: bool = False
) -> Scale:
    """The one scale for all these numbers, picked by the largest of them; a number `alone` takes the larger unit sooner."""
    if form == "percent":
        return Scale(0.01, 1, "%")
    known = [value for value in values if value is not None]
    largest = max((abs(float(value)) for value in known), default=0.0)
    name = currency_name(currency, lang) if form == "money" else ""
    for place, (size, divisor, digits, letter) in enumerate(STEPS[lang]):
        if largest >= (_alone_from(lang, place) if alone and divisor >= 1e6 else size):
            return Scale(divisor, digits, _unit(name, letter, lang))
    return Scale(1, 0 if form in ("money", "number") and _are_whole(known) else 1, name)


def _alone_from(lang: Lang, place: int) -> float:
    """From where on a number alone is written with the step's letter: from what the smaller step would round to it."""
    _, divisor, _, _ = STEPS[lang][place]
    _, smaller, digits, _ = STEPS[lang][place + 1]
    return divisor - smaller * 0.5 / float(10**digits)


def _unit(name: str, letter: str, lang: Lang) -> str:
    if lang == "zh":
        return f"{letter} {name}" if name.isascii() and name else f"{letter}{name}"
    return f"{name} {letter}".strip()


def _are_whole(values: Iterable[Number]) -> bool:
    return all(abs(number) >= 1000 or number.is_integer() for number in map(float, values))


def decimal(value: Number | None, digits: int = 0, *, sign: bool = False) -> str:
    """`value` with thousands separators, rounded half away from zero; `sign` also marks what is above zero."""
    if value is None:
        return MISSING
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    body = f"{abs(rounded):,.{digits}f}"
    if rounded < 0:
        return MINUS + body
    return f"+{body}" if sign and rounded > 0 else body


def scaled(value: Number | None, scale: Scale, *, sign: bool = False) -> str:
    """The number alone; its unit stands in the head."""
    if value is None:
        return MISSING
    return decimal(Decimal(str(value)) / Decimal(str(scale.divisor)), scale.digits, sign=sign)


def amount(value: Number | None, form: Format, lang: Lang, currency: str | None = None, *, sign: bool = False) -> str:
    """A number that stands alone in a sentence or a tile, with its unit: `4,416.2 万元`, `CNY 44.16M`, `41.2%`."""
    if value is None:
        return MISSING
    if form == "percent":
        return percent(value, sign=sign)
    if form == "days":
        return days(value, lang)
    scale = scale_of([value], form, lang, currency, alone=True)
    number = scaled(value, scale, sign=sign)
    if lang == "zh":
        return f"{number} {scale.unit}".rstrip()
    name, _, letter = scale.unit.rpartition(" ") if form == "money" and scale.divisor > 1 else (scale.unit, "", "")
    return _with_name(number, name, letter) if form == "money" else f"{number}{scale.unit}"


def exact(value: Number | None, lang: Lang, currency: str | None = None) -> str:
    """The whole amount with two decimals: `126,000.00 元`, `CNY 126,000.00`."""
    if value is None:
        return MISSING
    number, name = decimal(value, 2), currency_name(currency, lang)
    return f"{number} {name}".rstrip() if lang == "zh" else _with_name(number, name, "")


def _with_name(number: str, name: str, letter: str) -> str:
    """A number in English, the currency between its sign and its digits."""
    mark = number[0] if number[0] in f"+{MINUS}" else ""
    return f"{mark}{name} {number.removeprefix(mark)}{letter}".strip()


def percent(value: Number | None, digits: int = 1, *, sign: bool = False) -> str:
    """0.8236 is `82.4%`."""
    return MISSING if value is None else f"{decimal(_hundredfold(value), digits, sign=sign)}%"


def share(value: Number | None, digits: int = 1) -> str:
    """0.8236 is `82.4`; the percent sign stands in the head."""
    return MISSING if value is None else decimal(_hundredfold(value), digits)


def points(value: Number | None, lang: Lang) -> str:
    """A difference of two shares: `+5.9 点`, `+5.9 pts`."""
    if value is None:
        return MISSING
    return f"{decimal(_hundredfold(value), 1, sign=True)} {'点' if lang == 'zh' else 'pts'}"


def _hundredfold(value: Number) -> Decimal:
    """In decimals: a share that ends in 5 is rounded up wherever it is written."""
    return Decimal(str(value)) * 100


def days(value: Number, lang: Lang) -> str:
    number = decimal(value, 0 if float(value).is_integer() else 1)
    if lang == "zh":
        return f"{number} 天"
    return f"{number} {'day' if number == '1' else 'days'}"


def day(value: date | None, lang: Lang, *, weekday: bool = False, year: bool = False) -> str:
    """`11月24日`, `24 Nov`; with the weekday `11月24日 周二`, `Tue 24 Nov`."""
    if value is None:
        return MISSING
    name = WEEKDAYS[lang][value.weekday()]
    if lang == "zh":
        text = f"{value.month}月{value.day}日"
        text = f"{value.year}年{text}" if year else text
        return f"{text} {name}" if weekday else text
    text = f"{value.day} {MONTHS['en'][value.month - 1]}"
    text = f"{text} {value.year}" if year else text
    return f"{name} {text}" if weekday else text


def clock(value: datetime | None) -> str:
    return MISSING if value is None else f"{value:%H:%M}"


def moment(value: datetime | None, lang: Lang, *, weekday: bool = False, year: bool = False) -> str:
    """`11月24日 10:42`, `24 Nov, 10:42`."""
    if value is None:
        return MISSING
    return f"{day(value, lang, weekday=weekday, year=year)}{' ' if lang == 'zh' else ', '}{clock(value)}"


def month(value: str, lang: Lang, *, year: bool = True) -> str:
    """The month `2026-03`: `2026年3月`, `March 2026`."""
    number, index = int(value[:4]), int(value[5:7])
    if lang == "zh":
        return f"{number}年{index}月" if year else f"{index}月"
    return f"{LONG_MONTHS[index - 1]} {number}" if year else MONTHS["en"][index - 1]


def size(count: int) -> str:
    """A file's size: `84 kB`."""
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
