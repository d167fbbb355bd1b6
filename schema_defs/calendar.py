"""`calendar`: working days, fiscal year, and when a day closes."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from schema_defs.base import ClockTime, Document, Fault, Name, Part
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class YearPlan(Part, frozen=True, kw_only=True):
    """A year's whole official plan: every day off that it names, and the days at weekends that are worked to make up."""

    year: Annotated[int, Meta(ge=1900, le=2200)]
    off: tuple[date, ...]
    make_up: tuple[date, ...] = ()

    def faults(self) -> Iterator[Fault]:
        for key in ("off", "make_up"):
            for position, day in enumerate(getattr(self, key)):
                if day.year != self.year:
                    yield _of_another_year((key, position), day, self.year)
        for position, day in enumerate(self.make_up):
            if day in self.off:
                yield _is_both(("make_up", position), day)


class Calendar(Document, frozen=True, kw_only=True, tag="calendar", tag_field="kind"):
    """`holidays` and `working_days` correct the country's table, `years` are official plans that this version lacks; without `country` Monday to Friday are working days."""

    name: Name = "default"
    time_zone: str = "Asia/Shanghai"
    week_starts: Weekday = "monday"
    country: Literal["CN"] | None = None
    holidays: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
    years: tuple[YearPlan, ...] = ()
    fiscal_year_starts: Annotated[int, Meta(ge=1, le=12)] = 1
    day_closes: ClockTime = "18:00"
    working_hours: tuple[ClockTime, ClockTime] = ("08:30", "20:00")

    def faults(self) -> Iterator[Fault]:
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, KeyError):
            yield Fault(
                path=("time_zone",),
                code="unknown-time-zone",
                message=Said(
                    zh=f"未知时区 '{self.time_zone}'；例如 Asia/Shanghai",
                    en=f"unknown time zone '{self.time_zone}'; for example Asia/Shanghai",
                ),
                suggestion=did_you_mean(self.time_zone, ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "UTC")),
            )
        if both := sorted(set(self.holidays) & set(self.working_days)):
            yield _is_both(("working_days",), both[0])
        seen: set[int] = set()
        for position, plan in enumerate(self.years):
            if plan.year in seen:
                yield _year_twice(("years", position, "year"), plan.year)
            seen.add(plan.year)
        if self.working_hours[0] >= self.working_hours[1]:
            yield Fault(
                path=("working_hours",),
                code="hours-order",
                message=Said(zh="上班时间必须早于下班时间", en="the working hours must begin before they end"),
                suggestion=Said(zh='例如 ["08:30", "20:00"]', en='for example ["08:30", "20:00"]'),
            )


def _is_both(path: tuple[str | int, ...], day: date) -> Fault:
    return Fault(
        path=path,
        code="day-is-both",
        message=Said(
            zh=f"{day} 同时列为假日和工作日",
            en=f"{day} is listed both as a holiday and as a working day",
        ),
        suggestion=Said(zh="从其中一个列表删掉", en="remove it from one of the two lists"),
    )


def _of_another_year(path: tuple[str | int, ...], day: date, year: int) -> Fault:
    return Fault(
        path=path,
        code="day-of-another-year",
        message=Said(zh=f"{day} 不在 {year} 年", en=f"{day} is not in {year}"),
        suggestion=Said(zh=f"写到 {day.year} 年的安排里", en=f"write it into the plan of {day.year}"),
    )


def _year_twice(path: tuple[str | int, ...], year: int) -> Fault:
    return Fault(
        path=path,
        code="year-twice",
        message=Said(zh=f"{year} 年的安排写了两次", en=f"there are two plans of {year}"),
        suggestion=Said(zh="合并成一份", en="put them together"),
    )
