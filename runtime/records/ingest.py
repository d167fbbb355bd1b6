"""Raw rows become versions of records: bad ones to quarantine, changed ones mark their old and their new place dirty."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice

import msgspec

from connectors.sources.protocol import RawRow
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from runtime.bulk import write_many
from runtime.database import transact
from runtime.ids import new_id
from runtime.numbers.rows import DirtyRow
from runtime.records.rows import QuarantinedRow, SyncRunRow
from runtime.records.store import Present, content_hash, key_text, present_versions, write_versions
from runtime.tenancy import add_all, rows
from schema_defs.text import Said

CHUNK = 500
"""Rows per transaction: short enough that nobody waits, large enough to be quick."""


Place = tuple[date, str, str]
"""Day, region and person of a record; empty where it has none."""


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
    keyed = {key_text(record.key): record for record in records}
    before = await present_versions(run.tenant, run.dataset, keyed)
    new = []
    for key, record in keyed.items():
        content, old = content_hash(record), before.get(key)
        if old is None or old.hash != content:
            known_at = min(record.known_at or now, now)
            new.append((key, record, content, old, max(known_at, old.known_at) if old else known_at))
    await write_versions(run, new)
    await mark_dirty(run.tenant, run.dataset, _places(new), now)
    counts.kept += len(keyed)
    counts.changed += len(new)


def _places(new: list[tuple[str, Record, str, Present | None, datetime]]) -> set[Place]:
    """The old and the new place of every changed record."""
    found: set[Place] = set()
    for _, record, _, before, _ in new:
        found |= {(record.day, record.region or "", person) for person, _ in record.people or (("", 1.0),)}
        if before is not None:
            people = [str(part[0]) for part in before.credit] if before.credit else [before.owner or ""]
            found |= {(before.day, before.region or "", person) for person in people}
    return found


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


async def mark_dirty(tenant: str, dataset: str, places: set[Place], now: datetime) -> None:
    """Marks the places, inside the caller's transaction."""
    marks = ((dataset, day, region, owner, new_id(), now) for day, region, owner in sorted(places))
    columns = ("dataset", "day", "region", "owner", "mark", "marked_at")
    unique = ("tenant", "dataset", "day", "region", "owner")
    await write_many(DirtyRow, tenant, columns, marks, unique=unique, update=("mark", "marked_at"))


def _doubled(record: Record) -> Said:
    key = ", ".join(str(part) for part in record.key)
    return Said(
        zh=f"键 ({key}) 在文件中出现了两次；请只保留一行，或加上 _known_at 列",
        en=f"the key ({key}) stands in the file twice; keep one of the rows, or add a column _known_at",
    )


def _shown(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
