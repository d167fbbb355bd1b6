"""The demo's ERP as a form: raw fields, checked as a sync would check them, then written to the source's file."""

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
        dataset: str,
        record: str,
        given: Mapping[str, str] | None = None,
    ) -> tuple[EditField, ...] | None:
        """The raw fields as a form shows them; with `given`, what was typed, each error at its field. None: not editable."""
        found = self._open(configured, dataset, record)
        if found is None:
            return None
        document, source, raw = found
        shown = {**raw, **(given or {})}
        errors = _errors(configured, document, source, shown) if given is not None else {}
        sight = sight_of(configured.org, viewer, date.max)
        return tuple(
            _edit_field(configured, document, source, name, field, shown, errors.get(name))
            for name, field in visible_fields(document, sight)
        )

    def write(self, configured: Prepared, dataset: str, record: str, given: Mapping[str, str]) -> bool:
        """Writes the row if a sync would take it; False when it would not, or it is not there, and then nothing is written."""
        found = self._open(configured, dataset, record)
        if found is None:
            return False
        document, source, raw = found
        keys = {_raw_name(source, name) for name in document.key_fields}
        typed = {name: _typed(value, raw[name]) for name, value in given.items() if name in raw and name not in keys}
        changed = {**raw, **typed}
        if _errors(configured, document, source, changed):
            return False
        if changed != raw:
            self._erps[configured.tenant].append(dataset, [changed])
        return True

    def _open(self, configured: Prepared, dataset: str, record: str) -> tuple[Dataset, Source, Raw] | None:
        document, source = configured.release.datasets.get(dataset), configured.release.source_of(dataset)
        erp, key = self._erps.get(configured.tenant), key_of(record)
        if document is None or source is None or erp is None or key is None:
            return None
        wanted = [str(part) for part in msgspec.json.decode(key)]
        raw = erp.find(dataset, [_raw_name(source, name) for name in document.key_fields], wanted)
        return (document, source, raw) if raw is not None else None


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
        raw="" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value),
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
    """A number stays a number where it reads as one; what does not is written as typed, for the sync to judge."""
    if not text.strip():
        return None
    if isinstance(before, int | float) and not isinstance(before, bool):
        try:
            return float(text)
        except ValueError:
            return text
    return text
