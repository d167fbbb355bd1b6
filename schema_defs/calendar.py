"""`calendar`: working days, fiscal year, and when a day closes."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from schema_defs.base import ClockTime, Document, Fault, Name
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar(Document, frozen=True, kw_only=True, tag="calendar", tag_field="kind"):
    """`holidays` and `working_days` correct the country's table; without `country` Monday to Friday are working days."""

    name: Name = "default"
    time_zone: str = "Asia/Shanghai"
    week_starts: Weekday = "monday"
    country: Literal["CN"] | None = None
    holidays: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
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
            yield Fault(
                path=("working_days",),
                code="day-is-both",
                message=Said(
                    zh=f"{both[0]} 同时列为假日和工作日",
                    en=f"{both[0]} is listed both as a holiday and as a working day",
                ),
                suggestion=Said(zh="从其中一个列表删掉", en="remove it from one of the two lists"),
            )
        if self.working_hours[0] >= self.working_hours[1]:
            yield Fault(
                path=("working_hours",),
                code="hours-order",
                message=Said(zh="上班时间必须早于下班时间", en="the working hours must begin before they end"),
                suggestion=Said(zh='例如 ["08:30", "20:00"]', en='for example ["08:30", "20:00"]'),
            )
