"""Where and from when until when versions counted, also where the organisation was another one on past days."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from engine.expression.columns import Column, texts
from engine.expression.columns.column import Array
from engine.metrics.grouping import pairs_of, with_all_above
from engine.metrics.places import Places
from engine.metrics.segments import ranges
from engine.org import Org
from engine.records.version_table import NEVER, VersionTable
from schema_defs.dataset import Credit, Dataset
from schema_defs.rule import ScopeKind


@dataclass(frozen=True, eq=False)
class Placed:
    """Rows of a table of versions, as often as they count: for a key (a code into `keys`), from a day until before another."""

    rows: Array
    codes: Array
    keys: tuple[str, ...]
    since: Array
    until: Array
    shares: Array | None = None


def placed(versions: VersionTable, org: Org, scope: ScopeKind) -> Placed:
    """Under `attribution: now` a version moves along with its owner, from day to day."""
    dataset = versions.table.dataset
    if scope != "region" or not _moves_along(dataset):
        pairs = pairs_of(versions.table, Places(dataset, org, date.max), scope)
        since, until = versions.since[pairs.rows], versions.until[pairs.rows]
        return Placed(pairs.rows, pairs.codes, tuple(pairs.keys), since, until, pairs.shares)
    return _shared(versions, org) if isinstance(dataset.owner, Credit) else _along_with_owners(versions, org)


def _moves_along(dataset: Dataset) -> bool:
    return dataset.attribution == "now" and dataset.region is None and dataset.owner is not None


def _along_with_owners(versions: VersionTable, org: Org) -> Placed:
    """Each version once for every stay of its owner that it lived through."""
    owners = versions.table.owners()
    stays = [list(_stays(org, key)) for key in owners.categories]
    counts = np.array([len(each) for each in stays])
    starts = np.array([start for each in stays for start, _ in each])
    ends = np.array([end for each in stays for end in [*(start for start, _ in each[1:]), NEVER]])
    homes = texts([home for each in stays for _, home in each])
    of_rows = counts[owners.data]
    rows = np.repeat(np.arange(len(of_rows)), of_rows)
    stay = ranges((np.cumsum(counts) - counts)[owners.data], of_rows)
    since, until = np.maximum(versions.since[rows], starts[stay]), np.minimum(versions.until[rows], ends[stay])
    there = np.flatnonzero((since < until) & ~homes.mask[stay] & ~owners.mask[rows])
    found = with_all_above(_of_rows(homes, stay[there]), Places(versions.table.dataset, org, date.max))
    kept = there[found.rows]
    return Placed(rows[kept], found.codes, tuple(found.keys), since[kept], until[kept])


def _stays(org: Org, person: str) -> Iterator[tuple[int, str | None]]:
    """From which day on the person is where; every day belongs to one of the stays."""
    yield 0, org.region_of(person, date.min)
    for day in org.changes(person):
        yield day.toordinal(), org.region_of(person, day)


def _of_rows(homes: Column, stays: Array) -> Column:
    return Column("text", homes.data[stays], None, homes.categories)


def _shared(versions: VersionTable, org: Org) -> Placed:
    """Versions whose people share them and move, one by one."""
    moving, codes = _Moving(versions.table.dataset, org), dict[str, int]()
    found: list[tuple[int, int, int, int, float]] = []
    pairs = zip(versions.table.records, versions.since.tolist(), versions.until.tolist(), strict=True)
    for row, (record, since, until) in enumerate(pairs):
        bounds = [since, *moving.between(record.people, since, until), until]
        for start, end in pairwise(bounds):
            for key, share in moving.places(start).of(record, "region"):
                found.append((row, codes.setdefault(key, len(codes)), start, end, share))
    rows, of_keys, starts, ends = (np.array([each[at] for each in found], dtype=np.int64) for at in range(4))
    return Placed(rows, of_keys, tuple(codes), starts, ends, np.array([each[4] for each in found]))


class _Moving:
    """The organisation of every day, as it has been since its last change."""

    def __init__(self, dataset: Dataset, org: Org) -> None:
        self._dataset = dataset
        self._org = org
        self._changes = sorted({day.toordinal() for person in org.people() for day in org.changes(person.key)})
        self._since: dict[int, Places] = {}

    def between(self, people: tuple[tuple[str, float], ...], since: int, until: int) -> list[int]:
        """The days in between on which the region of one of the people becomes another."""
        days = {day.toordinal() for person, _ in people for day in self._org.changes(person)}
        return sorted(day for day in days if since < day < until)

    def places(self, day: int) -> Places:
        before = bisect_right(self._changes, day)
        since = self._changes[before - 1] if before else date.min.toordinal()
        if since not in self._since:
            self._since[since] = Places(self._dataset, self._org, date.fromordinal(since))
        return self._since[since]
