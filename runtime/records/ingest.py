"""Raw rows become versions of records: bad ones to quarantine, changed ones mark their old and their new place dirty."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from connectors.sources.protocol import RawRow
from engine.records.doubles import Doubles
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from runtime.bulk import write_many
from runtime.collector import collector_paused
from runtime.database import transact
from runtime.locks import hold
from runtime.records.returns import places_behind
from runtime.records.rows import QuarantinedRow, SyncRunRow
from runtime.records.storable import unstorable
from runtime.records.store import mark_dirty, timelines_of, write_timelines
from runtime.records.timeline import Place, Timeline, key_text
from runtime.tenancy import rows
from schema_defs.text import Said

Bad = tuple[int, dict[str, object], tuple[Said, ...]]
"""A row that cannot be read: its line, its values and why."""
InChunk = Callable[[], Awaitable[None]]


class OvertakenError(Exception):
    """Somebody else reads the same source now; what is stored is right, and the rest is theirs."""


class Counts(msgspec.Struct):
    """What became of the rows of a run."""

    read: int = 0
    kept: int = 0
    changed: int = 0
    quarantined: int = 0


class Ingest:
    """One run's way into the tables, chunk by chunk. A chunk is one transaction: versions, marks, quarantine and counts.

    `newer_versions`: the same key again is a newer version, as in a log; else, without a `_known_at`, it is a bad row.
    """

    def __init__(
        self, run: SyncRunRow, reader: RecordReader, now: Callable[[], datetime], *, newer_versions: bool
    ) -> None:
        self.run = run
        self.counts = Counts()
        self._reader = reader
        self.now = now
        self._doubles = None if newer_versions else Doubles()

    async def write(self, raw: Iterable[RawRow], in_chunk: InChunk | None = None) -> None:
        """Stores one chunk, all or nothing; `in_chunk` is part of its transaction, such as moving the source's cursor."""
        with collector_paused():
            records, bad = self.read(raw)
            read = len(bad) + sum(map(len, records.values()))
            self.counts = await transact(lambda: self._write(records, bad, read, in_chunk))

    def read(self, raw: Iterable[RawRow]) -> tuple[dict[str, list[Record]], list[Bad]]:
        """The next rows as records by key, each key's in their order, and those that cannot be read. Nothing is stored."""
        some = list(raw)
        read = iter(self._reader.read_all([row.values for row in some if row.trouble is None]))
        records: dict[str, list[Record]] = {}
        bad: list[Bad] = []
        for row in some:
            found = (row.trouble,) if row.trouble is not None else self._judged(next(read), row.line)
            if isinstance(found, Record):
                records.setdefault(key_text(found.key), []).append(found)
            else:
                bad.append((row.line, row.values, found))
        return records, bad

    def _judged(self, found: Record | BadRow, line: int) -> Record | tuple[Said, ...]:
        """The record, or what is wrong with the row."""
        if isinstance(found, BadRow):
            return found.reasons
        refusal = unstorable(found) or (self._doubles.refusal(found, line) if self._doubles else None)
        return (refusal,) if refusal else found

    async def _write(
        self, records: dict[str, list[Record]], bad: list[Bad], read: int, in_chunk: InChunk | None
    ) -> Counts:
        run, now = self.run, self.now()
        await hold(run.tenant, f"records:{run.dataset}")
        if in_chunk is not None:
            await in_chunk()
        lines = await timelines_of(run.tenant, run.dataset, records)
        places, changed = set[Place](), list[str]()
        for key, some in records.items():
            line = lines[key] if key in lines else lines.setdefault(key, Timeline())
            line.say(some, now)
            if (moved := line.changed_places()) is not None:
                places.update(moved)
                changed.append(key)
        first = await write_timelines(run, lines)
        if self._reader.dataset.returns is not None:
            places |= await places_behind(run.tenant, run.dataset, [(key, lines[key]) for key in changed])
        await mark_dirty(run.tenant, run.dataset, places, now, first)
        await self._quarantine(bad)
        counts = Counts(
            read=self.counts.read + read,
            kept=self.counts.kept + read - len(bad),
            changed=self.counts.changed + len(changed),
            quarantined=self.counts.quarantined + len(bad),
        )
        await rows(SyncRunRow, run.tenant).filter(id=run.id).update(**msgspec.structs.asdict(counts))
        return counts

    async def _quarantine(self, bad: list[Bad]) -> None:
        new = ((self.run.id, self.run.dataset, line, _shown(given), reasons) for line, given, reasons in bad)
        await write_many(QuarantinedRow, self.run.tenant, ("run_id", "dataset", "line", "given", "reasons"), new)


def chunks(raw: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    """The rows in lists of at most `size`."""
    some: list[RawRow] = []
    for row in raw:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _shown(given: dict[str, object]) -> dict[str, Any]:
    """The raw values as JSON can hold them."""
    return {_text(name): _text(value) if isinstance(value, str) else _plain(value) for name, value in given.items()}


def _plain(value: object) -> Any:
    return value if isinstance(value, int | float | bool | None) else _text(str(value))


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
