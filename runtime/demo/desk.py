"""The demo's ERP as a form: raw fields, checked as a sync would check them, then written to the source's file."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from engine.expression import parse
from engine.records.reader import RecordReader
from engine.records.record import BadRow
from runtime.board.columns import visible_fields
from runtime.board.drill import Field
from runtime.board.ids import key_of
from runtime.board.records import Choice, EditField
from runtime.board.viewer import Viewer
from runtime.demo.erp import Erp
from runtime.people.rights import sight_of
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
        found = self._open(configured, dataset, record)
        if found is None:
            return None
        document, source, raw = found
        fields = _columns(configured, viewer, day, document, source)
        typed = {name: value for name, value in (given or {}).items() if name in fields}
        errors = _errors(configured, document, source, _changed(document, source, raw, typed)) if given else {}
        return tuple(
            _edit_field(configured, document, source, name, field, {**raw, **typed}, errors.get(name))
            for name, field in fields.values()
        )

    def write(
        self, configured: Prepared, viewer: Viewer, day: date, dataset: str, record: str, given: Mapping[str, str]
    ) -> bool:
        """Writes what the reader may see and has changed, if a sync would take the row; False when it would not, and then nothing is written."""
        found = self._open(configured, dataset, record)
        if found is None:
            return False
        document, source, raw = found
        fields = _columns(configured, viewer, day, document, source)
        changed = _changed(document, source, raw, {name: value for name, value in given.items() if name in fields})
        if _errors(configured, document, source, changed):
            return False
        if changed != raw:
            self._erps[configured.tenant].write(dataset, [changed])
        return True

    def _open(self, configured: Prepared, dataset: str, record: str) -> tuple[Dataset, Source, Raw] | None:
        document, source = configured.release.datasets.get(dataset), configured.release.source_of(dataset)
        erp, key = self._erps.get(configured.tenant), key_of(record)
        if document is None or source is None or erp is None or key is None:
            return None
        wanted = [str(part) for part in msgspec.json.decode(key)]
        raw = erp.find(dataset, [_raw_name(source, name) for name in document.key_fields], wanted)
        return (document, source, raw) if raw is not None else None


def _columns(
    configured: Prepared, viewer: Viewer, day: date, document: Dataset, source: Source
) -> dict[str, tuple[str, Field]]:
    """The raw columns that the reader may see, each with its field."""
    sight = sight_of(configured.org, viewer, day)
    return {_raw_name(source, name): (name, field) for name, field in visible_fields(document, sight)}


def _changed(document: Dataset, source: Source, raw: Raw, given: Mapping[str, str]) -> Raw:
    """The row with what was typed; its key stays."""
    keys = {_raw_name(source, name) for name in document.key_fields}
    return raw | {name: _typed(text, raw[name]) for name, text in given.items() if name in raw and name not in keys}


def _errors(configured: Prepared, document: Dataset, source: Source, raw: Raw) -> dict[str, Text]:
    """What a sync would say against the row, by field."""
    found = RecordReader(document, source, configured.calendar).read(raw)
    if not isinstance(found, BadRow):
        return {}
    errors: dict[str, Text] = {}
    for reason in found.reasons:
        name = next((each for each in document.fields if reason.en.startswith(f"{each}:")), found.field or "")
        errors[name] = {
            "zh": reason.zh.partition("：")[2] or reason.zh,
            "en": reason.en.partition(": ")[2] or reason.en,
        }
    return errors


def _edit_field(
    configured: Prepared, document: Dataset, source: Source, name: str, field: Field, raw: Raw, error: Text | None
) -> EditField:
    column = _raw_name(source, name)
    value = raw.get(column)
    return EditField(
        field=msgspec.structs.replace(field, name=column),
        raw=_text(value),
        choices=_choices(configured, document, source, name),
        is_key=name in document.key_fields,
        required=name == document.time,
        error=error,
    )


def _choices(configured: Prepared, document: Dataset, source: Source, name: str) -> tuple[Choice, ...]:
    field, values = document.field(name), source.values.get(name)
    if values:
        return tuple(Choice(value=code, label=f"{code} · {meaning}") for code, meaning in values.items())
    if field.type == "choice":
        return tuple(Choice(value=choice, label=choice) for choice in field.choices)
    if field.type == "region":
        return tuple(Choice(value=key, label=configured.org.label(key)) for key in configured.org.leaves())
    if field.type == "person":
        sellers = configured.org.with_role("seller")
        return tuple(Choice(value=person.key, label=person.label or person.key) for person in sellers)
    return ()


def _raw_name(source: Source, name: str) -> str:
    """The column that a field is read from, where its mapping names exactly one."""
    names = parse(source.map[name]).names if name in source.map else frozenset({name})
    return next(iter(names)) if len(names) == 1 else name


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
