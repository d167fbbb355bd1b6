"""Importing a file: good rows stored, bad ones kept with their reasons, a broken file refused before anything is written."""

import asyncio
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.audit.log import entries
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.numbers.rows import CellRow
from runtime.queue.drain import drain
from runtime.queue.jobs import list_jobs
from runtime.records import survey
from runtime.records.import_file import Import, Imported, Watch, import_file
from runtime.records.rows import QuarantinedRow, RecordRow, SourceStateRow, SyncRunRow
from runtime.releases.publish import publish
from runtime.tenancy import rows
from schema_defs.errors import AuthorError, DuiqiError, UsageError
from schema_defs.loader import load_text

FILES = Path(__file__).parents[2] / "testdata" / "files"
DOCUMENTS = """
kind: dataset
name: orders
label: {zh: 订单, en: Orders}
key: [order, line]
time: ordered
owner: seller
region: region
fields:
  order: text
  line: number
  ordered: date
  seller: person
  region: region
  kind: {type: choice, choices: [Bikes, Clothing]}
  amount: {type: money, currency: CNY}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
"""
SOURCE = """
---
kind: source
name: erp
dataset: orders
connector: file
connection: {path: "orders*.csv"}
fresh_within: 2 hours
map: {amount: netto}
"""
HEAD = "order,line,ordered,seller,region,kind,amount"
# Per file of the test data: rows kept, and of the bad ones their lines with words that lead to what is wrong.
BAD: dict[str, tuple[int, dict[int, tuple[str, str]]]] = {
    "bad.ambiguous-dates.csv": (0, {2: ("有歧义", "ambiguous"), 3: ("日历上没有", "2026-02-30"), 4: ("日期序号", "46083")}),
    "bad.ambiguous-numbers.csv": (1, {2: ("1,23", "1,23"), 3: ("1.234,50", "1.234,50")}),
    "bad.date-as-number.xlsx": (1, {2: ("日期序号", "46083")}),
    "bad.doubled-keys.csv": (1, {3: ("第 2 行", "line 2")}),
    "bad.empty-key-and-time.csv": (0, {2: ("order", "order"), 3: ("ordered", "ordered")}),
    "bad.extra-cells.csv": (1, {2: ("8 个单元格", "8"), 3: ("3 个单元格", "3")}),
    "bad.formula-error.xlsx": (1, {2: ("#N/A", "#N/A")}),
    "bad.lines.jsonl": (1, {2: ("两次", "twice"), 3: ("NaN", "NaN"), 4: ("对象", "object"), 5: ("34", "34"), 6: ("嵌套", "nested")}),
    "bad.merged.xlsx": (1, {3: ("合并", "merged")}),
    "bad.stray-quote.csv": (1, {2: ("引号", "quote")}),
    "bad.wrong-choice.csv": (0, {2: ("Bikes", "Bikes")}),
}  # fmt: skip
REFUSED: dict[str, tuple[str, str]] = {
    "refused.array.json": ("每行写一个对象", "one object per line"),
    "refused.binary.csv": ("不是文本文件", "no text file"),
    "refused.cut-character.csv": ("重新导出", "export it again"),
    "refused.doubled-columns.csv": ("amount", "rename one of them"),
    "refused.empty-sheet.xlsx": ("Sheet", "Sheet"),
    "refused.empty.csv": ("空的", "empty"),
    "refused.header-only-blank.csv": ("第一行", "first row"),
    "refused.latin1.csv": ("UTF-8", "UTF-8"),
    "refused.no-key.jsonl": ("Order", "did you mean 'Order'"),
    "refused.open-quote.csv": ("第 2 行", "line 2"),
    "refused.title-row.xlsx": ("order", "order"),
    "refused.truncated.xlsx": ("重新导出", "export it again"),
    "refused.utf16.csv": ("UTF-16", "UTF-16"),
    "refused.wrong-header.csv": ("order_no", "order_no"),
}
GOOD = {
    "orders.csv": 2, "orders.bom.csv": 1, "orders.gb18030.csv": 2, "orders.tab.csv": 1, "orders.semicolon.csv": 1,
    "orders.full-width.csv": 1, "orders.quoted-newline.csv": 2, "orders.blank-rows.csv": 1, "orders.dates.xlsx": 2,
}  # fmt: skip


def test_every_file_of_the_test_data_is_imported_here() -> None:
    assert {path.name for path in FILES.iterdir()} == BAD.keys() | REFUSED.keys() | GOOD.keys()


@pytest.fixture
async def orders(context: Context, tenant: str) -> str:
    await publish(context, tenant, load_text(DOCUMENTS, "orders.yaml", one=False), by="anna")
    await drain(context, tenant)
    return tenant


def asked(path: Path, **more: Any) -> Import:
    return Import(path=path, dataset="orders", **more)


async def state(tenant: str) -> dict[str, Any]:
    """Everything that an import may change, but for moments and ids."""
    present = rows(RecordRow, tenant).filter(superseded_at__isnull=True, deleted=False).order_by("key")
    return {
        "records": [(row.key, row.day, row.region, row.owner, row.values, row.void) for row in await present],
        "versions": await rows(RecordRow, tenant).count(),
        "quarantine": sorted(
            (row.line, str(row.given), str(row.reasons))
            for row in await rows(QuarantinedRow, tenant).filter(resolved_at__isnull=True)
        ),
        "cells": sorted(await rows(CellRow, tenant).values_list("metric", "scope", "key", "day", "number")),
    }


@pytest.mark.parametrize("name", list(BAD))
async def test_bad_rows_are_kept_with_reasons_and_the_good_ones_stored(
    context: Context, orders: str, name: str
) -> None:
    kept, bad = BAD[name]
    done = await import_file(context, orders, asked(FILES / name))
    assert (done.kept, done.changed, done.quarantined) == (kept, kept, len(bad))
    assert {line.line: line.reasons for line in done.bad}.keys() == bad.keys()
    for line in done.bad:
        zh, en = bad[line.line]
        assert zh in "；".join(reason.zh for reason in line.reasons)
        assert en in "; ".join(reason.en for reason in line.reasons)
    stored = {row.line: row for row in await rows(QuarantinedRow, orders).all()}
    assert stored.keys() == bad.keys()
    assert all(set(reason) == {"zh", "en"} for row in stored.values() for reason in row.reasons)
    assert len((await state(orders))["records"]) == kept


@pytest.mark.parametrize("name", list(REFUSED))
async def test_a_broken_file_is_refused_before_anything_is_written(context: Context, orders: str, name: str) -> None:
    await import_file(context, orders, asked(FILES / "orders.csv"))
    await drain(context, orders)
    before, runs = await state(orders), await rows(SyncRunRow, orders).count()
    with pytest.raises(DuiqiError) as caught:
        await import_file(context, orders, asked(FILES / name))
    zh, en = REFUSED[name]
    assert name in caught.value.said.zh
    assert name in caught.value.said.en
    assert zh in caught.value.said.zh
    assert en in caught.value.said.en
    await drain(context, orders)
    assert await state(orders) == before
    assert await rows(SyncRunRow, orders).count() == runs


@pytest.mark.parametrize("name", list(GOOD))
async def test_a_good_file_is_stored_whole_and_computed(context: Context, orders: str, name: str) -> None:
    done = await import_file(context, orders, asked(FILES / name, by="anna"))
    await drain(context, orders)
    assert (done.read, done.kept, done.changed, done.quarantined) == (*(GOOD[name],) * 3, 0)
    after = await state(orders)
    company = [cell for cell in after["cells"] if cell[1] == "company"]
    assert company
    total = sum(record[4]["amount"] for record in after["records"])
    assert max(company, key=lambda cell: cell[3])[4] == pytest.approx(total)
    assert [entry.what for entry in await entries(orders)].count("import") == 1


@pytest.mark.parametrize("name", ["orders.csv", "orders.dates.xlsx", "bad.lines.jsonl", "bad.ambiguous-numbers.csv"])
async def test_the_same_file_again_changes_nothing(
    context: Context, orders: str, clock: VirtualClock, name: str
) -> None:
    await import_file(context, orders, asked(FILES / name))
    await drain(context, orders)
    before = await state(orders)
    clock.advance(timedelta(hours=1))
    again = await import_file(context, orders, asked(FILES / name))
    await drain(context, orders)
    assert again.changed == 0
    assert await state(orders) == before


@pytest.mark.parametrize(
    "name", ["bad.lines.jsonl", "bad.doubled-keys.csv", "bad.merged.xlsx", "orders.csv", "orders.dates.xlsx"]
)
async def test_a_dry_run_says_what_an_import_would_do_and_does_nothing(
    context: Context, orders: str, name: str
) -> None:
    await import_file(context, orders, asked(FILES / "orders.bom.csv"))
    before, runs = await state(orders), await rows(SyncRunRow, orders).count()
    dry = await import_file(context, orders, asked(FILES / name, dry_run=True))
    assert (await state(orders), await rows(SyncRunRow, orders).count()) == (before, runs)
    real = await import_file(context, orders, asked(FILES / name))
    assert numbers(dry) == numbers(real)
    assert (dry.run, dry.bad, dry.warnings) == (None, real.bad, real.warnings)


def numbers(done: Imported) -> tuple[int, ...]:
    return done.read, done.kept, done.changed, done.quarantined


async def test_a_dry_run_counts_versions_of_one_record_as_the_import_does(
    context: Context, orders: str, tmp_path: Path
) -> None:
    path = tmp_path / "history.csv"
    lines = [
        "A1,1,2026-02-02,s01,east,Bikes,1,2026-02-02T10:00",
        "A1,1,2026-02-02,s01,east,Bikes,2,2026-02-03T10:00",
        "A2,1,2026-02-02,s01,east,Bikes,7,2026-02-03T10:00",
        "A1,1,2026-02-02,s01,east,Bikes,2,2026-02-04T10:00",
    ]
    path.write_text("\n".join([f"{HEAD},_known_at", *lines]) + "\n", encoding="utf-8")
    dry = await import_file(context, orders, asked(path, dry_run=True))
    real = await import_file(context, orders, asked(path))
    assert numbers(dry) == numbers(real) == (4, 4, 2, 0)
    versions = await state(orders)
    again = await import_file(context, orders, asked(path))
    assert (again.changed, await state(orders)) == (0, versions)


async def test_strict_stores_nothing_when_a_row_is_bad(context: Context, orders: str) -> None:
    before = await state(orders)
    done = await import_file(context, orders, asked(FILES / "bad.ambiguous-numbers.csv", strict=True))
    assert (done.run, done.quarantined) == (None, 2)
    assert await state(orders) == before
    assert (await import_file(context, orders, asked(FILES / "orders.csv", strict=True))).changed == 2


async def test_the_mended_file_settles_what_was_wrong_with_it(context: Context, orders: str, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(f"{HEAD}\nA1,1,2026-03-02,s01,east,Bikes,1\nA2,1,oops,s01,east,Bikes,2\n", encoding="utf-8")
    await import_file(context, orders, asked(path))
    assert len((await state(orders))["quarantine"]) == 1
    path.write_text(f"{HEAD}\nA1,1,2026-03-02,s01,east,Bikes,1\nA2,1,2026-03-02,s01,east,Bikes,2\n", encoding="utf-8")
    done = await import_file(context, orders, asked(path))
    assert (done.changed, (await state(orders))["quarantine"]) == (1, [])


class CrashError(Exception):
    pass


def many(path: Path, count: int) -> Path:
    lines = (f"A{number},1,2026-03-{number % 28 + 1:02d},s01,east,Bikes,{number}" for number in range(count))
    path.write_text("\n".join([HEAD, *lines, "A0,1,2026-03-01,s01,east,Bikes,5"]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("how", ["crash", "cancel", "kill"])
async def test_an_interrupted_import_is_completed_by_importing_again(
    context: Context, orders: str, tmp_path: Path, how: str
) -> None:
    path = many(tmp_path / "many.csv", 2500)
    stopped = asyncio.current_task()

    def stop(stored: int) -> None:
        assert stopped is not None
        if stored >= 2000 and how == "cancel":
            stopped.cancel()
        elif stored >= 2000:
            raise CrashError

    with pytest.raises((CrashError, asyncio.CancelledError)):
        await import_file(context, orders, asked(path), Watch(storing=stop))
    if stopped is not None and how == "cancel":
        stopped.uncancel()
    half = await state(orders)
    assert 0 < len(half["records"]) < 2500
    if how == "kill":
        # A killed process leaves its run as it was.
        await rows(SyncRunRow, orders).update(state="running", finished_at=None)
    done = await import_file(context, orders, asked(path))
    await drain(context, orders)
    assert (done.kept, done.quarantined) == (2500, 1)
    assert done.changed == 2500 - len(half["records"])
    whole = await state(orders)
    assert (len(whole["records"]), whole["versions"], len(whole["quarantine"])) == (2500, 2500, 1)
    assert sorted(row.state for row in await rows(SyncRunRow, orders).all()) == ["done", "failed"]
    company = [cell for cell in whole["cells"] if cell[1] == "company"]
    assert max(company, key=lambda cell: cell[3])[4] == sum(range(2500))


async def test_progress_is_told_while_looking_and_while_storing(context: Context, orders: str, tmp_path: Path) -> None:
    looked: list[int] = []
    stored: list[int] = []
    await import_file(context, orders, asked(many(tmp_path / "many.csv", 1500)), Watch(looked.append, stored.append))
    assert looked == stored == [1000, 1501]


async def test_a_file_that_changes_while_it_is_looked_through_is_stored_as_it_was_looked_through(
    context: Context, orders: str, tmp_path: Path
) -> None:
    path = many(tmp_path / "many.csv", 10)

    def meddle(looked: int) -> None:
        path.write_bytes(b"\x00\x01 no longer a file")

    done = await import_file(context, orders, asked(path), Watch(looking=meddle))
    assert (done.kept, done.quarantined) == (10, 1)


@pytest.mark.parametrize(
    "more", [{"dataset": "order"}, {"source": "crm"}, {"complete": datetime(2026, 3, 2, tzinfo=UTC)}]
)
async def test_what_is_not_there_is_wrong_use(context: Context, orders: str, more: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        await import_file(context, orders, Import(**({"path": FILES / "orders.csv", "dataset": "orders"} | more)))


async def test_a_source_maps_the_columns_and_its_clock_moves_only_when_asked_and_never_back(
    context: Context, tenant: str, clock: VirtualClock, tmp_path: Path
) -> None:
    await publish(context, tenant, load_text(DOCUMENTS + SOURCE, "orders.yaml", one=False), by="anna")
    path = tmp_path / "march.csv"
    path.write_text("order,line,ordered,seller,region,kind,netto\nA1,1,2026-03-02,s01,east,Bikes,5\n", encoding="utf-8")

    async def watermark() -> datetime | None:
        state = await rows(SourceStateRow, tenant).get_or_none(source="erp")
        return state.watermark if state else None

    done = await import_file(context, tenant, asked(path))
    assert (done.source, await watermark()) == ("erp", None)
    records = await rows(RecordRow, tenant).all()
    assert [(row.values["amount"], row.source) for row in records] == [(5.0, "erp")]
    for complete, expected in (
        (clock.now() - timedelta(hours=1), clock.now() - timedelta(hours=1)),
        (clock.now() - timedelta(days=1), clock.now() - timedelta(hours=1)),
        (clock.now() + timedelta(days=1), clock.now()),
    ):
        await import_file(context, tenant, asked(path, source="erp", complete=complete))
        assert await watermark() == expected


async def test_an_import_asks_for_the_numbers_only_when_something_changed(context: Context, orders: str) -> None:
    await import_file(context, orders, asked(FILES / "orders.csv"))
    assert [job.kind for job in await list_jobs(orders, states=("queued",)) if job.kind == "compute"] == ["compute"]
    await drain(context, orders)
    await import_file(context, orders, asked(FILES / "orders.csv"))
    assert [job.kind for job in await list_jobs(orders, states=("queued",)) if job.kind == "compute"] == []


async def test_another_tenant_sees_nothing_of_it(context: Context, orders: str) -> None:
    await import_file(context, orders, asked(FILES / "bad.ambiguous-numbers.csv"))
    assert await rows(RecordRow, "other").count() == await rows(QuarantinedRow, "other").count() == 0


async def test_a_parquet_file_is_imported_like_the_others(context: Context, orders: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table(
        {
            "order": ["A1", "A2"], "line": [1, 1], "ordered": [date(2026, 3, 2), None], "seller": ["s01", "s01"],
            "region": ["east", "east"], "kind": ["Bikes", "Bikes"], "amount": [1.5, 2.5],
        }
    )  # fmt: skip
    parquet.write_table(table, tmp_path / "orders.parquet")
    done = await import_file(context, orders, asked(tmp_path / "orders.parquet"))
    assert (done.kept, [line.line for line in done.bad]) == (1, [2])


CELLS = st.sampled_from(["A1", "A2", "A3", ""])
LINES = st.lists(
    st.tuples(CELLS, st.sampled_from(["1", "2", "x"]), st.sampled_from(["2026-03-02", "2026-03-03", "03/04/2026"]), st.integers(0, 3)),
    max_size=12,
)  # fmt: skip


@given(first=LINES, second=LINES, where=st.integers(0, 3))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_files_in_any_order_of_interruptions_end_in_the_state_of_the_last_reading(
    context: Context, orders: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: Any, second: Any, where: int
) -> None:
    """One row a chunk, stopped anywhere, then imported again: the same as never stopped."""
    monkeypatch.setattr("runtime.records.import_file.CHUNK", 1)
    monkeypatch.setattr(survey, "CHUNK", 2)
    for table in (RecordRow, QuarantinedRow, SyncRunRow, CellRow):
        await rows(table, orders).delete()
    path = tmp_path / "any.csv"
    for lines in (first, second):
        texts = [f"{order},{line},{day},s01,east,Bikes,{amount}" for order, line, day, amount in lines]
        path.write_text("\n".join([HEAD, *texts]) + "\n", encoding="utf-8")

        def stop(stored: int) -> None:
            if stored > where:
                raise CrashError

        with pytest.raises(CrashError) if len(lines) > where else nullcontext():
            await import_file(context, orders, asked(path), Watch(storing=stop))
        done = await import_file(context, orders, asked(path))
        assert done.kept + done.quarantined == done.read == len(lines)
    expected = naive(first) | naive(second)
    found = {row[0]: row[4]["amount"] for row in (await state(orders))["records"]}
    assert found == {key: float(amount) for key, amount in expected.items()}
    open_rows = await rows(QuarantinedRow, orders).filter(resolved_at__isnull=True)
    if second:
        assert len(open_rows) == len(second) - len(naive(second))


def naive(lines: list[tuple[str, str, str, int]]) -> dict[str, int]:
    """The good rows by key: the first of each key, since a second one is bad."""
    found: dict[str, int] = {}
    for order, line, day, amount in lines:
        if order and line != "x" and day != "03/04/2026":
            found.setdefault(f'["{order}",{line}]', amount)
    return found


async def test_a_file_that_cannot_be_read_to_its_end_raises_our_own_error(context: Context, orders: str) -> None:
    with pytest.raises(AuthorError):
        await import_file(context, orders, asked(FILES / "refused.open-quote.csv", dry_run=True))
