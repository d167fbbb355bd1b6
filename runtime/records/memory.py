"""The versions of records in memory: columns per tenant and dataset, kept current with what is written, the least recently used let go.

Nothing here is told of changes: every look asks the database.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec
from tortoise.functions import Count, Max

from engine.records.record import Record
from engine.records.stock import Stock, Version, stock_of
from engine.records.table import Table
from engine.records.version_table import VersionTable
from runtime.bulk import Condition, read_many
from runtime.records.past import First, history_of_imports, known_in_fact
from runtime.records.rows import RecordRow
from runtime.records.store import READ, record_of, values_reader
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows

MOST_BYTES = 1 << 30
"""So much is kept at most, of all tenants together; what was asked for last always is."""
PIECE = 5_000
_COLUMNS = ("id", "version", "known_at", "deleted", "run_id", *READ)


class Held(msgspec.Struct, frozen=True):
    """What is in memory of a dataset, up to the version with the greatest id."""

    stock: Stock
    last: str = ""


class Memory:
    """The datasets that were asked for last, as many as fit into so many bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, str], Held] = OrderedDict()

    def get(self, configured: Prepared, dataset: str) -> Held:
        """What is held of the dataset as it is defined now; nothing of one that was published anew, or by another calendar."""
        document, calendar = configured.release.datasets[dataset], configured.calendar
        held = self._held.get((configured.tenant, dataset))
        if held is None or held.stock.dataset != document or held.stock.calendar is not calendar:
            return Held(stock_of(document, calendar))
        return held

    def put(self, tenant: str, dataset: str, held: Held) -> None:
        self._held[tenant, dataset] = held
        self._held.move_to_end((tenant, dataset))
        while len(self._held) > 1 and sum(each.stock.size for each in self._held.values()) > self._most:
            self._held.popitem(last=False)


_memory = Memory()


async def versions_in_memory(configured: Prepared, dataset: str, memory: Memory = _memory) -> VersionTable:
    """All versions of a dataset's records that count, as columns: what `Given.records` of a backtest and a `History` take."""
    return (await stock_in_memory(configured, dataset, memory)).versions


async def stock_in_memory(configured: Prepared, dataset: str, memory: Memory = _memory) -> Stock:
    """Everything that is committed of a dataset now.

    Versions are never changed but for their ends, which follow from the next version of the key, and never deleted. Their ids rise
    within one process only: one that is committed late may lie below what was read. So the versions are counted, and where one
    was missed, all are read anew.
    """
    held = memory.get(configured, dataset)
    while True:
        held = await _with_tail(configured, dataset, held)
        count, newest = await _written(configured, dataset)
        if (count, newest) == (len(held.stock), held.last):
            memory.put(configured.tenant, dataset, held)
            return held.stock
        if newest <= held.last:
            held = Held(stock_of(held.stock.dataset, held.stock.calendar))


async def present_in_memory(
    configured: Prepared, dataset: str, days: Collection[date], memory: Memory = _memory
) -> Sequence[Record]:
    """The records as known now that may count on some days, returns with their originals."""
    stock = await stock_in_memory(configured, dataset, memory)
    if stock.dataset.returns is None:
        return stock.present_of(days).records
    return [record for record in stock.present.records if not set(days).isdisjoint(record.days)]


async def present_of_days(
    configured: Prepared, dataset: str, days: Collection[date], memory: Memory = _memory
) -> Table | None:
    """The records of the days as known now, where the dataset is in memory already; nobody waits here for reading all of it.

    Returns count on other days too, and are not read here.
    """
    if configured.release.datasets[dataset].returns is not None:
        return None
    if not len(memory.get(configured, dataset).stock):
        return None
    return (await stock_in_memory(configured, dataset, memory)).present_of(days)


async def _written(configured: Prepared, dataset: str) -> tuple[int, str]:
    """How many versions are committed, and the greatest of their ids."""
    query = rows(RecordRow, configured.tenant).filter(dataset=dataset)
    [(count, newest)] = await query.annotate(written=Count("id"), newest=Max("id")).values_list("written", "newest")
    return count, newest or ""


async def _with_tail(configured: Prepared, dataset: str, held: Held) -> Held:
    """With the versions behind the last one."""
    pieces, last, first = list[Stock](), held.last, await history_of_imports(configured.tenant, dataset)
    while found := await _read(configured, dataset, last, PIECE):
        pieces.append(_piece(held.stock, found, first))
        last = found[-1][0]
        await asyncio.sleep(0)
    return Held(held.stock.grown(pieces), last) if pieces else held


async def _read(configured: Prepared, dataset: str, after: str, limit: int) -> list[tuple[Any, ...]]:
    where: list[Condition] = [("dataset", "=", dataset), ("id", ">", after)]
    return await read_many(RecordRow, configured.tenant, _COLUMNS, where, order=("id",), limit=limit)


def _piece(stock: Stock, found: list[tuple[Any, ...]], first: First) -> Stock:
    typed = values_reader(stock.dataset)
    versions = []
    for _, number, known_at, deleted, run, *columns in found:
        record = msgspec.structs.replace(record_of(stock.dataset, typed, *columns), deleted=deleted)
        moment = known_in_fact(record, known_at, number, run, first, stock.calendar)
        versions.append(Version(columns[0], number, moment, record))
    return stock_of(stock.dataset, stock.calendar, versions)
