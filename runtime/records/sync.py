"""One pull of a source: read what is new, store it, move the cursor, and have the numbers computed."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.sources.file.open import open_file
from connectors.sources.file.tail import read_tail
from connectors.sources.protocol import RawRow
from engine.records.reader import RecordReader
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.queue.carry import report_progress
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.records import runs
from runtime.records.folder import (
    FileCursor,
    files_of,
    folder_of,
    has_news,
    in_reading_order,
    is_log,
    look_of,
    start_of,
)
from runtime.records.ingest import Counts, Ingest, OvertakenError, chunks
from runtime.records.lateness import is_late
from runtime.records.rows import SourceStateRow, SyncRunRow
from runtime.records.watermarks import set_watermark
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.duration import span_of
from schema_defs.errors import AuthorError, OutsideError
from schema_defs.release import Release
from schema_defs.source import Source

CHUNK = 1000
"""Rows per transaction: short enough that nobody waits, large enough to be quick."""
TURN = 2000
"""After so many rows the rest of the files wait until the numbers have had their turn."""
SETTLED_SECONDS = 0.5
"""A file that is replaced as a whole is read when it has not been written to for so long."""


@on_publish
async def plan_syncs(publishing: Publishing) -> None:
    """Every source is pulled at once after a release; one whose rows are read otherwise now, from its beginning."""
    after, before = publishing.live.release, publishing.before.release if publishing.before else None
    for name, source in after.sources.items():
        if before is not None and (source != before.sources.get(name) or _reads_otherwise(source, before, after)):
            await rows(SourceStateRow, publishing.tenant).filter(source=name).update(cursor={}, last_run=None)
        await _ask(publishing.tenant, source, publishing.now)


def _reads_otherwise(source: Source, before: Release, after: Release) -> bool:
    """Whether the same raw rows would become other records, since fields, key, time, owner, region, `void` or `returns` changed."""
    old, new = before.datasets.get(source.dataset), after.datasets[source.dataset]
    return old is None or _kinds(old) != _kinds(new)


def _kinds(dataset: Dataset) -> object:
    fields = {name: dataset.field(name) for name in dataset.fields}
    kinds = {name: (field.type, field.choices, field.default) for name, field in fields.items()}
    return dataset.key, dataset.time, dataset.owner, dataset.region, dataset.void, dataset.returns, kinds


@handler("sync")
async def sync(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int] | None:
    """Pulls one source and plans the next pull. What goes wrong is kept with the run, and the next pull tries again."""
    configured = await prepared(tenant)
    source = configured.release.sources.get(args["source"]) if configured else None
    if configured is None or source is None:
        return None
    counts, more = await pull(context, configured, source)
    now = context.clock.now()
    if more:
        await _ask(tenant, source, now)
    elif source.schedule is not None:
        await _ask(tenant, source, now, now + span_of(source.schedule))
    return msgspec.to_builtins(counts)  # type: ignore[no-any-return]


async def _ask(tenant: str, source: Source, now: datetime, due: datetime | None = None) -> None:
    await enqueue(tenant, "sync", source.name, {"source": source.name}, now=now, run_after=due)


async def pull(context: Context, configured: Prepared, source: Source) -> tuple[Counts, bool]:
    """Reads the files of the source that have news, up to a turn's rows; tells whether more is to be read.

    A source without any file has never come, and is late. Raises AuthorError for a path that leads out of the tenant's folder.
    """
    total, paths = Counts(), files_of(context.settings, configured.tenant, source)
    await runs.end_interrupted(configured.tenant, source.name, context.clock.now())
    standing = await runs.standing_of(configured.tenant, source.name)
    cursors, folder = standing.cursors, folder_of(context.settings, configured.tenant)
    for path in in_reading_order(paths):
        name = path.relative_to(folder).as_posix()
        if has_news(path, cursors.get(name, FileCursor())):
            if total.read >= TURN:
                return total, True
            cursors = await _read(context, configured, source, path, name, total)
    if paths and not any(cursor.refused for cursor in cursors.values()):
        await _complete(context, configured, source, paths, standing.complete)
    return total, False


async def _read(
    context: Context, configured: Prepared, source: Source, path: Path, name: str, total: Counts
) -> dict[str, FileCursor]:
    """Reads one file as a run of its own, and adds up what became of its rows; gives how far the source is read then."""
    run, cursors = await runs.begin(configured.tenant, source.name, source.dataset, name, context.clock.now())
    reader = RecordReader(configured.release.datasets[source.dataset], source, configured.calendar)
    reading = _Reading(context, run, dict(cursors), Ingest(run, reader, context.clock.now, newer_versions=is_log(path)))
    try:
        await reading.read(path, name)
    except AuthorError as error:
        # The file itself is at fault: it is read again when it has changed.
        refused = msgspec.structs.replace(reading.cursors.get(name, FileCursor()), refused=look_of(path))
        reading.cursors[name] = refused
        await runs.fail(run, error.said, context.clock.now(), reading.cursors)
    except OutsideError as error:
        await runs.fail(run, error.said, context.clock.now())
    except OvertakenError:
        return reading.cursors
    _add_up(total, reading.ingest.counts)
    return reading.cursors


class _Reading:
    """One file on its way into the tables."""

    def __init__(self, context: Context, run: SyncRunRow, cursors: dict[str, FileCursor], ingest: Ingest) -> None:
        self.cursors = cursors
        self.ingest = ingest
        self._context = context
        self._run = run

    async def read(self, path: Path, name: str) -> None:
        cursor = start_of(path, self.cursors.get(name, FileCursor()))
        if is_log(path):
            await self._log(path, name, cursor)
        else:
            await self._whole(path, name)
        await runs.finish(self._context, self._run, self.ingest.counts, self.cursors, whole=not is_log(path))

    async def _log(self, path: Path, name: str, cursor: FileCursor) -> None:
        """The whole lines that were added, piece by piece, each with the cursor that lies behind it."""
        while (tail := read_tail(path, cursor.offset, cursor.line)).offset > cursor.offset:
            cursor = FileCursor(tail.offset, tail.line, cursor.mark)
            await self._write(tail.rows, self.cursors | {name: cursor})
        self.cursors[name] = cursor

    async def _whole(self, path: Path, name: str) -> None:
        """A file that can be read to its end, or nothing of it."""
        mark = await _settled(path)
        with open_file(path) as opened:
            for _ in opened.rows():
                pass
        with open_file(path) as opened:
            for some in chunks(opened.rows(), CHUNK):
                await self._write(some, self.cursors)
        self.cursors[name] = FileCursor(mark=mark)

    async def _write(self, some: list[RawRow], cursors: dict[str, FileCursor]) -> None:
        await self.ingest.write(some, lambda: runs.move(self._run, cursors))
        self.cursors, counts = cursors, self.ingest.counts
        if counts.read > len(some):
            await report_progress({"source": self._run.source, "read": counts.read, "changed": counts.changed})


async def _settled(path: Path) -> str:
    """The file's look once nobody writes to it any more; one that never comes to rest is read as it is, and again later."""
    for _ in range(20):
        look, age = look_of(path), time.time() - path.stat().st_mtime
        if not 0 <= age < SETTLED_SECONDS:
            return look
        await asyncio.sleep(SETTLED_SECONDS - age)
    return look


async def _complete(
    context: Context, configured: Prepared, source: Source, paths: list[Path], before: datetime | None
) -> None:
    """The source is complete up to now; one whose files are replaced as a whole, up to when the last was written.

    When a late source has come, the days without data are judged again.
    """
    tenant, now = configured.tenant, context.clock.now()
    written = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in paths if not is_log(path)]
    watermark = min([now, *([max(written)] if written else [])])

    async def write() -> None:
        await set_watermark(tenant, source.name, watermark, configured.calendar, now)
        await runs.complete(tenant, source.dataset, source.name, watermark)
        if is_late(source, before, now) and not is_late(source, watermark, now):
            await enqueue(tenant, "rejudge", "all", now=now)
        publish_after_commit(context.events, tenant, "source", {"source": source.name})

    await transact(write)


def _add_up(total: Counts, counts: Counts) -> None:
    total.read += counts.read
    total.kept += counts.kept
    total.changed += counts.changed
    total.quarantined += counts.quarantined
