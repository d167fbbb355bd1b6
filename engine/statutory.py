"""China's days off: the official plan where it is known, otherwise the statutory days, which are a prediction.

The official plans (2004 to 2026, with make-up days) come from `chinesecalendar`. A year outside them has its weekends and the
thirteen statutory days of the law of 2024 where they fall; a statutory day on a weekend is not moved, and nothing is made up,
because only the State Council's plan decides that. Lunar festivals are listed until 2060; other years keep the fixed days only.
"""

from datetime import date, timedelta
from functools import cache

from chinese_calendar.constants import holidays as _official_holidays
from chinese_calendar.constants import workdays as _official_workdays

FIRST_OFFICIAL_YEAR: int = min(_official_holidays).year
LAST_OFFICIAL_YEAR: int = max(_official_holidays).year

_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))

_FESTIVALS: dict[int, tuple[str, str, str, str]] = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
    2041: ("02-01", "04-04", "06-03", "09-10"),
    2042: ("01-22", "04-04", "06-22", "09-28"),
    2043: ("02-10", "04-05", "06-11", "09-17"),
    2044: ("01-30", "04-04", "05-31", "10-05"),
    2045: ("02-17", "04-04", "06-19", "09-25"),
    2046: ("02-06", "04-04", "06-08", "09-15"),
    2047: ("01-26", "04-05", "05-29", "10-04"),
    2048: ("02-14", "04-04", "06-15", "09-22"),
    2049: ("02-02", "04-04", "06-04", "09-11"),
    2050: ("01-23", "04-04", "06-23", "09-30"),
    2051: ("02-11", "04-05", "06-13", "09-19"),
    2052: ("02-01", "04-04", "06-01", "09-07"),
    2053: ("02-19", "04-04", "06-20", "09-26"),
    2054: ("02-08", "04-04", "06-10", "09-16"),
    2055: ("01-28", "04-05", "05-30", "10-05"),
    2056: ("02-15", "04-04", "06-17", "09-24"),
    2057: ("02-04", "04-04", "06-06", "09-13"),
    2058: ("01-24", "04-04", "06-25", "10-02"),
    2059: ("02-12", "04-05", "06-14", "09-21"),
    2060: ("02-02", "04-04", "06-03", "09-09"),
}
"""Per year: the first day of the lunar year, Tomb-Sweeping Day, the Dragon Boat Festival, the Mid-Autumn Festival."""


def is_official(year: int) -> bool:
    """Whether the State Council's plan of the year is known."""
    return FIRST_OFFICIAL_YEAR <= year <= LAST_OFFICIAL_YEAR


def official_off() -> dict[date, str]:
    """The days off of all official plans, with what they are for."""
    return {day: NAMES.get(name, name) for day, name in _official_holidays.items()}


def official_make_up() -> dict[date, str]:
    """The days at weekends that are worked by the official plans, with the holiday that they make up for."""
    return {day: NAMES.get(name, name) for day, name in _official_workdays.items()}


NAMES: dict[str, str] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
"""What the holidays are called in both languages."""


@cache
def statutory_days(year: int) -> frozenset[date]:
    """The statutory days off of a year without an official plan."""
    days = {date(year, month, day) for month, day in _FIXED}
    festivals = [date.fromisoformat(f"{year}-{day}") for day in _FESTIVALS.get(year, ())]
    if festivals:
        spring = festivals[0]
        days.update(spring + timedelta(days=offset) for offset in (-1, 0, 1, 2))
        days.update(festivals[1:])
    return frozenset(days)


def works_in_china(day: date) -> bool:
    """Whether the day is a working day by the official plan, or by the prediction where there is none."""
    weekday = day.weekday() < 5
    if not is_official(day.year):
        return weekday and day not in statutory_days(day.year)
    return day in _official_workdays or (weekday and day not in _official_holidays)
