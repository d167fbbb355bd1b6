"""Official plans of days off as a table: what a year's plan must hold to be whole, and a calendar with the table's days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, get_args

import msgspec

from engine.calendar import WorkCalendar
from engine.statutory import official_make_up, official_off, statutory_days
from schema_defs.calendar import Calendar, YearPlan
from schema_defs.release import Release, release_of
from schema_defs.text import Said

DayKind = Literal["off", "make_up", "ordinary"]
KINDS: tuple[DayKind, ...] = get_args(DayKind)
_LAW_OF_2024 = 2025
"""Since this year New Year's Eve of the lunar year and 2 May are statutory too."""


class TableDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the table: off, made up (a working day at a weekend), or ordinary, which takes back what the official plan says."""

    day: date
    kind: DayKind
    name: str = ""


def official_days() -> Iterator[TableDay]:
    """The official plans that this version knows, day by day."""
    days = [TableDay(day=day, kind="off", name=name) for day, name in official_off().items()]
    days += [TableDay(day=day, kind="make_up", name=name) for day, name in official_make_up().items()]
    yield from sorted(days, key=lambda each: each.day)


def missing_of(year: int, off: Iterable[date]) -> list[date]:
    """The statutory days that a whole plan of the year would name as off, and this one does not."""
    optional = {date(year, 5, 2)} if year < _LAW_OF_2024 else set()
    return sorted(statutory_days(year) - optional - set(off))


def with_table(calendar: Calendar, days: Sequence[TableDay]) -> Calendar:
    """The calendar by the table: whole years as official plans, other days as corrections; what the document says comes first."""
    plans, holidays, working = list[YearPlan](), set(calendar.holidays), set(calendar.working_days)
    by_year: dict[int, list[TableDay]] = defaultdict(list)
    for each in days:
        by_year[each.day.year].append(each)
    for year, some in sorted(by_year.items()):
        off = tuple(each.day for each in some if each.kind == "off")
        if not missing_of(year, off) and all(plan.year != year for plan in calendar.years):
            plans.append(
                YearPlan(year=year, off=off, make_up=tuple(each.day for each in some if each.kind == "make_up"))
            )
            continue
        for each in some:
            if each.day not in holidays and each.day not in working:
                (holidays if _is_off(each) else working).add(each.day)
    return msgspec.structs.replace(
        calendar,
        years=(*calendar.years, *plans),
        holidays=tuple(sorted(holidays)),
        working_days=tuple(sorted(working)),
    )


def _is_off(each: TableDay) -> bool:
    return each.kind == "off" or (each.kind == "ordinary" and each.day.weekday() >= 5)


def predicted(calendar: WorkCalendar, years: Iterable[int]) -> list[Said]:
    """A warning that names the years whose working days are predicted; none where all are known."""
    named = [str(year) for year in years if calendar.predicted(year)]
    if not named:
        return []
    return [
        Said(
            zh=f"{'、'.join(named)} 年的官方放假安排还不知道：工作日按周末和法定节假日预测",
            en=f"no official plan of the days off of {', '.join(named)} is known: working days there are predicted",
        )
    ]


def dated(release: Release, days: Sequence[TableDay]) -> Release:
    """The release with the table's days in its calendar; one without a country has no use for them."""
    if not days or release.calendar.country is None:
        return release
    table = with_table(release.calendar, days)
    return release_of(table if type(each) is Calendar else each for each in release.documents)
