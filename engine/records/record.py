"""One version of one record of a dataset, and a row that could not become one."""

from datetime import date, datetime

import msgspec

from engine.expression.values import Value
from schema_defs.text import Said


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A typed row. `day` is the calendar date of its time in the tenant's zone; `at` is the time itself where it has one.

    `region` is what the record's own region field says (None: empty, or the dataset has none, and then the owner's counts).
    `credit` splits the record over people by shares; without it the owner has all of it. `known_at` None: known from its own day.
    `returns`: of a return the key of the record that came back (empty: it names none); `original` is that record, once it is known.
    """

    dataset: str
    key: tuple[Value, ...]
    day: date
    at: datetime | None = None
    owner: str | None = None
    credit: tuple[tuple[str, float], ...] = ()
    region: str | None = None
    values: dict[str, Value] = {}
    void: bool = False
    deleted: bool = False
    known_at: datetime | None = None
    returns: tuple[Value, ...] | None = None
    original: "Record | None" = None

    @property
    def counts(self) -> bool:
        """Whether any metric may see it: void and deleted records count nowhere."""
        return not (self.void or self.deleted)

    @property
    def days(self) -> tuple[date, ...]:
        """The days that it may count on: its own, and its original's."""
        return (self.day,) if self.original is None else (self.day, self.original.day)

    @property
    def people(self) -> tuple[tuple[str, float], ...]:
        """Who is credited, with shares."""
        if self.credit or self.owner is None:
            return self.credit
        return ((self.owner, 1.0),)


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that goes to quarantine; every reason names the value, what is allowed and the mend. `field` is the first wrong one."""

    reasons: tuple[Said, ...]
    field: str | None = None
