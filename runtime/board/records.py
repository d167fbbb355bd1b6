"""Records as a searchable table, and one record with its versions."""

from datetime import datetime

import msgspec

from runtime.board.drill import Field
from runtime.board.view import SourceClock
from schema_defs.text import Text

Shown = Text | float | bool | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    label: Text


class EditField(msgspec.Struct, frozen=True, kw_only=True):
    """A raw field of the source as a form shows it."""

    field: Field
    raw: str
    """The present value as the source writes it."""
    choices: tuple[Choice, ...] = ()
    is_key: bool = False
    required: bool = False
    error: Text | None = None


class RecordRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """Opaque, safe in an address."""
    values: tuple[Shown, ...]
    void: bool = False
    deleted: bool = False
    known_at: datetime | None = None
    versions: int = 1


class DatasetTab(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: Text
    records: int


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row in quarantine."""

    file: str
    line: int
    reasons: tuple[Text, ...]
    raw: str
    at: datetime


class RecordsView(msgspec.Struct, frozen=True, kw_only=True):
    datasets: tuple[DatasetTab, ...] = ()
    chosen: DatasetTab | None = None
    fields: tuple[Field, ...] = ()
    rows: tuple[RecordRow, ...] = ()
    search: str = ""
    total: int = 0
    page: int = 1
    pages: int = 1
    sources: tuple[SourceClock, ...] = ()
    quarantine: tuple[BadRow, ...] = ()
    without_original: int = 0
    """So many returns count as what they are themselves, because the record that came back is not known."""
    editable: bool = False
    """The source can be edited here (the demo's ERP); elsewhere records are only read."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    known_at: datetime
    deleted: bool
    changes: tuple[tuple[Text, Shown, Shown], ...] = ()
    """Label, before, after."""


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    dataset: DatasetTab
    title: str
    fields: tuple[EditField, ...]
    versions: tuple[Version, ...] = ()
    """Newest first."""
    editable: bool = False
    source: SourceClock | None = None
