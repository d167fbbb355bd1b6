"""Looking through a data file before anything of it is stored: whether it can be read to its end, and what its rows are worth."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from connectors.sources.file.fault import unreadable
from connectors.sources.file.open import open_file
from engine.records.reader import RecordReader
from engine.records.record import Record
from runtime.offline.data import NeededColumns, unmapped_values
from runtime.records.ingest import Bad, Counts, Ingest, chunks
from runtime.records.store import timelines_of
from runtime.records.timeline import Timeline
from schema_defs.text import Said

CHUNK = 1000
SHOWN = 20
"""So many bad rows are told; all are kept in quarantine."""

Progress = Callable[[int], None]
"""Told how many rows are done."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds: `counts` as an import would give them, the first bad rows, and what its owner should know."""

    counts: Counts
    bad: tuple[Bad, ...]
    warnings: tuple[Said, ...]


@contextmanager
def still(path: Path) -> Iterator[Path]:
    """A copy that nobody writes to: what is looked through is what is stored. Raises like `open_file`."""
    with open_file(path):
        pass
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise unreadable(path, error) from None
        yield copy


async def survey_of(
    path: Path, reader: RecordReader, ingest: Ingest, sheet: str | None, progress: Progress, *, compare: bool
) -> Survey:
    """Reads the whole file and stores nothing; with `compare` it also counts the records that would change.

    Raises AuthorError or OutsideError when the file, or the rest of it, cannot be read, or lacks a needed column.
    """
    counts, shown, known = Counts(), list[Bad](), dict[str, Timeline]()
    with open_file(path, sheet=sheet) as source:
        columns = NeededColumns(path, reader, source)
        for some in chunks(source.rows(), CHUNK):
            for row in some if source.columns is None else ():
                columns.see(row)
            records, bad = ingest.read(some)
            counts.read += len(some)
            counts.quarantined += len(bad)
            shown += bad[: SHOWN - len(shown)]
            counts.changed += await _changed(ingest, records, known) if compare else 0
            progress(counts.read)
        columns.require_seen()
    counts.kept = counts.read - counts.quarantined
    return Survey(counts=counts, bad=tuple(shown), warnings=(*columns.absent(), *unmapped_values(reader)))


async def _changed(ingest: Ingest, records: dict[str, list[Record]], known: dict[str, Timeline]) -> int:
    """How many of the records say something new; `known` remembers what earlier rows of the file would have stored."""
    run = ingest.run
    stored = await timelines_of(run.tenant, run.dataset, [key for key in records if key not in known])
    count = 0
    for key, some in records.items():
        line = Timeline(known[key].versions) if key in known else stored.get(key, Timeline())
        line.say(some, ingest.now())
        count += line.changed_places() is not None
        known[key] = line
    return count
