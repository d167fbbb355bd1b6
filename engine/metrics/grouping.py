"""Which rows of a table count in which group: a scope key and a period."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import numpy as np

from engine.expression.columns import Column, texts
from engine.expression.columns.column import Array
from engine.metrics.places import Places
from engine.org import COMPANY
from engine.records.table import Table
from schema_defs.dataset import Credit
from schema_defs.rule import ScopeKind

Group = tuple[str, str]
"""A scope key and a period."""


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of a row and a group (by number), a row as often as it counts, group by group; `shares` None: always the whole."""

    rows: Array
    numbers: Array
    groups: list[Group]
    shares: Array | None = None


NO_GROUPS = Grouping(rows=np.zeros(0, dtype=np.int64), numbers=np.zeros(0, dtype=np.int64), groups=[])


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Rows with the keys that they count for, as codes into `keys`."""

    rows: Array
    codes: Array
    keys: Sequence[str]
    shares: Array | None = None


def grouped(table: Table, places: Places, scope: ScopeKind, period_of: Callable[[date], str]) -> Grouping:
    """The groups that have at least one record."""
    pairs = pairs_of(table, places, scope)
    of_row, periods = _periods(table, period_of)
    combined = pairs.codes * len(periods) + of_row[pairs.rows]
    occur = np.bincount(combined, minlength=len(pairs.keys) * len(periods)) > 0
    places_of = np.cumsum(occur) - 1
    groups = [
        (pairs.keys[code // len(periods)], periods[code % len(periods)]) for code in np.flatnonzero(occur).tolist()
    ]
    order = np.argsort(combined, kind="stable")
    return Grouping(
        rows=pairs.rows[order],
        numbers=places_of[combined[order]],
        groups=groups,
        shares=None if pairs.shares is None else pairs.shares[order],
    )


def _periods(table: Table, period_of: Callable[[date], str]) -> tuple[Array, list[str]]:
    """The period of every row as a code, and the periods."""
    first = int(table.days.min())
    offsets = table.days - first
    present = np.flatnonzero(np.bincount(offsets))
    names = [period_of(date.fromordinal(first + offset)) for offset in present.tolist()]
    periods = list(dict.fromkeys(names))
    codes = {name: code for code, name in enumerate(periods)}
    of_offset = np.zeros(int(offsets.max()) + 1, dtype=np.int64)
    of_offset[present] = [codes[name] for name in names]
    return of_offset[offsets], periods


def pairs_of(table: Table, places: Places, scope: ScopeKind) -> Pairs:
    if scope == "company":
        return Pairs(rows=np.arange(len(table)), codes=np.zeros(len(table), dtype=np.int64), keys=[COMPANY])
    if isinstance(table.dataset.owner, Credit) and (scope == "person" or table.dataset.region is None):
        return _one_by_one(table, places, scope)
    if scope == "person":
        return _named(table.owners())
    if table.dataset.region is not None:
        return with_all_above(table.regions(), places)
    return with_all_above(_homes(table, places), places) if table.dataset.owner is not None else _named(table.regions())


def _homes(table: Table, places: Places) -> Column:
    """The region of every row's owner, found once for each owner and day."""
    owners, days = table.owners(), table.days
    first, last = (int(days.min()), int(days.max())) if len(table) else (0, 0)
    packed = owners.data.astype(np.int64) * (last - first + 1) + (days - first)
    known, own = np.unique(packed, return_inverse=True)
    each = (divmod(pair, last - first + 1) for pair in known.tolist())
    homes = texts([places.home(owners.categories[owner], date.fromordinal(first + day)) for owner, day in each])
    found = homes.take(own)
    return Column("text", found.data, found.mask | owners.mask, found.categories)


def _named(column: Column) -> Pairs:
    """Each row under the key that it names."""
    rows = np.arange(len(column.data)) if column.missing is None else np.flatnonzero(~column.missing)
    return Pairs(rows=rows, codes=column.data[rows].astype(np.int64), keys=column.categories)


def with_all_above(column: Column, places: Places) -> Pairs:
    """Each row under its region and under every region above that."""
    own = _named(column)
    chains = [places.chain(key) for key in own.keys]
    keys = list(dict.fromkeys(key for chain in chains for key in chain))
    codes = {key: code for code, key in enumerate(keys)}
    levels = max(map(len, chains), default=0)
    table = np.full((levels, len(chains)), -1, dtype=np.int64)
    for place, chain in enumerate(chains):
        table[: len(chain), place] = [codes[key] for key in chain]
    found = [table[level][own.codes] for level in range(levels)]
    there = [level_codes >= 0 for level_codes in found]
    rows = np.concatenate([own.rows[mask] for mask in there]) if there else own.rows
    all_codes = np.concatenate([codes[mask] for codes, mask in zip(found, there, strict=True)]) if there else own.codes
    return Pairs(rows=rows, codes=all_codes, keys=keys)


def _one_by_one(table: Table, places: Places, scope: ScopeKind) -> Pairs:
    """Rows that are split by shares."""
    rows, keys, shares = list[int](), list[int](), list[float]()
    codes: dict[str, int] = {}
    for row, record in enumerate(table.records):
        for key, share in places.of(record, scope):
            rows.append(row)
            keys.append(codes.setdefault(key, len(codes)))
            shares.append(share)
    split = any(share != 1.0 for share in shares)
    return Pairs(
        rows=np.array(rows, dtype=np.int64),
        codes=np.array(keys, dtype=np.int64),
        keys=list(codes),
        shares=np.array(shares) if split else None,
    )
