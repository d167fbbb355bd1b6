"""Importing one file into a dataset: looked through first, then stored; asked again it goes on, and the same file twice changes nothing."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from connectors.sources.file.open import open_file
from engine.records.reader import RecordReader
from runtime.audit.log import note
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.locks import hold
from runtime.numbers.compute import compute
from runtime.queue.jobs import enqueue
from runtime.records.ingest import Counts, Ingest, chunks
from runtime.records.lateness import is_late
from runtime.records.rows import SourceStateRow, SyncRunRow
from runtime.records.runs import INTERRUPTED, complete, settle
from runtime.records.survey import CHUNK, Progress, Survey, still, survey_of
from runtime.records.watermarks import set_watermark
from runtime.releases.prepared import Prepared, demand_prepared
from runtime.tenancy import add, add_missing, rows
from schema_defs.errors import DuiqiError, UsageError
from schema_defs.nearest import did_you_mean
from schema_defs.source import Source
from schema_defs.text import Lang, Said


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. Without `source` the first source of the dataset says how columns become fields, if there is one.

    `dry_run` stores nothing. `strict` stores nothing when a row is bad. `complete` is up to when the source is complete with this file.
    """

    path: Path
    dataset: str
    source: str | None = None
    dry_run: bool = False
    strict: bool = False
    complete: datetime | None = None
    by: str = ""


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A row that cannot be read, with its line (in Excel its row)."""

    line: int
    reasons: tuple[Said, ...]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the file. `run` is None when nothing was stored; `changed` counts the records that said something new."""

    file: str
    dataset: str
    source: str | None
    run: str | None
    dry_run: bool
    read: int
    kept: int
    changed: int
    quarantined: int
    bad: tuple[BadLine, ...]
    warnings: tuple[Said, ...]
    computed: bool = False
    """Whether the numbers follow already; otherwise the worker computes them."""

    def row(self, lang: Lang) -> dict[str, object]:
        """As `--json` prints it."""
        plain = {name: getattr(self, name) for name in self.__struct_fields__}
        bad = [{"line": each.line, "reasons": [reason.in_(lang) for reason in each.reasons]} for each in self.bad]
        return plain | {"bad": bad, "warnings": [said.in_(lang) for said in self.warnings]}


class Watch(msgspec.Struct, frozen=True):
    """Who is told how far it is: while the file is looked through, and while `total` rows are stored."""

    looking: Progress = lambda rows: None
    storing: Progress = lambda rows: None


async def import_file(context: Context, tenant: str, asked: Import, watch: Watch | None = None) -> Imported:
    """Looks through the file and stores its good rows; bad ones go to quarantine with their reasons, which never stops the rest.

    Raises UsageError for an unknown dataset or source, AuthorError or OutsideError when the file cannot be read to its end,
    and then nothing is stored. What an interruption leaves is right, and importing the file again completes it.
    """
    configured, watch = await demand_prepared(tenant), watch or Watch()
    source = _source(configured, asked)
    with still(asked.path) as copy:
        importing = _Importing(context, configured, asked, source, copy)
        survey = await importing.look(watch.looking)
        if asked.dry_run or (asked.strict and survey.counts.quarantined) or not survey.counts.read:
            return importing.told(None, survey.counts, survey)
        run, counts = await importing.store(watch.storing)
        return importing.told(run, counts, survey)


async def compute_now(context: Context, tenant: str) -> None:
    """Computes the numbers that the import has changed; for an installation that nobody serves at the moment."""
    await compute(context, tenant, {})


class _Importing:
    """One file on its way."""

    def __init__(
        self, context: Context, configured: Prepared, asked: Import, source: Source | None, copy: Path
    ) -> None:
        self._context = context
        self._configured = configured
        self._asked = asked
        self._source = source
        self._copy = copy
        self._sheet = str(source.connection["sheet"]) if source and "sheet" in source.connection else None

    async def look(self, progress: Progress) -> Survey:
        reader, run = self._reader(), self._run()
        ingest = Ingest(run, reader, self._context.clock.now, newer_versions=False)
        return await survey_of(self._copy, reader, ingest, self._sheet, progress, compare=self._asked.dry_run)

    async def store(self, progress: Progress) -> tuple[SyncRunRow, Counts]:
        run = await self._begin()
        ingest = Ingest(run, self._reader(), self._context.clock.now, newer_versions=False)
        try:
            with open_file(self._copy, sheet=self._sheet) as opened:
                for some in chunks(opened.rows(), CHUNK):
                    await ingest.write(some)
                    progress(ingest.counts.read)
            await transact(lambda: self._finish(run, ingest.counts))
        except BaseException as error:
            said = error.said if isinstance(error, DuiqiError) else INTERRUPTED
            with suppress(Exception):
                await asyncio.shield(self._fail(run, said))
            raise
        return run, ingest.counts

    def told(self, run: SyncRunRow | None, counts: Counts, survey: Survey) -> Imported:
        return Imported(
            file=self._asked.path.name,
            dataset=self._asked.dataset,
            source=self._source.name if self._source else None,
            run=run.id if run else None,
            dry_run=self._asked.dry_run,
            **msgspec.structs.asdict(counts),
            bad=tuple(BadLine(line=line, reasons=reasons) for line, _, reasons in survey.bad),
            warnings=survey.warnings,
        )

    def _reader(self) -> RecordReader:
        dataset = self._configured.release.datasets[self._asked.dataset]
        return RecordReader(dataset, self._source, self._configured.calendar)

    def _run(self) -> SyncRunRow:
        return SyncRunRow(
            tenant=self._configured.tenant,
            source=self._source.name if self._source else None,
            dataset=self._asked.dataset,
            file=self._asked.path.name,
            started_at=self._context.clock.now(),
        )

    async def _begin(self) -> SyncRunRow:
        """A new run. One of the same file that never ended was interrupted."""
        run = self._run()

        async def write() -> SyncRunRow:
            await hold(run.tenant, f"import:{run.dataset}:{run.file}")
            left = rows(SyncRunRow, run.tenant).filter(
                dataset=run.dataset, source=run.source, file=run.file, state="running"
            )
            await left.update(state="failed", finished_at=run.started_at, message=msgspec.to_builtins(INTERRUPTED))
            return await add(run)

        return await transact(write)

    async def _finish(self, run: SyncRunRow, counts: Counts) -> None:
        """The run is done, what was wrong in earlier imports of the file is settled, and the numbers are asked for."""
        now, tenant = self._context.clock.now(), run.tenant
        await rows(SyncRunRow, tenant).filter(id=run.id).update(state="done", finished_at=now, total=counts.read)
        await settle(run, now)
        await complete(tenant, run.dataset, run.source, min(self._asked.complete or now, now))
        detail = {"file": run.file, "run": run.id, **msgspec.structs.asdict(counts)}
        await note(tenant, self._asked.by or "import", "import", run.dataset, detail, now=now)
        if self._source is not None and self._asked.complete is not None:
            await self._complete(self._source, min(self._asked.complete, now), now)
        if counts.changed:
            await enqueue(tenant, "compute", "numbers", now=now)
        if counts.quarantined:
            told = {"source": run.source, "rows": counts.quarantined}
            publish_after_commit(self._context.events, tenant, "quarantine", told)

    async def _complete(self, source: Source, moment: datetime, now: datetime) -> None:
        """The source's clock moves on, never back; when a late source has come, days without data are judged again."""
        tenant = self._configured.tenant
        await add_missing([SourceStateRow(tenant=tenant, source=source.name)])
        state = await rows(SourceStateRow, tenant).get(source=source.name)
        if state.watermark is not None and state.watermark >= moment:
            return
        await set_watermark(tenant, source.name, moment, self._configured.calendar, now)
        if is_late(source, state.watermark, now) and not is_late(source, moment, now):
            await enqueue(tenant, "rejudge", "all", now=now)
        publish_after_commit(self._context.events, tenant, "source", {"source": source.name})

    async def _fail(self, run: SyncRunRow, said: Said) -> None:
        now = self._context.clock.now()
        mine = rows(SyncRunRow, run.tenant).filter(id=run.id)
        await mine.update(state="failed", finished_at=now, message=msgspec.to_builtins(said))
        await transact(lambda: enqueue(run.tenant, "compute", "numbers", now=now))


def _source(configured: Prepared, asked: Import) -> Source | None:
    release = configured.release
    if asked.dataset not in release.datasets:
        raise UsageError(_unknown("数据集", "dataset", asked.dataset, list(release.datasets)))
    mine = [source.name for source in release.sources.values() if source.dataset == asked.dataset]
    if asked.source is not None and asked.source not in mine:
        raise UsageError(_unknown("此数据集的数据源", "source of the dataset", asked.source, mine))
    if asked.complete is not None and not mine:
        raise UsageError(_NO_CLOCK)
    return release.sources[asked.source] if asked.source else release.source_of(asked.dataset)


def _unknown(zh: str, en: str, name: str, known: list[str]) -> Said:
    hint = did_you_mean(name, known)
    return Said(
        zh=f"没有{zh} '{name}'" + (f"；{hint.zh}" if hint else ""),
        en=f"there is no {en} '{name}'" + (f"; {hint.en}" if hint else ""),
    )


_NO_CLOCK = Said(
    zh="--complete：此数据集没有数据源，不需要说明数据截至何时",
    en="--complete: the dataset has no source whose clock could be moved",
)
