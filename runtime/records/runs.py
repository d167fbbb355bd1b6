"""Runs: each reading of a file, from its beginning over its chunks to its end, visible at any moment."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from runtime.bulk import read_many
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.locks import hold
from runtime.queue.jobs import enqueue
from runtime.records.folder import FileCursor
from runtime.records.ingest import Counts, OvertakenError
from runtime.records.rows import QuarantinedRow, SourceStateRow, SyncRunRow
from runtime.tenancy import add, rows
from schema_defs.text import Said

Cursors = Mapping[str, FileCursor]
"""How far each file of a source was read, by its path below the folder."""


class Standing(msgspec.Struct, frozen=True):
    """How far a source was read, file by file, and up to when it is complete."""

    cursors: dict[str, FileCursor] = {}
    complete: datetime | None = None


_cursors = msgspec.json.Decoder(dict[str, FileCursor] | None).decode


async def standing_of(tenant: str, source: str) -> Standing:
    found = await read_many(SourceStateRow, tenant, ("cursor", "watermark"), [("source", "=", source)])
    return Standing(_cursors(found[0][0] or "{}") or {}, found[0][1]) if found else Standing()


async def end_interrupted(tenant: str, source: str, now: datetime) -> None:
    """A run of the source that never ended was interrupted: it says so, and what it stored is computed."""

    async def write() -> None:
        left = rows(SyncRunRow, tenant).filter(source=source, state="running")
        if await left.update(state="failed", finished_at=now, message=msgspec.to_builtins(INTERRUPTED)):
            await enqueue(tenant, "compute", "numbers", now=now)

    await transact(write)


async def begin(tenant: str, source: str, dataset: str, file: str, now: datetime) -> tuple[SyncRunRow, Cursors]:
    """A new run of the source and how far its files were read. An earlier run that goes on somewhere writes no more."""

    async def write() -> tuple[SyncRunRow, Cursors]:
        await hold(tenant, f"source:{source}")
        run = await add(SyncRunRow(tenant=tenant, source=source, dataset=dataset, file=file, started_at=now))
        state = rows(SourceStateRow, tenant).filter(source=source)
        if not await state.update(last_run=run.id):
            await add(SourceStateRow(tenant=tenant, source=source, last_run=run.id))
        return run, (await standing_of(tenant, source)).cursors

    return await transact(write)


async def move(run: SyncRunRow, cursors: Cursors) -> None:
    """Moves the source's cursors, inside the caller's transaction; raises OvertakenError when a later run has taken over."""
    mine = rows(SourceStateRow, run.tenant).filter(source=run.source, last_run=run.id)
    if not await mine.update(cursor=msgspec.to_builtins(cursors)):
        raise OvertakenError


async def finish(context: Context, run: SyncRunRow, counts: Counts, cursors: Cursors, *, whole: bool) -> None:
    """The run is done, its cursor moves and the numbers are asked for, all or nothing.

    A file that is replaced as a `whole` settles what was wrong in earlier readings of it. A run that read nothing leaves no trace.
    """
    now, mine = context.clock.now(), rows(SyncRunRow, run.tenant).filter(id=run.id)

    async def write() -> None:
        await move(run, cursors)
        if not counts.read:
            await mine.delete()
            return
        await mine.update(state="done", finished_at=now, total=counts.read)
        if whole:
            await settle(run, now)
        if counts.changed:
            await enqueue(run.tenant, "compute", "numbers", now=now)
        if counts.quarantined:
            told = {"source": run.source, "rows": counts.quarantined}
            publish_after_commit(context.events, run.tenant, "quarantine", told)

    await transact(write)


async def fail(run: SyncRunRow, said: Said, now: datetime, cursors: Cursors | None = None) -> None:
    """What was stored before the failure stays; the run says why it ended, and the next one begins where the cursor stands."""

    async def write() -> None:
        if cursors is not None:
            await move(run, cursors)
        mine = rows(SyncRunRow, run.tenant).filter(id=run.id)
        await mine.update(state="failed", finished_at=now, message=msgspec.to_builtins(said))

    await transact(write)


async def complete(tenant: str, dataset: str, source: str | None, watermark: datetime) -> None:
    """Notes with the last run of the source how far its data were complete then, inside the caller's transaction."""
    mine = rows(SyncRunRow, tenant).filter(dataset=dataset, **_of(source))
    last = await mine.order_by("-started_at", "-id").limit(1).values_list("id", flat=True)
    await rows(SyncRunRow, tenant).filter(id__in=last).update(watermark=watermark)


async def first_imports(tenant: str, dataset: str, sources: Collection[str | None]) -> Mapping[str, datetime]:
    """The runs that belong to the first import of one of the sources, with their beginning: all up to the first after which it was complete."""
    found = dict[str, datetime]()
    for source in sources:
        mine = rows(SyncRunRow, tenant).filter(dataset=dataset, **_of(source))
        ended = (
            await mine.filter(watermark__isnull=False)
            .order_by("started_at", "id")
            .limit(1)
            .values_list("id", flat=True)
        )
        found |= dict(await (mine.filter(id__lte=ended[0]) if ended else mine).values_list("id", "started_at"))
    return found


def _of(source: str | None) -> dict[str, str | bool]:
    return {"source__isnull": True} if source is None else {"source": source}


async def settle(run: SyncRunRow, now: datetime) -> None:
    """What was wrong in earlier readings of the run's file is settled: the file was read anew as a whole."""
    opened = rows(QuarantinedRow, run.tenant).filter(dataset=run.dataset, resolved_at__isnull=True)
    ids = {str(each) for each in await opened.distinct().values_list("run_id", flat=True)} - {run.id}
    same = rows(SyncRunRow, run.tenant).filter(source=run.source, file=run.file, id__in=sorted(ids))
    before = [str(each) for each in await same.values_list("id", flat=True)]
    if before:
        await opened.filter(run_id__in=before).update(resolved_at=now)


async def open_quarantine(tenant: str, dataset: str, limit: int = 100) -> list[QuarantinedRow]:
    """The rows that could not be read and that nobody has settled, newest first."""
    opened = rows(QuarantinedRow, tenant).filter(dataset=dataset, resolved_at__isnull=True)
    return await opened.order_by("-id").limit(limit)


INTERRUPTED = Said(
    zh="读取被中断；下一次从断点继续", en="the reading was interrupted; the next one goes on where it stopped"
)
