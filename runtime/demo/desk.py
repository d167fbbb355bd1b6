"""The demo's ERP as a form: raw fields, checked as a sync would check them, then written to the source's file."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from engine.records.reader import RecordReader
from engine.records.record import BadRow
from runtime.board.columns import visible_fields
from runtime.board.drill import Field
from runtime.board.ids import key_of
from runtime.board.records import Choice, EditField
from runtime.board.viewer import Viewer
from runtime.demo.erp import Erp
from runtime.people.rights import sight_in
from runtime.releases.prepared import Prepared
from schema_defs.dataset import Dataset
from schema_defs.source import Source
from schema_defs.text import Text

Raw = dict[str, Any]


class ErpDesk:
    """Edits the ERP's rows; the product learns of it as of any other change, through the next sync."""

    def __init__(self, erps: Mapping[str, Erp]) -> None:
        self._erps = erps

    def fields(
        self,
        configured: Prepared,
        viewer: Viewer,
        day: date,
        dataset: str,
        record: str,
        given: Mapping[str, str] | None = None,
    ) -> tuple[EditField, ...] | None:
        """The raw fields that the reader may see, as a form shows them; with `given`, what was typed, each error at its field.

        None: not editable.
        """
        sheet = self._open(configured, dataset, record)
        if sheet is None:
            return None
        fields = sheet.visible(viewer, day)
        typed = {column: text for column, text in (given or {}).items() if column in fields}
        errors = sheet.errors(sheet.changed(typed)) if typed else {}
        return tuple(
            _edit_field(sheet, name, field, {**sheet.raw, **typed}, errors.get(name)) for name, field in fields.values()
        )

    def write(
        self, configured: Prepared, viewer: Viewer, day: date, dataset: str, record: str, given: Mapping[str, str]
    ) -> bool:
        """Writes what the reader may see and has changed, if a sync would take the row; False when it would not, and then nothing is written."""
        sheet = self._open(configured, dataset, record)
        if sheet is None:
            return False
        fields = sheet.visible(viewer, day)
        changed = sheet.changed({column: text for column, text in given.items() if column in fields})
        if sheet.errors(changed):
            return False
        if changed != sheet.raw:
            self._erps[configured.tenant].write(dataset, [changed])
        return True

    def _open(self, configured: Prepared, dataset: str, record: str) -> "_Sheet | None":
        document, source = configured.release.datasets.get(dataset), configured.release.source_of(dataset)
        erp, key = self._erps.get(configured.tenant), key_of(record)
        if document is None or source is None or erp is None or key is None:
            return None
        reader = RecordReader(document, source, configured.calendar)
        sheet = _Sheet(configured, document, source, reader, {})
        wanted = [str(part) for part in msgspec.json.decode(key)]
        raw = erp.find(dataset, [sheet.column(name) for name in document.key_fields], wanted)
        return msgspec.structs.replace(sheet, raw=raw) if raw is not None else None


class _Sheet(msgspec.Struct, frozen=True):
    """One row of the ERP, and how the product reads it."""

    configured: Prepared
    document: Dataset
    source: Source
    reader: RecordReader
    raw: Raw

    def column(self, name: str) -> str:
        """The raw column that a field is read from, where it is exactly one."""
        columns = self.reader.columns_of(name)
        return next(iter(columns)) if len(columns) == 1 else name

    def visible(self, viewer: Viewer, day: date) -> dict[str, tuple[str, Field]]:
        """The raw columns that the reader may see, each with its field."""
        sight = sight_in(self.configured, viewer, day)
        return {self.column(name): (name, field) for name, field in visible_fields(self.document, sight)}

    def changed(self, given: Mapping[str, str]) -> Raw:
        """The row with what was typed; its key stays."""
        keys, raw = {self.column(name) for name in self.document.key_fields}, self.raw
        return raw | {name: _typed(text, raw[name]) for name, text in given.items() if name in raw and name not in keys}

    def errors(self, raw: Raw) -> dict[str, Text]:
        """What a sync would say against the row, by field."""
        found = self.reader.read(raw)
        if not isinstance(found, BadRow):
            return {}
        errors: dict[str, Text] = {}
        for reason in found.reasons:
            name = next((each for each in self.document.fields if reason.en.startswith(f"{each}:")), found.field or "")
            errors[name] = {
                "zh": reason.zh.partition("：")[2] or reason.zh,
                "en": reason.en.partition(": ")[2] or reason.en,
            }
        return errors


def _edit_field(sheet: _Sheet, name: str, field: Field, raw: Raw, error: Text | None) -> EditField:
    column = sheet.column(name)
    return EditField(
        field=msgspec.structs.replace(field, name=column),
        raw=_text(raw.get(column)),
        choices=_choices(sheet, name),
        is_key=name in sheet.document.key_fields,
        required=name == sheet.document.time,
        error=error,
    )


def _choices(sheet: _Sheet, name: str) -> tuple[Choice, ...]:
    field, values, org = sheet.document.field(name), sheet.source.values.get(name), sheet.configured.org
    if values:
        return tuple(Choice(value=code, label=f"{code} · {meaning}") for code, meaning in values.items())
    if field.type == "choice":
        return tuple(Choice(value=choice, label=choice) for choice in field.choices)
    if field.type == "region":
        return tuple(Choice(value=key, label=org.label(key)) for key in org.leaves())
    if field.type == "person":
        return tuple(Choice(value=each.key, label=each.label or each.key) for each in org.with_role("seller"))
    return ()


def _typed(text: str, before: Any) -> Any:
    """What the ERP writes for the text: unchanged, it stays to the last digit; a number stays one where it reads as one, for the sync to judge the rest."""
    if text.strip() == _text(before):
        return before
    if not text.strip():
        return None
    if isinstance(before, int | float) and not isinstance(before, bool) and _NUMBER.fullmatch(text.strip()):
        return float(text)
    return text


def _text(value: Any) -> str:
    """A raw value in a form."""
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?", re.ASCII)
