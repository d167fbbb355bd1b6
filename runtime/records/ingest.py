"""Raw rows become versions of records: bad ones to quarantine, changed ones mark their old and their new place dirty."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from connectors.sources.protocol import RawRow
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from runtime.database import transact
from runtime.ids import new_id
from runtime.numbers.rows import DirtyRow
from runtime.records.rows import QuarantinedRow, RecordRow, SyncRunRow
from runtime.records.store import present_rows, row_of
from runtime.tenancy import add_all, put_all, rows
from schema_defs.text import Said

CHUNK = 500
"""Rows per transaction: short enough that nobody waits, large enough to be quick."""


class Chunk(msgspec.Struct):
    """What one transaction writes, made before it begins."""

    records: list[tuple[int, Record]] = []
    bad: list[tuple[int, dict[str, object], tuple[Said, ...]]] = []


class Counts(msgspec.Struct):
    """What became of the rows of a run."""

    read: int = 0
    kept: int = 0
    changed: int = 0
    quarantined: int = 0


async def ingest(
    run: SyncRunRow,
    reader: RecordReader,
    raw: Iterable[RawRow],
    *,
    now: Callable[[], datetime],
    newer_versions: bool,
    progress: Callable[[Counts], None] = lambda counts: None,
) -> Counts:
    """Writes all rows, chunk by chunk. `newer_versions`: the same key again is a newer version, as in a log; else a bad row."""
    counts, seen, lines = Counts(), set[tuple[object, ...]](), iter(raw)
    while some := list(islice(lines, CHUNK)):
        chunk = _read(reader, some, None if newer_versions else seen)
        for records in _generations(chunk.records):
            await transact(lambda records=records: _write(run, records, counts, now()))  # type: ignore[misc]
        await transact(lambda chunk=chunk, some=some: _finish_chunk(run, chunk, len(some), counts))  # type: ignore[misc]
        progress(counts)
    return counts


def _read(reader: RecordReader, some: Sequence[RawRow], seen: set[tuple[object, ...]] | None) -> Chunk:
    chunk = Chunk(records=[], bad=[])
    for raw in some:
        if raw.trouble is not None:
            chunk.bad.append((raw.line, {}, (raw.trouble,)))
            continue
        found = reader.read(raw.values)
        if isinstance(found, BadRow):
            chunk.bad.append((raw.line, raw.values, found.reasons))
        elif seen is not None and found.known_at is None and found.key in seen:
            chunk.bad.append((raw.line, raw.values, (_doubled(found),)))
        else:
            if seen is not None:
                seen.add(found.key)
            chunk.records.append((raw.line, found))
    return chunk


def _generations(records: list[tuple[int, Record]]) -> list[list[Record]]:
    """The records in as few lists as have no key twice, each key's versions in their order."""
    generations: list[dict[tuple[object, ...], Record]] = []
    depth: dict[tuple[object, ...], int] = {}
    for _, record in records:
        level = depth.get(record.key, 0)
        depth[record.key] = level + 1
        if level == len(generations):
            generations.append({})
        generations[level][record.key] = record
    return [list(generation.values()) for generation in generations]


async def _write(run: SyncRunRow, records: list[Record], counts: Counts, now: datetime) -> None:
    """New versions of those records that say something new; the first statement takes the write lock."""
    await rows(SyncRunRow, run.tenant).filter(id=run.id).update(state="running")
    new = [
        row_of(record, run.tenant, source=run.source, run_id=run.id, known_at=min(record.known_at or now, now))
        for record in records
    ]
    before = await present_rows(run.tenant, run.dataset, {row.key for row in new})
    changed = [row for row in new if row.key not in before or _says_more(row, before[row.key])]
    for row in changed:
        if old := before.get(row.key):
            row.version = old.version + 1
            row.known_at = max(row.known_at, old.known_at)
            await rows(RecordRow, run.tenant).filter(id=old.id).update(superseded_at=row.known_at)
    await add_all(changed)
    await mark_dirty(run.tenant, [row for key in changed for row in (key, before.get(key.key)) if row], now)
    counts.kept += len(new)
    counts.changed += len(changed)


def _says_more(row: RecordRow, old: RecordRow) -> bool:
    return row.hash != old.hash


async def _finish_chunk(run: SyncRunRow, chunk: Chunk, read: int, counts: Counts) -> None:
    counts.read += read
    counts.quarantined += len(chunk.bad)
    await rows(SyncRunRow, run.tenant).filter(id=run.id).update(**msgspec.to_builtins(counts))
    await add_all(
        [
            QuarantinedRow(
                tenant=run.tenant,
                run_id=run.id,
                dataset=run.dataset,
                line=line,
                given={name: _shown(value) for name, value in given.items()},
                reasons=[msgspec.to_builtins(reason) for reason in reasons],
            )
            for line, given, reasons in chunk.bad
        ]
    )


async def mark_dirty(tenant: str, changed: Iterable[RecordRow], now: datetime) -> None:
    """Marks the places of the versions: their day, region and people."""
    places = {
        (row.dataset, row.day, row.region or "", person)
        for row in changed
        for person in ([str(part[0]) for part in row.credit] if row.credit else [row.owner or ""])
    }
    marks = [
        DirtyRow(tenant=tenant, dataset=dataset, day=day, region=region, owner=owner, mark=new_id(), marked_at=now)
        for dataset, day, region, owner in sorted(places)
    ]
    await put_all(marks, unique=("tenant", "dataset", "day", "region", "owner"), update=("mark", "marked_at"))


def _doubled(record: Record) -> Said:
    key = ", ".join(str(part) for part in record.key)
    return Said(
        zh=f"键 ({key}) 在文件中出现了两次；请只保留一行，或加上 _known_at 列",
        en=f"the key ({key}) stands in the file twice; keep one of the rows, or add a column _known_at",
    )


def _shown(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
