"""Cells that follow their records: however the history came in, the same as adding everything up anew."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from engine.metrics.aggregate import merged, partial_of
from engine.metrics.day import SCOPES
from engine.metrics.partial import Partial, value_of
from engine.records.reader import RecordReader
from engine.records.record import Record
from runtime.database import transact
from runtime.numbers.batch import next_batch
from runtime.numbers.compute import OvertakenError, compute_batch, compute_dirty
from runtime.numbers.read import book_of
from runtime.numbers.recompute import mark_datasets
from runtime.numbers.rows import CellRow, DirtyRow, MovementRow
from runtime.queue.drain import drain
from runtime.records.store import mark_dirty
from runtime.settings import Settings
from runtime.tenancy import rows
from tests.runtime.company import COMPANY, MONDAY, TENANT, Company, founded, noon, order

BASES = ("amount", "high", "pieces", "lines", "customers", "mean", "least", "most", "latest")
START = date(2026, 3, 5)
_OWN_WAYS = """
---
{kind: metric, name: net, dataset: orders, aggregate: sum, value: amount, format: money, returns: original}
---
{kind: metric, name: net_lines, dataset: orders, aggregate: count, returns: original}
---
{kind: metric, name: gross, dataset: orders, aggregate: sum, value: amount, format: money, returns: ignore}
---
{kind: metric, name: net_now, dataset: orders, aggregate: sum, value: amount, format: money, returns: original, attribution: now}
---
{kind: metric, name: last_now, dataset: orders, aggregate: last, value: pieces, attribution: now}
---
{kind: metric, name: kept, formula: net / gross}
"""
RETURNS = "  original: text\nreturns: {when: original is not None, of: original}\nvoid"
VARIANTS = {
    "regions of the records": COMPANY,
    "regions of the owners then": COMPANY.replace("region: region\nfields", "fields", 1),
    "regions of the owners now": COMPANY.replace("region: region\nfields", "attribution: now\nfields", 1),
    "metrics with ways of their own": COMPANY.replace("region: region\nfields", "fields", 1).replace("void", RETURNS, 1)
    + _OWN_WAYS,
    "returns of orders with regions": COMPANY.replace("void", RETURNS, 1) + _OWN_WAYS,
    "split credit": COMPANY.replace(
        "owner: seller\nregion: region\n", "owner: {people: credit, share: part}\n", 1
    ).replace("  pieces: number\n", "  pieces: number\n  credit: text\n  part: text\n", 1),
}


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(START)) as one:
        yield one


async def cells() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    found = rows(CellRow, TENANT).order_by("metric", "scope", "key", "day")
    columns = ("metric", "scope", "key", "day", "partial", "number")
    return {row[:4]: (str(row[4]), row[5]) for row in await found.values_list(*columns)}


class Source:
    """What an outside system might write: new rows, edits, moves, deletions, late and out of order."""

    def __init__(self, seed: int, start: datetime) -> None:
        self.rng, self.rows, self.start = random.Random(seed), dict[str, dict[str, Any]](), start

    def some(self, now: datetime) -> list[dict[str, Any]]:
        return [self._row(now) for _ in range(self.rng.randint(1, 6))]

    def _row(self, now: datetime) -> dict[str, Any]:
        rng = self.rng
        number = rng.choice([*self.rows, f"N{len(self.rows)}"][-12:])
        row = dict(self.rows.get(number) or order(number, self._day(now)))
        row |= {
            "amount": rng.choice((None, 0.1, -3.3333, 1e9, round(rng.uniform(0, 500), 2))),
            "pieces": rng.choice((None, 0.1, 0.2, 3.0, 1e17)),
        }
        row |= {
            "kind": rng.choice(("high", "low")),
            "customer": rng.choice(("c1", "c2", "c3", None)),
            "status": rng.choice(("open", "open", "cancelled")),
        }
        if rng.random() < 0.3:
            row |= {
                "seller": rng.choice(("s01", "s02", "s03", "s04", "gone", None)),
                "region": rng.choice(("shanghai", "hangzhou", "west", "east", "mars", None)),
            }
        if rng.random() < 0.2:
            row["ordered"] = self._day(now).isoformat()
        people = rng.sample(("s01", "s03", "s04"), rng.randint(1, 2))
        row |= {"credit": ";".join(people), "part": ";".join(("1",) if len(people) == 1 else ("0.25", "0.75"))}
        if rng.random() < 0.3:
            row["original"] = rng.choice((None, number, "N1", "N2", "N9", *self.rows))
        self.rows[number] = row
        known = {"_known_at": (now - timedelta(hours=rng.randint(0, 200))).isoformat()} if rng.random() < 0.4 else {}
        return row | known | ({"_deleted": True} if rng.random() < 0.1 else {})

    def _day(self, now: datetime) -> date:
        return now.date() - timedelta(days=self.rng.choice((0, 0, 0, 1, 2, 9, 33)))


class Present:
    """Which version of each key is present: the naive reading, all statements gone through."""

    def __init__(self, reader: RecordReader) -> None:
        self.reader, self.said = reader, dict[str, list[tuple[datetime, Record]]]()

    def say(self, raw: dict[str, Any], now: datetime) -> None:
        record = self.reader.read(raw)
        assert isinstance(record, Record), record
        said = self.said.setdefault(raw["number"], [])
        newest = max((since for since, _ in said), default=now)
        said.append((min(record.known_at, now) if record.known_at else max(now, newest), record))

    def records(self) -> list[Record]:
        return [max(enumerate(said), key=lambda each: (each[1][0], each[0]))[1][1] for said in self.said.values()]


async def expect_all(company: Company, records: list[Record], today: date) -> None:
    """Every number of every scope on every day, added up from the records."""
    configured = await company.prepared()
    months = sorted({f"{today - timedelta(days=back):%Y-%m}" for back in range(45)})
    book = await book_of(configured, list(configured.metrics.measures), months)
    for measure in configured.metrics.measures.values():
        mine_of = counted(records, configured.release.metrics[measure.name].returns)
        for scope in SCOPES:
            places = configured.places(measure.under, today)
            placed = [(one, key, share) for one in mine_of for key, share in places.of(one, scope)]
            for key in {key for _, key, _ in placed} | book.keys(scope):
                for back in range(40):
                    day = today - timedelta(days=back)
                    mine = [
                        (one, share) for one, at, share in placed if at == key and day.replace(day=1) <= one.day <= day
                    ]
                    partial = partial_of(measure, [one for one, _ in mine], [share for _, share in mine])
                    value = measured(merged(measure, [partial]))
                    assert book.value(measure.name, scope, key, day) == value, (measure.name, scope, key, day)


def counted(records: list[Record], returns: str | None) -> list[Record]:
    """The records that count, the returns among them by the metric's policy: read from its words alone."""
    live, found = {one.key: one for one in records if one.counts}, []
    for one in live.values():
        reference = one.values.get("original")
        if reference is None or returns in (None, "current"):
            found.append(one)
        elif returns == "original":
            came = live.get((reference,), one)
            found.append(
                msgspec.structs.replace(
                    one, day=came.day, at=came.at, owner=came.owner, region=came.region, credit=came.credit
                )
            )
    return found


def measured(partial: Partial) -> float | None:
    value = value_of(partial)
    return value if isinstance(value, float) else None


@pytest.mark.parametrize("variant", VARIANTS)
async def test_after_any_history_every_cell_is_what_adding_everything_up_gives(company: Company, variant: str) -> None:
    await company.publish(VARIANTS[variant])
    configured = await company.prepared()
    source = Source(len(variant), company.clock.now())
    release = configured.release
    present = Present(RecordReader(release.datasets["orders"], release.sources["erp"], configured.calendar))
    for _ in range(10):
        await company.until(company.clock.now() + timedelta(hours=source.rng.choice((1, 20, 30))))
        now, some = company.clock.now(), source.some(company.clock.now())
        company.write(*some)
        await company.sync()
        for raw in some:
            present.say(raw, now)
    assert await rows(DirtyRow, TENANT).count() == 0
    await expect_all(company, present.records(), company.clock.now().date())
    incremental = await cells()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    await drain(company.context)
    assert await cells() == incremental
    await rows(CellRow, TENANT).delete()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    await drain(company.context)
    assert await cells() == incremental


async def test_a_new_release_computes_what_it_changed_and_forgets_what_is_gone(company: Company) -> None:
    await company.publish()
    company.write(order("A1", START, 100), order("A2", START, 50, kind="low"))
    await company.sync()
    fewer = COMPANY.replace(
        "{kind: metric, name: least, dataset: orders, aggregate: minimum, value: pieces}\n---\n", ""
    )
    await company.publish(fewer.replace("where: kind == 'high'", "where: kind == 'low'"))
    await drain(company.context)
    found = await cells()
    assert found["high", "company", "company", START][1] == 50
    assert not [key for key in found if key[0] == "least"]


async def test_a_new_release_makes_void_records_count(company: Company) -> None:
    await company.publish()
    company.write(order("A1", START, 100, status="cancelled"))
    await company.sync()
    assert await cells() == {}
    await company.publish(COMPANY.replace("void: status == 'cancelled'\n", ""))
    await drain(company.context)
    assert (await cells())["amount", "company", "company", START][1] == 100


async def test_when_somebody_moves_their_numbers_move_along_where_they_are_attributed_as_now(company: Company) -> None:
    await company.publish(VARIANTS["regions of the owners now"])
    company.write(order("A1", START, 100, seller="s02"))
    await company.sync()
    assert ("amount", "region", "shanghai", START) in await cells()
    await company.until(noon(date(2026, 3, 11), 1))
    assert {key[2] for key in await cells() if key[:2] == ("amount", "region")} == {"west"}


async def test_a_place_that_is_marked_again_while_it_is_computed_is_computed_again(company: Company) -> None:
    await company.publish()
    company.write(order("A1", START))
    await company.sync()
    now = company.clock.now()
    await transact(lambda: mark_dirty(TENANT, "orders", {(START, "shanghai", "s01"), (START, "west", "s04")}, now))
    batch = await next_batch(TENANT)
    assert batch is not None
    await transact(lambda: mark_dirty(TENANT, "orders", {(START, "west", "s04")}, now))
    await compute_batch(company.context, await company.prepared(), batch)
    assert [row.region for row in await rows(DirtyRow, TENANT)] == ["west"]


async def test_whoever_computes_is_overtaken_by_a_release(company: Company) -> None:
    await company.publish()
    company.write(order("A1", START))
    await company.sync()
    await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
    configured, batch = await company.prepared(), await next_batch(TENANT)
    assert batch is not None
    computing = asyncio.create_task(compute_batch(company.context, configured, batch))
    await company.publish(COMPANY.replace("value: amount, format: money", "value: amount * 2, format: money"))
    with suppress(OvertakenError):
        await computing
    await drain(company.context)
    assert (await cells())["amount", "company", "company", START][1] == 200


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_workers_that_compute_at_once_lose_nothing(company: Company) -> None:
    await company.publish()
    source = Source(5, company.clock.now())
    for _ in range(4):
        some = source.some(company.clock.now())
        company.write(*some)
        await company.sync()
    expected = await cells()
    for _ in range(3):
        await rows(CellRow, TENANT).delete()
        await transact(lambda: mark_datasets(TENANT, ["orders"], company.clock.now()))
        places = {(START - timedelta(days=back), "west", "s04") for back in range(20)}
        await transact(lambda places=places: mark_dirty(TENANT, "orders", places, company.clock.now()))  # type: ignore[misc]
        await asyncio.gather(*(compute_dirty(company.context, TENANT) for _ in range(4)))
        assert await rows(DirtyRow, TENANT).count() == 0
        assert await cells() == expected


async def test_what_moved_a_number_is_said_in_words_without_what_not_everybody_may_see(company: Company) -> None:
    await company.publish()
    company.write(order("A1", START, 100), order("A2", START, 10))
    await company.sync()
    await company.until(company.clock.now() + timedelta(hours=1))
    company.write(order("A1", START, 130, kind="low", cost=99.0))
    await company.sync()
    moved = await rows(MovementRow, TENANT).get(metric="amount", scope="company")
    assert (moved.delta, moved.reason["en"], moved.reason["zh"]) == (
        30,
        "A1: Class high → low, Amount 100 → 130",
        "A1：等级 high → low, 金额 100 → 130",
    )
    company.write(order("A2", START, 10, cost=1.0, pieces=5.0, _deleted=True))
    await company.sync()
    assert (await rows(MovementRow, TENANT).get(metric="amount", scope="company")).reason["en"] == "A2 was deleted"


async def test_numbers_of_yesterday_s_month_start_anew(company: Company) -> None:
    await company.publish()
    company.write(order("A1", date(2026, 2, 27), 100), order("A2", MONDAY, 30), order("A3", START, 5))
    await company.sync()
    book = await book_of(await company.prepared(), ["amount", "share"], ["2026-02", "2026-03"])
    numbers = [
        book.value("amount", "company", "company", day) for day in (date(2026, 2, 28), date(2026, 3, 1), MONDAY, START)
    ]
    assert numbers == [100, 0, 30, 35]
    assert book.value("share", "region", "shanghai", START) == 1
    assert book.value("amount", "person", "s04", START) == 0
