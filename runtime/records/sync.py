"""One pull of a source: read what is new, store it, move the cursor, and have the numbers computed."""

from collections.abc import Iterable
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
from runtime.records.folder import FileCursor, files_of, has_news, is_log, mark_of
from runtime.records.ingest import Counts, ingest
from runtime.records.rows import QuarantinedRow, SourceStateRow, SyncRunRow
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import add, add_missing, rows
from schema_defs.duration import span_of
from schema_defs.errors import DuiqiError
from schema_defs.source import Source
from schema_defs.text import Said


@on_publish
async def plan_syncs(publishing: Publishing) -> None:
    """Every source is pulled at once after a release."""
    for source in publishing.live.release.sources.values():
        await enqueue(publishing.tenant, "sync", source.name, {"source": source.name}, now=publishing.now)


@handler("sync")
async def sync(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int] | None:
    """Pulls one source and plans the next pull. What goes wrong is kept with the run, and the next pull tries again."""
    configured = await prepared(tenant)
    source = configured.release.sources.get(args["source"]) if configured else None
    if configured is None or source is None:
        return None
    try:
        counts = await pull(context, configured, source)
    finally:
        await transact(lambda: _plan_next(context, tenant, source))
    return msgspec.to_builtins(counts)  # type: ignore[no-any-return]


async def pull(context: Context, configured: Prepared, source: Source) -> Counts:
    """Reads every file of the source that has news. A source without any file has never come, and is late."""
    tenant, total = configured.tenant, Counts()
    state = await _state(tenant, source.name)
    paths = files_of(context.settings, tenant, source)
    if not paths:
        return total
    cursors = {name: msgspec.convert(plain, FileCursor) for name, plain in (state.cursor or {}).items()}
    for path in paths:
        while has_news(path, cursors.get(path.name, FileCursor())):
            cursors[path.name] = await _read(context, configured, source, path, cursors, total)
    await _complete(context, configured, source, paths)
    return total


async def _read(
    context: Context,
    configured: Prepared,
    source: Source,
    path: Path,
    cursors: dict[str, FileCursor],
    total: Counts,
) -> FileCursor:
    """Stores one file, or the next piece of one that grows, as a run of its own; gives the new cursor."""
    before, mark = cursors.get(path.name, FileCursor()), mark_of(path)
    if before.mark != mark:
        before = FileCursor(mark=mark)
    run = await start_run(configured, source.name, source.dataset, context.clock.now(), path.name)
    try:
        if is_log(path):
            tail = read_tail(path, before.offset, before.line)
            if tail.offset == before.offset:
                after = FileCursor(path.stat().st_size, before.line, mark)
            else:
                after = FileCursor(tail.offset, tail.line, mark)
            counts = await _store(context, configured, source, run, tail.rows, newer=True)
        else:
            with open_file(path) as opened:
                counts = await _store(context, configured, source, run, opened.rows(), newer=False)
            after = FileCursor(mark=mark)
    except DuiqiError as error:
        await fail_run(run, error.said, context.clock.now())
        raise
    _add_up(total, counts)
    moved = {
        **{name: msgspec.to_builtins(cursor) for name, cursor in cursors.items()},
        path.name: msgspec.to_builtins(after),
    }
    await transact(lambda: _finish(context, configured, source, run, counts, moved))
    return after


async def _store(
    context: Context, configured: Prepared, source: Source, run: SyncRunRow, raw: Iterable[RawRow], *, newer: bool
) -> Counts:
    reader = RecordReader(configured.release.datasets[source.dataset], source, configured.calendar)
    counts = await ingest(run, reader, raw, now=context.clock.now, newer_versions=newer)
    await report_progress({"source": source.name, "read": counts.read, "changed": counts.changed})
    return counts


async def start_run(configured: Prepared, source: str | None, dataset: str, now: datetime, file: str) -> SyncRunRow:
    """A new run, visible at once."""
    return await add(
        SyncRunRow(
            tenant=configured.tenant, source=source, dataset=dataset, started_at=now, message={"zh": file, "en": file}
        )
    )


async def fail_run(run: SyncRunRow, said: Said, now: datetime) -> None:
    """What was stored before the failure stays; the run says why it ended, and the next one begins where the cursor stands."""
    mine = rows(SyncRunRow, run.tenant).filter(id=run.id)
    await mine.update(state="failed", finished_at=now, message=msgspec.to_builtins(said))


async def _finish(
    context: Context,
    configured: Prepared,
    source: Source,
    run: SyncRunRow,
    counts: Counts,
    cursor: dict[str, Any],
) -> None:
    """The run is done, the cursor moves and the numbers are asked for, all or nothing."""
    now = context.clock.now()
    await rows(SyncRunRow, run.tenant).filter(id=run.id).update(state="done", finished_at=now, total=counts.read)
    await rows(SourceStateRow, run.tenant).filter(source=source.name).update(cursor=cursor, last_run=run.id)
    if counts.changed:
        await enqueue(run.tenant, "compute", "numbers", now=now)
    if counts.quarantined:
        publish_after_commit(
            context.events, run.tenant, "quarantine", {"source": source.name, "rows": counts.quarantined}
        )


async def _complete(context: Context, configured: Prepared, source: Source, paths: list[Path]) -> None:
    """The source is complete up to now; a file that is replaced as a whole, up to when it was written."""
    now = context.clock.now()
    written = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in paths if not is_log(path)]
    watermark = min([now, *([max(written)] if written else [])])
    await rows(SourceStateRow, configured.tenant).filter(source=source.name).update(watermark=watermark)
    publish_after_commit(context.events, configured.tenant, "source", {"source": source.name})


async def _state(tenant: str, source: str) -> SourceStateRow:
    await add_missing([SourceStateRow(tenant=tenant, source=source)])
    return await rows(SourceStateRow, tenant).get(source=source)


async def _plan_next(context: Context, tenant: str, source: Source) -> None:
    if source.schedule is not None:
        now = context.clock.now()
        due = now + span_of(source.schedule)
        await enqueue(tenant, "sync", source.name, {"source": source.name}, now=now, run_after=due)


def _add_up(total: Counts, counts: Counts) -> None:
    total.read += counts.read
    total.kept += counts.kept
    total.changed += counts.changed
    total.quarantined += counts.quarantined


async def open_quarantine(tenant: str, dataset: str, limit: int = 100) -> list[QuarantinedRow]:
    """The rows that could not be read and that nobody has settled, newest first."""
    return (
        await rows(QuarantinedRow, tenant)
        .filter(dataset=dataset, resolved_at__isnull=True)
        .order_by("-id")
        .limit(limit)
    )
