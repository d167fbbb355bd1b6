"""The filters of templates: how numbers, dates and lists read in each language. A missing value reads as a dash."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import msgspec

from engine import wording
from schema_defs.text import Lang

DASH = wording.MISSING
OF_MONEY = ("money", "exact")
"""The filters whose argument is the currency; without one it is the tenant's."""

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


def digits_of(arguments: Arguments, default: int) -> int:
    digits = arguments[0] if arguments else default
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 6:
        raise Unfit("小数位数应为 0 到 6", "the digits are 0 to 6")
    return digits


def number(value: object, arguments: Arguments, lang: Lang) -> object:
    """`1234.5 | number` is 1,235, `126000 | number` 12.6 万 or 126.0K, as on the board; with an argument exactly so many digits."""
    if value is None:
        return DASH
    if arguments:
        return wording.decimal(decimal_of(value), digits_of(arguments, 0))
    return wording.amount(decimal_of(value), "number", lang)


def percent(value: object, arguments: Arguments, lang: Lang) -> object:
    """`0.8 | percent` is 80.0%, with one digit or as many as the argument says."""
    return DASH if value is None else wording.percent(decimal_of(value), digits_of(arguments, 1))


def money(value: object, arguments: Arguments, lang: Lang) -> object:
    """As on the board: 12.6 万元 in Chinese, CNY 126.0K in English; the argument is the currency."""
    return DASH if value is None else wording.amount(decimal_of(value), "money", lang, currency_of(arguments))


def exact(value: object, arguments: Arguments, lang: Lang) -> object:
    """The whole amount with cents: 126,000.00 元, CNY 126,000.00."""
    return DASH if value is None else wording.exact(decimal_of(value), lang, currency_of(arguments))


def currency_of(arguments: Arguments) -> str:
    currency = arguments[0] if arguments else "CNY"
    if not isinstance(currency, str) or len(currency) > 8:
        raise Unfit("币种应写成 'CNY' 这样的代码", "the currency is a code such as 'CNY'")
    return currency


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
    long = bool(arguments) and arguments[0] == "long"
    return wording.day(day_of(value), lang, weekday=long, year=long)


def as_time(value: object, arguments: Arguments, lang: Lang) -> object:
    """The clock time of a moment: 18:00."""
    if value is None:
        return DASH
    moment = day_of(value)
    if not isinstance(moment, datetime):
        raise Unfit("这里需要一个时刻", "a moment is needed here")
    return wording.clock(moment)


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
