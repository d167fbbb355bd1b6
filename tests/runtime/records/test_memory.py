"""Versions in memory: whatever was written, and by whom, the same as reading everything anew."""

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest

from engine.metrics.day import SCOPES
from engine.metrics.days import partials_of_table
from engine.metrics.history import History
from engine.metrics.moments import Moments
from engine.metrics.partial import from_plain, to_plain
from engine.metrics.policy import counted_table
from engine.records.stock import stock_of
from runtime.database import transact
from runtime.numbers.compute import compute_dirty
from runtime.numbers.recompute import mark_datasets
from runtime.numbers.rows import CellRow
from runtime.records.memory import Held, Memory, _memory, stock_in_memory, versions_in_memory
from runtime.records.past import all_versions
from runtime.records.rows import RecordRow
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, TENANT, Company, founded, noon, order
from tests.runtime.numbers.test_compute import START, VARIANTS, Source, cells

_AS_IT_IS_NOW = """
---
{kind: metric, name: pieces_now, dataset: orders, aggregate: sum, value: pieces, attribution: now}
"""


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(START)) as one:
        yield one


async def lived(company: Company, seed: int, steps: int = 8) -> None:
    """Some rounds of a source that writes late rows, edits, moves and deletions."""
    source = Source(seed, company.clock.now())
    for hours in range(1, steps):
        await company.until(company.clock.now() + timedelta(hours=7 * hours))
        company.write(*source.some(company.clock.now()))
        await company.sync()


@pytest.mark.parametrize("variant", VARIANTS)
async def test_after_any_history_the_memory_is_what_reading_everything_gives(company: Company, variant: str) -> None:
    await company.publish(VARIANTS[variant])
    memory, source = Memory(), Source(len(variant), company.clock.now())
    for hours in range(1, 7):
        await company.until(company.clock.now() + timedelta(hours=9 * hours))
        company.write(*source.some(company.clock.now()), *source.some(company.clock.now()))
        await company.sync()
        configured = await company.prepared()
        kept = await stock_in_memory(configured, "orders", memory)
        fresh = await stock_in_memory(configured, "orders", Memory())
        assert [kept.record(row) for row in range(len(kept))] == [fresh.record(row) for row in range(len(fresh))]
        assert np.array_equal(kept.until, fresh.until)
        assert len(kept.present) == len(fresh.present)
    assert len(kept) > len(kept.present)
    document = configured.release.datasets["orders"]
    given = {"orders": await all_versions(TENANT, document, configured.calendar)}
    columns, names = await versions_in_memory(configured, "orders", memory), tuple(configured.metrics.measures)
    for scope in SCOPES:
        one, other = (
            History(configured.release, records, configured.org, configured.calendar, names, scope)
            for records in (given, {"orders": columns})
        )
        assert one.keys() == other.keys()
        keys, count = one.keys(), 200
        rng = np.random.default_rng(3)
        days, known = (START.toordinal() + rng.integers(-9, 25, count) for _ in range(2))
        moments = Moments(keys, rng.integers(0, len(keys), count), days, np.sort(known))
        here, there = one.all_to_date(moments), other.all_to_date(moments)
        for name in names:
            assert np.array_equal(here[name], there[name], equal_nan=True), (scope, name)


@pytest.mark.parametrize(
    "variant", ["split credit", "metrics with ways of their own", "returns of orders with regions"]
)
async def test_all_cells_at_once_from_memory_are_the_cells_that_were_computed_day_by_day(company: Company, variant: str) -> None:  # fmt: skip
    await company.publish(VARIANTS[variant])
    await lived(company, 3, 12)
    await compute_dirty(company.context, TENANT)
    configured, today = await company.prepared(), company.clock.now().date()
    table, at_once = (await stock_in_memory(configured, "orders", Memory())).present, {}
    for policy in configured.policies_of("orders"):
        mine, places = counted_table(policy, table), configured.places(policy.name, today)
        found = partials_of_table(configured.measures_of(policy.name), mine, places)
        at_once |= {(*spot, day): to_plain(partial) for some in found for spot, day, partial in some}
    stored = await rows(CellRow, TENANT).filter(metric__in=list(configured.metrics.measures))
    computed = {(row.metric, row.scope, row.key, row.day): to_plain(from_plain(row.partial)) for row in stored}
    assert {spot: computed[spot] for spot in at_once} == at_once
    assert len(at_once) > 50


async def test_a_published_metric_is_recomputed_from_what_is_in_memory(company: Company) -> None:
    document = VARIANTS["regions of the owners then"] + _AS_IT_IS_NOW
    await company.publish(document)
    await lived(company, 11)
    await compute_dirty(company.context, TENANT)
    await stock_in_memory(await company.prepared(), "orders")
    company.write(order("last", START, 77.0))
    await company.sync()
    await company.publish(document.replace("value: amount}", "value: amount * 3}", 1))
    configured = await company.prepared()
    await compute_dirty(company.context, TENANT)
    written = await rows(RecordRow, TENANT).filter(dataset="orders").count()
    assert len(_memory.get(configured, "orders").stock) == written
    from_memory = await cells()
    _memory.put(TENANT, "orders", Held(stock_of(configured.release.datasets["orders"], configured.calendar)))
    await rows(CellRow, TENANT).delete()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    await compute_dirty(company.context, TENANT)
    assert await cells() == from_memory
    assert len(from_memory) > 50


async def test_a_return_finds_the_day_of_its_original_though_the_dataset_is_in_memory(company: Company) -> None:
    document = VARIANTS["returns of orders with regions"]
    await company.publish(document)
    days = [START - timedelta(days=back) for back in range(5)]
    came = order("R", START + timedelta(days=1), -7.0) | {"original": "O4"}
    await company.arrive(company.clock.now(), *(order(f"O{at}", day) for at, day in enumerate(days)), came)
    configured = await company.prepared()
    await stock_in_memory(configured, "orders")
    before = await cells()
    await rows(CellRow, TENANT).delete()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    await compute_dirty(company.context, TENANT)
    assert await cells() == before
    net = await rows(CellRow, TENANT).get(metric="net", scope="company", day=days[4])
    gross = await rows(CellRow, TENANT).get(metric="gross", scope="company", day=days[4])
    assert net.number == gross.number - 7


async def test_a_version_that_is_committed_late_with_an_older_id_is_not_missed(company: Company) -> None:
    await company.publish()
    await company.arrive(company.clock.now(), order("A", START), order("B", START))
    configured, memory = await company.prepared(), Memory()
    assert len((await versions_in_memory(configured, "orders", memory)).since) == 2
    newest = await rows(RecordRow, TENANT).order_by("-id").first()
    assert newest is not None
    plain = {name: getattr(newest, name) for name in RecordRow._meta.db_fields if name not in ("id", "key")}
    await RecordRow(id="00000000-0000-7000-8000-000000000000", key='["C"]', **plain).save(force_create=True)
    stock = await stock_in_memory(configured, "orders", memory)
    assert sorted(stock.record(row).key for row in range(3)) == [("A",), ("B",), ("C",)]


async def test_what_is_defined_anew_is_read_anew_and_what_does_not_fit_is_let_go(company: Company) -> None:
    await company.publish()
    await company.arrive(company.clock.now(), order("A", START))
    memory = Memory(most=1)
    before = await stock_in_memory(await company.prepared(), "orders", memory)
    assert await stock_in_memory(await company.prepared(), "orders", memory) is before
    await company.publish(COMPANY.replace("  pieces: number\n", "  pieces: number\n  remark: text\n", 1))
    after = await stock_in_memory(await company.prepared(), "orders", memory)
    assert after is not before
    assert after.fields.keys() - before.fields.keys() == {"remark"}
    memory.put("another", "orders", memory.get(await company.prepared(), "orders"))
    assert len(memory.get(await company.prepared(), "orders").stock) == 0
