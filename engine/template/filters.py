"""The filters of templates: how numbers, dates and lists read in each language. A missing value reads as a dash."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import assert_never

import msgspec

from schema_defs.text import Lang

DASH = "—"
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
STEPS: dict[Lang, tuple[tuple[Decimal, str], ...]] = {
    "zh": ((Decimal(10**8), "亿"), (Decimal(10**4), "万")),
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")),
}
WEEKDAYS: dict[Lang, str] = {"zh": "一二三四五六日", "en": "MonTueWedThuFriSatSun"}
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"

Arguments = tuple[object, ...]
Apply = Callable[[object, Arguments, Lang], object]


class Unfit(Exception):  # noqa: N818 - carries words for the error that the interpreter raises with the line
    """The value is of a kind that the filter cannot take."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class Filter(msgspec.Struct, frozen=True):
    """One filter: what it does, and how many arguments it takes."""

    apply: Apply
    fewest: int = 0
    most: int = 0


def decimal_of(value: object) -> Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite() and abs(number) < 10**18:
            return number
    raise Unfit("这里需要一个数", "a number is needed here")


def rounded(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def digits_of(arguments: Arguments, default: int) -> int:
    digits = arguments[0] if arguments else default
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 6:
        raise Unfit("小数位数应为 0 到 6", "the digits are 0 to 6")
    return digits


def bare(number: Decimal) -> str:
    """Grouped by thousands, without zeros at the end."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: object, arguments: Arguments, lang: Lang) -> object:
    """`1234.5 | number` is 1,234.5; with an argument exactly so many digits."""
    if value is None:
        return DASH
    if arguments:
        return f"{rounded(decimal_of(value), digits_of(arguments, 0)):,f}"
    return bare(rounded(decimal_of(value), 2))


def percent(value: object, arguments: Arguments, lang: Lang) -> object:
    """`0.8 | percent` is 80%, at most one digit or as many as the argument says."""
    return DASH if value is None else bare(rounded(decimal_of(value) * 100, digits_of(arguments, 1))) + "%"


def money(value: object, arguments: Arguments, lang: Lang) -> object:
    """Short: ¥12.6万 in Chinese, ¥126K in English; the argument is the currency (CNY)."""
    if value is None:
        return DASH
    amount = decimal_of(value)
    return ("-" if amount < 0 else "") + sign_of(arguments) + short(abs(amount), lang)


def short(amount: Decimal, lang: Lang) -> str:
    for step, unit in STEPS[lang]:
        part = amount / step
        if rounded(part, 3) >= 1:
            return bare(rounded(part, 2 if part < 10 else 1 if part < 100 else 0)) + unit
    return bare(rounded(amount, 0 if amount >= 100 else 2))


def exact(value: object, arguments: Arguments, lang: Lang) -> object:
    """The whole amount with cents: ¥126,000.00."""
    if value is None:
        return DASH
    amount = rounded(decimal_of(value), 2)
    return ("-" if amount < 0 else "") + sign_of(arguments) + f"{abs(amount):,f}"


def sign_of(arguments: Arguments) -> str:
    currency = arguments[0] if arguments else "CNY"
    if not isinstance(currency, str) or len(currency) > 8:
        raise Unfit("币种应写成 'CNY' 这样的代码", "the currency is a code such as 'CNY'")
    return SIGNS.get(currency, f"{currency} ")


def day_of(value: object) -> date:
    try:
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise Unfit("这里需要一个日期", "a date is needed here")


def as_date(value: object, arguments: Arguments, lang: Lang) -> object:
    """`3月2日` or `2 Mar`; with 'long' the year and the weekday too."""
    if value is None:
        return DASH
    day = day_of(value)
    long = bool(arguments) and arguments[0] == "long"
    match lang:
        case "zh":
            text = f"{day.month}月{day.day}日"
            return f"{day.year}年{text} 周{WEEKDAYS['zh'][day.weekday()]}" if long else text
        case "en":
            text = f"{day.day} {MONTHS[3 * day.month - 3 : 3 * day.month]}"
            weekday = WEEKDAYS["en"][3 * day.weekday() : 3 * day.weekday() + 3]
            return f"{weekday} {text} {day.year}" if long else text
        case _:
            assert_never(lang)


def as_time(value: object, arguments: Arguments, lang: Lang) -> object:
    """The clock time of a moment: 18:00."""
    if value is None:
        return DASH
    moment = day_of(value)
    if not isinstance(moment, datetime):
        raise Unfit("这里需要一个时刻", "a moment is needed here")
    return f"{moment:%H:%M}"


def text_of(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Unfit("这里需要文字", "text is needed here")


def list_of(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    raise Unfit("这里需要列表", "a list is needed here")


def count_of(arguments: Arguments, most: int) -> int:
    count = arguments[0]
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= most:
        raise Unfit(f"个数应为 0 到 {most}", f"the count is 0 to {most}")
    return count


def join(value: object, arguments: Arguments, lang: Lang) -> object:
    """The texts and numbers of a list with the argument between them, `、` or `, ` without one."""
    between = text_of(arguments[0]) if arguments else "、" if lang == "zh" else ", "
    return between.join(plain(one, lang) for one in list_of(value))


def truncate(value: object, arguments: Arguments, lang: Lang) -> object:
    text, longest = text_of(value), count_of(arguments, 10_000)
    return text if len(text) <= longest else text[: max(longest - 1, 0)] + "…"


def length(value: object, arguments: Arguments, lang: Lang) -> object:
    return len(value) if isinstance(value, str) else len(list_of(value))


def first(value: object, arguments: Arguments, lang: Lang) -> object:
    return next(iter(list_of(value)), None)


def last(value: object, arguments: Arguments, lang: Lang) -> object:
    return next(reversed(list_of(value)), None)


def plain(value: object, lang: Lang) -> str:
    """A value as it is printed without a filter; a text per language is picked."""
    match value:
        case None:
            return DASH
        case bool():
            return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[lang]
        case str():
            return value
        case int() | float() | Decimal():
            return bare_plain(value)
        case date():
            return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value.isoformat()
        case dict() if value and set(value) <= {"zh", "en"}:
            return str(value.get(lang) or next(iter(value.values())))
        case dict():
            names = ", ".join(str(key) for key in list(value)[:20])
            raise Unfit(f"这里有多个值，请写明其一：{names}", f"this holds several values; name one: {names}")
        case _:
            raise Unfit("列表请用 for 或 join", "use for or join with a list")


def bare_plain(value: int | float | Decimal) -> str:
    """A plain number in its shortest form, without an exponent and without grouping."""
    text = f"{decimal_of(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FILTERS: dict[str, Filter] = {
    "money": Filter(money, most=1),
    "exact": Filter(exact, most=1),
    "number": Filter(number, most=1),
    "percent": Filter(percent, most=1),
    "date": Filter(as_date, most=1),
    "time": Filter(as_time),
    "default": Filter(lambda value, arguments, lang: arguments[0] if value is None else value, 1, 1),
    "join": Filter(join, most=1),
    "length": Filter(length),
    "first": Filter(first),
    "last": Filter(last),
    "top": Filter(lambda value, arguments, lang: list_of(value)[: count_of(arguments, 1000)], 1, 1),
    "truncate": Filter(truncate, 1, 1),
    "upper": Filter(lambda value, arguments, lang: text_of(value).upper()),
    "lower": Filter(lambda value, arguments, lang: text_of(value).lower()),
    "trim": Filter(lambda value, arguments, lang: text_of(value).strip()),
}
"""One line per filter."""
