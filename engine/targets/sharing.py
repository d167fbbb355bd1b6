"""Who shares in a region's target, and in which part of each month."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from engine.calendar import WorkCalendar
from engine.org import Org
from engine.periods import days_of, month_bounds

SELLER = "seller"
Presence = dict[str, tuple[Fraction, ...]]
"""Per person and month: working days of membership / working days of the month."""


def sharing(org: Org, calendar: WorkCalendar, months: Sequence[str]) -> dict[str, Presence]:
    """Per region, its sellers who are members on at least one working day of one of the months, as the people are listed."""
    found: dict[str, dict[str, list[Fraction]]] = {}
    for person in org.with_role(SELLER):
        for index, month in enumerate(months):
            for region, part in parts_of_month(org, calendar, person.key, month).items():
                if region is not None:
                    row = found.setdefault(region, {}).setdefault(person.key, [Fraction()] * len(months))
                    row[index] = part
    return {region: {key: tuple(parts) for key, parts in rows.items()} for region, rows in found.items()}


def parts_of_month(org: Org, calendar: WorkCalendar, person: str, month: str) -> dict[str | None, Fraction]:
    """Where the person is a member on the month's working days, and for which part of them; the last one last.

    Days in the company without a region are under None. A month without working days counts all its days.
    """
    first, last = month_bounds(month)
    counts: dict[str | None, int] = {}
    whole = calendar.working_days(first, last)
    for start, end in _stretches(org, person, first, last):
        days = calendar.working_days(start, end) if whole else len(days_of(start, end))
        if days and org.is_present(person, start):
            region = org.region_of(person, start)
            counts[region] = counts.pop(region, 0) + days
    return {region: Fraction(days, whole or last.day) for region, days in counts.items()}


def region_in_month(org: Org, calendar: WorkCalendar, person: str, month: str) -> str | None:
    """The region of the person's last working day of membership in the month."""
    return next(reversed(parts_of_month(org, calendar, person, month)), None)


def _stretches(org: Org, person: str, first: date, last: date) -> list[tuple[date, date]]:
    """The month cut where the person's membership may change."""
    starts = [first, *(day for day in org.changes(person) if first < day <= last)]
    ends = [date.fromordinal(day.toordinal() - 1) for day in starts[1:]] + [last]
    return list(zip(starts, ends, strict=True))
