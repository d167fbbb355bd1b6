"""What a metric would say now, as its author writes it: problems, matching records, the value, and what no category takes."""

import msgspec

from runtime.board.drill import Field
from runtime.board.records import Shown
from schema_defs.text import Text


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    column: int
    level: str
    code: str
    message: Text
    suggestion: Text | None = None


class Unmapped(msgspec.Struct, frozen=True, kw_only=True):
    """Records that have no value in a field that the metric reads. `value` is the raw one that nothing takes; None: the field is
    empty in the record. `amount` is what they would add to a sum, None where that is not known.
    """

    field: str
    label: Text
    value: str | None = None
    records: int
    amount: float | None = None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Of a base metric: how many records of the month count at all, and how many of them the filter keeps, with some of these."""

    metric: str
    dataset: str
    records: int
    matched: int
    fields: tuple[Field, ...]
    rows: tuple[tuple[Shown, ...], ...]
    unmapped: tuple[Unmapped, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but `problems` while there are errors; nothing but `hidden` for who may not see a field that the metric reads."""

    problems: tuple[Problem, ...] = ()
    hidden: bool = False
    metric: str | None = None
    scope: str | None = None
    key: str | None = None
    value: float | str | bool | None = None
    """Month to date, of the widest scope that the reader sees."""
    filters: tuple[Filter, ...] = ()
