"""The records of a dataset as a searchable table, and one record with its versions."""

from datetime import datetime
from typing import Any

import msgspec

from runtime.board.clocks import source_clocks
from runtime.board.columns import visible_fields
from runtime.board.drill import Field
from runtime.board.ids import id_of, key_of
from runtime.board.records import BadRow, DatasetTab, EditField, RecordRow, RecordsView, RecordView, Shown, Version
from runtime.board.values import value_shown
from runtime.board.view import SourceClock
from runtime.board.viewer import Viewer
from runtime.people.rights import Sight, sight_in
from runtime.records.returns import without_original
from runtime.records.rows import QuarantinedRow, SyncRunRow
from runtime.records.rows import RecordRow as Stored
from runtime.records.store import values_reader, versions_of
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.text import Text

PER_PAGE = 50
SEARCHED = 2_000
"""Of so many records that hold a text anywhere, the newest are looked at."""
_ORDER = ("-day", "-known_at", "key")
QUARANTINE_SHOWN = 20


async def build_records(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    dataset: str | None = None,
    search: str = "",
    page: int = 1,
    editable: bool = False,
) -> RecordsView | None:
    """The records that the reader may see, newest first; None for a dataset that does not exist."""
    datasets = configured.release.datasets
    chosen = dataset or next(iter(datasets), None)
    if chosen is None:
        return RecordsView()
    if chosen not in datasets:
        return None
    sight, document = sight_in(configured, viewer, configured.calendar.today(now)), datasets[chosen]
    query = _present(configured, document, sight)
    if search.strip():
        query = query.filter(id__in=await _found(query, document, sight, search.strip()))
    tabs = {name: await _tab(configured, each, sight) for name, each in datasets.items()}
    total = await query.count() if search.strip() else tabs[chosen].records
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    found = await query.order_by(*_ORDER).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    clocks = await source_clocks(configured, now)
    keeps_data = viewer.has("it", "author", "director")
    return RecordsView(
        datasets=tuple(tabs.values()),
        chosen=tabs[chosen],
        fields=tuple(field for _, field in visible_fields(document, sight)),
        rows=tuple(_row(configured, document, sight, row) for row in found),
        search=search,
        total=total,
        page=page,
        pages=pages,
        sources=_clocks_of(configured, clocks, document),
        quarantine=await _quarantine(configured, document) if keeps_data else (),
        without_original=await without_original(configured.tenant, document) if keeps_data else 0,
        editable=editable,
    )


async def build_record(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    dataset: str,
    record: str,
    fields: tuple[EditField, ...] | None = None,
) -> RecordView | None:
    """One record with all its versions; `fields` are its raw fields where the source can be edited here."""
    document, key = configured.release.datasets.get(dataset), key_of(record)
    if document is None or key is None:
        return None
    sight = sight_in(configured, viewer, configured.calendar.today(now))
    versions = await versions_of(configured.tenant, dataset, key)
    if not versions or not await _present(configured, document, sight).filter(key=key).exists():
        return None
    clocks = _clocks_of(configured, await source_clocks(configured, now), document)
    return RecordView(
        id=record,
        dataset=await _tab(configured, document, sight),
        title=" · ".join(str(part) for part in msgspec.json.decode(key)),
        fields=fields if fields is not None else _read_only(configured, document, sight, versions[0]),
        versions=tuple(_versions(configured, document, sight, versions)),
        editable=fields is not None,
        source=next(iter(clocks), None),
    )


async def _found(query: Any, dataset: Dataset, sight: Sight, search: str) -> list[str]:
    """The ids of the newest records that hold the text in a field that the reader may see; keys and hidden values are no place to look."""
    names = [name for name, _ in visible_fields(dataset, sight)]
    some = query.filter(values__icontains=_in_json(search)).order_by(*_ORDER).limit(SEARCHED)
    wanted = search.casefold()
    return [
        record
        for record, values in await some.values_list("id", "values")
        if any(wanted in _searched(values.get(name)) for name in names)
    ]


def _searched(value: object) -> str:
    """A stored value as text to look in; whole numbers have no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).casefold()


def _present(configured: Prepared, dataset: Dataset, sight: Sight) -> Any:
    """The newest versions that the reader may see: all, or those of their regions and people."""
    query = rows(Stored, configured.tenant).filter(dataset=dataset.name, superseded_at__isnull=True)
    if sight.everything:
        return query
    if dataset.region is not None and sight.regions:
        return query.filter(region__in=sorted(sight.regions))
    return query.filter(owner__in=sorted(sight.people) or ["\0"])


async def _tab(configured: Prepared, dataset: Dataset, sight: Sight) -> DatasetTab:
    count = await _present(configured, dataset, sight).count()
    return DatasetTab(name=dataset.name, label=dataset.label or dataset.name, records=count)


def _row(configured: Prepared, dataset: Dataset, sight: Sight, row: Stored) -> RecordRow:
    return RecordRow(
        id=id_of(row.key),
        values=_shown(configured, dataset, sight, row),
        void=row.void,
        deleted=row.deleted,
        known_at=row.known_at.astimezone(configured.calendar.tz),
        versions=row.version,
    )


def _shown(configured: Prepared, dataset: Dataset, sight: Sight, row: Stored) -> tuple[Shown, ...]:
    values = values_reader(dataset)(row.values)
    return tuple(value_shown(configured, field, values.get(name)) for name, field in visible_fields(dataset, sight))


def _read_only(configured: Prepared, dataset: Dataset, sight: Sight, row: Stored) -> tuple[EditField, ...]:
    return tuple(
        EditField(
            field=field,
            raw="" if row.values.get(name) is None else str(row.values[name]),
            is_key=name in dataset.key_fields,
        )
        for name, field in visible_fields(dataset, sight)
    )


def _versions(configured: Prepared, dataset: Dataset, sight: Sight, versions: list[Stored]) -> list[Version]:
    found = []
    for row, older in zip(versions, [*versions[1:], None], strict=True):
        changes = _changes(configured, dataset, sight, row, older) if older is not None else ()
        moment = row.known_at.astimezone(configured.calendar.tz)
        found.append(Version(known_at=moment, deleted=row.deleted, changes=changes))
    return found


def _changes(
    configured: Prepared, dataset: Dataset, sight: Sight, row: Stored, older: Stored
) -> tuple[tuple[Text, Shown, Shown], ...]:
    before, after = _shown(configured, dataset, sight, older), _shown(configured, dataset, sight, row)
    fields: list[Field] = [field for _, field in visible_fields(dataset, sight)]
    return tuple((field.label, old, new) for field, old, new in zip(fields, before, after, strict=True) if old != new)


async def _quarantine(configured: Prepared, dataset: Dataset) -> tuple[BadRow, ...]:
    query = rows(QuarantinedRow, configured.tenant).filter(dataset=dataset.name, resolved_at__isnull=True)
    bad = await query.order_by("-id").limit(QUARANTINE_SHOWN)
    runs = {row.id: row for row in await rows(SyncRunRow, configured.tenant).filter(id__in=[row.run_id for row in bad])}
    return tuple(
        BadRow(
            file=runs[row.run_id].file or "",
            line=row.line,
            reasons=tuple({"zh": reason["zh"], "en": reason["en"]} for reason in row.reasons),
            raw=msgspec.json.encode(row.given).decode()[:400],
            at=runs[row.run_id].started_at.astimezone(configured.calendar.tz),
        )
        for row in bad
        if row.run_id in runs
    )


def _clocks_of(configured: Prepared, clocks: tuple[SourceClock, ...], dataset: Dataset) -> tuple[SourceClock, ...]:
    sources = configured.release.sources
    return tuple(clock for clock in clocks if sources[clock.name].dataset == dataset.name)


def _in_json(search: str) -> str:
    """The text as it stands inside the stored JSON."""
    return msgspec.json.encode(search).decode()[1:-1]
