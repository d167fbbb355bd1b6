"""`meeting`: the template of the weekly calibration."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from schema_defs.base import ClockTime, Document, Duration, Fault, Key, Name, Part, Quantity
from schema_defs.calendar import Weekday
from schema_defs.text import Said, Text

Gate = Literal["flag_abnormal", "propose_adjustment", "confirm_key_customers"]
Minutes = Annotated[int, Meta(ge=1, le=240)]
WeekMoment = Annotated[
    str,
    Meta(
        pattern=r"^(monday|tuesday|wednesday|thursday|friday|saturday|sunday) ([01]\d|2[0-3]):[0-5]\d$",
        extra={"example": "friday 16:00"},
    ),
]


class At(Part, frozen=True, kw_only=True):
    """When it is held; on a day off it moves to the next working day."""

    weekday: Weekday
    time: ClockTime


class Send(Part, frozen=True, kw_only=True):
    """Over which channel the snapshot goes out, with which message."""

    channel: Name
    message: Name | None = None
    to: tuple[Key, ...] = ()


class Snapshot(Part, frozen=True, kw_only=True):
    """Which board is frozen, over which period, at which time of the meeting's day."""

    board: Name
    period: Literal["last_week", "this_week", "month_to_date", "last_month"] = "last_week"
    freeze: ClockTime | None = None
    send: Send | None = None


class Before(Part, frozen=True, kw_only=True):
    """The gates of the pre-work, `due` so long before the meeting, with reminders."""

    gates: tuple[Gate, ...] = ()
    due: Duration | None = None
    remind: tuple[WeekMoment, ...] = ()


class KeyCustomers(Part, frozen=True, kw_only=True):
    """The prefilled list: the `top` values of `field` by the metric `by`."""

    dataset: Name
    field: Name
    by: Name
    top: Annotated[int, Meta(ge=1, le=200)] = 10


class AgendaSection(Part, frozen=True, kw_only=True):
    """One timed part of the meeting."""

    section: Literal["bridge", "regions", "people", "disagreements", "key_customers", "decisions", "open_points"]
    minutes: Minutes
    metric: Name | None = None
    tolerance: Quantity | None = None
    title: Text | None = None


class Meeting(Document, frozen=True, kw_only=True, tag="meeting", tag_field="kind"):
    """One occurrence per scope and week; the agenda's minutes fit into `minutes`."""

    at: At
    for_each: Literal["company", "region"] = "company"
    minutes: Minutes = 15
    attendees: tuple[Key, ...] = ()
    snapshot: Snapshot | None = None
    before: Before | None = None
    key_customers: KeyCustomers | None = None
    agenda: tuple[AgendaSection, ...] = ()

    def faults(self) -> Iterator[Fault]:
        total = sum(section.minutes for section in self.agenda)
        if total > self.minutes:
            yield Fault(
                path=("agenda",),
                code="agenda-too-long",
                message=Said(
                    zh=f"议程共 {total} 分钟，超过会议的 {self.minutes} 分钟",
                    en=f"the agenda takes {total} minutes, more than the meeting's {self.minutes}",
                ),
                suggestion=Said(
                    zh=f"缩短议程，或写 minutes: {total}", en=f"shorten the agenda, or write minutes: {total}"
                ),
            )
