"""The pace of a month, and the figures that stand beside an actual and its target."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

import msgspec
import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import Array
from engine.periods import days_of, month_bounds

How = Literal["working_days", "calendar_days", "history"]
DayShape = Sequence[float]
"""The cumulative share at the end of each working day of a past month; the last is 1."""

_NEAR_ZERO = 1e-9


class Figures(msgspec.Struct, frozen=True):
    """What a rule and a board read of one scope on one day, month to date; None is missing."""

    actual: float | None = None
    target: float | None = None
    attainment: float | None = None
    pace: float | None = None
    gap: float | None = None
    gap_amount: float | None = None
    run_rate: float | None = None
    projection: float | None = None


def pace_share(
    calendar: WorkCalendar,
    month: str,
    day: date,
    how: How = "working_days",
    is_rate: bool = False,
    shape: DayShape | None = None,
) -> float:
    """The share of the month's target that is expected by the end of the day, 0 to 1.

    A rate (ratio, average, percent) is expected whole from the first day. Without a historic shape, `history` is by working
    days; a month without working days is by calendar days.
    """
    first, last = month_bounds(month)
    if day < first:
        return 0.0
    if is_rate or day >= last:
        return 1.0
    elapsed, whole = calendar.working_days(first, day), calendar.working_days(first, last)
    by_days = (day.day - first.day + 1) / last.day
    match how:
        case "calendar_days":
            return by_days
        case "history" if shape and whole:
            return _share_of_shape(shape, elapsed / whole)
        case "working_days" | "history":
            return elapsed / whole if whole else by_days
        case _:
            assert_never(how)


def day_shape(values: Mapping[date, float], calendar: WorkCalendar, month: str) -> DayShape | None:
    """How a past month's values came in over its working days; None if their sum is not above zero.

    What came in on a day off counts with the working day before it (before the first one: with the first).
    """
    first, last = month_bounds(month)
    working: list[float] = []
    early = 0.0
    for day in days_of(first, last):
        if calendar.is_working(day):
            working.append(values.get(day, 0.0) + (0.0 if working else early))
        elif working:
            working[-1] += values.get(day, 0.0)
        else:
            early += values.get(day, 0.0)
    total = math.fsum(working)
    if not working or not math.isfinite(total) or total <= 0:
        return None
    return _rising([math.fsum(working[: position + 1]) / total for position in range(len(working))])


def working_days_left(calendar: WorkCalendar, day: date) -> int:
    """The working days of the month after the day, which is over when its pace is judged."""
    last = month_bounds(f"{day:%Y-%m}")[1]
    return calendar.working_days(day, last) - calendar.is_working(day)


def figures(
    actual: float | Decimal | None, target: float | Decimal | None, pace: float | None, working_days_left: int
) -> Figures:
    """All figures of an actual and a target; what cannot be said is None, and nothing raises.

    A missing target makes attainment and pace missing; a target of 0 makes the attainment missing.
    """
    actual, target = _number(actual), _number(target)
    pace = _number(pace) if target is not None else None
    attainment = _divided(actual, target)
    left = None if actual is None or target is None else max(0.0, target - actual)
    return Figures(
        actual=actual,
        target=target,
        attainment=attainment,
        pace=pace,
        gap=None if attainment is None or pace is None else attainment - pace,
        gap_amount=None if actual is None or target is None or pace is None else _number(actual - pace * target),
        run_rate=_divided(left, working_days_left),
        projection=_divided(actual, pace),
    )


def figures_of_many(actual: Array, target: Array, pace: Array, working_days_left: Array) -> dict[str, Array]:
    """`figures` of many at once; not-a-number is missing, in what is given and in what is found."""
    with np.errstate(all="ignore"):
        actual, target = _numbers(actual), _numbers(target)
        pace = np.where(np.isnan(target), np.nan, _numbers(pace))
        attainment = _all_divided(actual, target)
        return {
            "actual": actual,
            "target": target,
            "attainment": attainment,
            "pace": pace,
            "gap": attainment - pace,
            "gap_amount": _numbers(actual - pace * target),
            "run_rate": _all_divided(np.maximum(0.0, target - actual), working_days_left),
            "projection": _all_divided(actual, pace),
        }


def _numbers(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def _all_divided(above: Array, below: Array) -> Array:
    return _numbers(above / np.where(np.abs(below) < _NEAR_ZERO, np.nan, below))


def _number(value: float | Decimal | None) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _divided(above: float | None, below: float | None) -> float | None:
    if above is None or below is None or abs(below) < _NEAR_ZERO:
        return None
    return _number(above / below)


def _rising(shares: list[float]) -> tuple[float, ...]:
    """Returns can take back what came in; an expectation never falls, and ends at 1."""
    highest, rising = 0.0, []
    for share in shares:
        highest = max(highest, min(share, 1.0))
        rising.append(highest)
    return (*rising[:-1], 1.0)


def _share_of_shape(shape: DayShape, part: float) -> float:
    """The shape at a part of its length, straight between its days: months differ in how many they have."""
    position = part * len(shape)
    whole = min(int(position), len(shape))
    before = shape[whole - 1] if whole else 0.0
    if whole == len(shape):
        return before
    return before + (position - whole) * (shape[whole] - before)
