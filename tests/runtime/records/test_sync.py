"""What becomes of files: rows, versions, quarantine, cursors; read once, and never half."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.sources.file.tail import read_tail
from engine.records.reader import RecordReader
from runtime.numbers.rows import DirtyRow
from runtime.queue.jobs import list_jobs
from runtime.records.folder import FileCursor, mark_of
from runtime.records.ingest import Ingest, OvertakenError
from runtime.records.rows import QuarantinedRow, RecordRow, SourceStateRow, SyncRunRow
from runtime.records.runs import begin, move, open_quarantine
from runtime.records.store import records_between, versions_of
from runtime.settings import Settings
from runtime.tenancy import rows
from schema_defs.errors import AuthorError
from tests.runtime.company import COMPANY, MONDAY, SOURCE, TENANT, Company, founded, noon, order

TUESDAY = MONDAY + timedelta(days=1)
CSV = "number,ordered,seller,region,amount,_known_at\n"


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    async with founded(settings, noon(MONDAY)) as one:
        await one.publish()
        yield one


async def amounts(company: Company, **known: object) -> dict[object, object]:
    dataset = (await company.prepared()).release.datasets["orders"]
    found = await records_between(TENANT, dataset, MONDAY, MONDAY + timedelta(days=30), **known)  # type: ignore[arg-type]
    return {record.key[0]: record.values["amount"] for record in found}


async def runs() -> list[tuple[object, ...]]:
    found = rows(SyncRunRow, TENANT).order_by("id")
    return list(await found.values_list("file", "state", "read", "kept", "changed", "quarantined"))


async def test_a_file_becomes_records_and_a_run_says_what_became_of_its_rows(company: Company) -> None:
    company.write(order("A1", MONDAY, 10), order("A2", MONDAY, 20), {"number": "A3"})
    await company.sync()
    assert await amounts(company) == {"A1": 10, "A2": 20}
    assert await runs() == [("orders.jsonl", "done", 3, 2, 2, 1)]
    assert [(row.line, row.given) for row in await open_quarantine(TENANT, "orders")] == [(3, {"number": "A3"})]


async def test_many_rows_are_stored_as_few_are(company: Company) -> None:
    """PostgreSQL takes many new rows as one stream."""
    for amount in (1, 2):
        company.write(*(order(f"A{number}", MONDAY, number * amount) for number in range(1, 251)))
        await company.sync()
    assert await amounts(company) == {f"A{number}": number * 2 for number in range(1, 251)}
    assert [row[2:] for row in await runs()] == [(250, 250, 250, 0)] * 2
    assert [(row.version, row.superseded_at is None) for row in await versions_of(TENANT, "orders", '["A7"]')] == [
        (2, True),
        (1, False),
    ]


async def test_a_file_without_news_is_not_read_again(company: Company) -> None:
    company.write(order("A1", MONDAY))
    for _ in range(3):
        await company.sync()
    assert len(await runs()) == 1


async def test_a_log_is_read_on_from_where_it_ended(company: Company) -> None:
    company.write(order("A1", MONDAY, 10))
    await company.sync()
    company.write(order("A1", MONDAY, 15), {"bad": 1})
    await company.sync()
    assert await amounts(company) == {"A1": 15}
    assert [row[2:] for row in await runs()] == [(1, 1, 1, 0), (2, 1, 1, 1)]
    assert [row.line for row in await open_quarantine(TENANT, "orders")] == [3]


async def test_half_a_line_waits_for_its_other_half(company: Company) -> None:
    company.write(order("A1", MONDAY, 10))
    with (company.folder / "orders.jsonl").open("ab") as log:
        log.write(b'{"number": "A2", "ordered": "2026-03-02", "amo')
    await company.sync()
    await company.sync()
    assert await amounts(company) == {"A1": 10}
    with (company.folder / "orders.jsonl").open("ab") as log:
        log.write(b'unt": 20}\n')
    await company.sync()
    assert await amounts(company) == {"A1": 10, "A2": 20}
    assert await rows(QuarantinedRow, TENANT).count() == 0
    assert len(await runs()) == 2


async def test_a_last_line_without_its_end_is_read_when_it_is_a_whole_object(company: Company) -> None:
    (company.folder / "orders.jsonl").write_bytes(b'{"number": "A1", "ordered": "2026-03-02", "amount": 7}')
    await company.sync()
    company.write()
    with (company.folder / "orders.jsonl").open("ab") as log:
        log.write(b'\n{"number": "A2", "ordered": "2026-03-02", "amount": 8}\n')
    await company.sync()
    assert await amounts(company) == {"A1": 7, "A2": 8}


async def test_a_log_that_was_cut_off_or_replaced_is_read_from_its_beginning(company: Company) -> None:
    company.write(order("A1", MONDAY, 10), order("A2", MONDAY, 20))
    await company.sync()
    (company.folder / "orders.jsonl").write_bytes(b"")
    company.write(order("A9", MONDAY, 90))
    await company.sync()
    assert await amounts(company) == {"A1": 10, "A2": 20, "A9": 90}


async def test_a_line_that_is_no_text_is_a_bad_row_and_stops_nothing(company: Company) -> None:
    company.write(order("A1", MONDAY, 10))
    with (company.folder / "orders.jsonl").open("ab") as log:
        log.write(b"\xff\xff\xff\n\x00\x00\n[1, 2]\n\n")
        log.write('{"number": "中文", "ordered": "2026-03-02", "amount": 5}\n'.encode("gb18030"))
    company.write(order("A2", MONDAY, 20))
    await company.sync()
    assert await amounts(company) == {"A1": 10, "中文": 5, "A2": 20}
    assert sorted(row.line for row in await open_quarantine(TENANT, "orders")) == [2, 3, 4]


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800"])
async def test_a_text_that_no_database_takes_is_a_bad_row(company: Company, text: str) -> None:
    with (company.folder / "orders.jsonl").open("ab") as log:
        for place in ("number", "seller", "customer"):
            row = {"number": place, "ordered": "2026-03-02", "amount": "5"} | {place: "TEXT"}
            log.write(str(row).replace("'", '"').replace("TEXT", text).encode() + b"\n")
    company.write(order("A2", MONDAY, 20))
    await company.sync()
    assert await amounts(company) == {"A2": 20}
    assert await rows(QuarantinedRow, TENANT).count() == 3


async def test_keys_that_are_longer_than_the_tables_take_are_bad_rows(company: Company) -> None:
    company.write(order("x" * 500, MONDAY), order("A1", MONDAY, seller="y" * 500), order("A2", MONDAY, 20))
    await company.sync()
    assert await amounts(company) == {"A2": 20}
    assert await rows(QuarantinedRow, TENANT).count() == 2


async def test_a_whole_file_that_was_replaced_says_only_what_is_new(company: Company) -> None:
    await company.publish(COMPANY.replace("orders*.jsonl", "orders*.csv"))
    company.put("orders.csv", "number,ordered,amount\nA1,2026-03-02,10\nA2,2026-03-02,x\n", age=90)
    await company.sync()
    company.put("orders.csv", "number,ordered,amount\nA1,2026-03-02,10\nA2,2026-03-02,20\nA3,2026-03-02,30\n", age=60)
    await company.sync()
    assert await amounts(company) == {"A1": 10, "A2": 20, "A3": 30}
    assert [row[2:] for row in await runs()] == [(2, 1, 1, 1), (3, 3, 2, 0)]
    assert await open_quarantine(TENANT, "orders") == []


async def test_the_same_key_twice_in_a_whole_file_is_a_bad_row_unless_it_says_when_it_was_known(
    company: Company,
) -> None:
    await company.publish(COMPANY.replace("orders*.jsonl", "orders*.csv"))
    company.put("orders.csv", CSV + "A1,2026-03-02,s01,west,10,\nA1,2026-03-02,s01,west,11,\n")
    company.put(
        "orders2.csv", CSV + "B1,2026-03-02,s01,west,1,2026-03-02 10:00\nB1,2026-03-02,s01,west,2,2026-03-02 11:00\n"
    )
    await company.sync()
    assert await amounts(company) == {"A1": 10, "B1": 2}
    assert await amounts(company, known_at=noon(MONDAY, 10.5)) == {"B1": 1}
    assert len(await open_quarantine(TENANT, "orders")) == 1


async def test_a_whole_file_that_cannot_be_read_to_its_end_leaves_nothing_and_is_read_again_when_it_changes(
    company: Company,
) -> None:
    await company.publish(COMPANY.replace("orders*.jsonl", "orders*.csv"))
    good = "number,ordered,amount\n" + "".join(f"A{n},2026-03-02,10\n" for n in range(1500))
    company.put("orders.csv", good + 'B1,2026-03-02,"cut', age=90)
    for _ in range(2):
        await company.sync()
    assert (await amounts(company), [row[:3] for row in await runs()]) == ({}, [("orders.csv", "failed", 0)])
    assert (await rows(SourceStateRow, TENANT).get(source="erp")).watermark is None
    company.put("orders.csv", good, age=60)
    await company.sync()
    assert len(await amounts(company)) == 1500
    assert (await rows(SourceStateRow, TENANT).get(source="erp")).watermark is not None


async def test_an_interrupted_reading_is_taken_up_where_it_stopped(company: Company) -> None:
    company.write(*(order(f"A{n}", MONDAY, n) for n in range(3000)), {"number": "bad"})
    company.write(*(order(f"A{n}", MONDAY, n) for n in range(3000, 4000)))
    configured, path = await company.prepared(), company.folder / "orders.jsonl"
    release = configured.release
    run, _ = await begin(TENANT, "erp", "orders", "orders.jsonl", company.clock.now())
    reader = RecordReader(release.datasets["orders"], release.sources["erp"], configured.calendar)
    piece = read_tail(path, 0, 0)
    behind = FileCursor(piece.offset, piece.line, mark_of(path))
    await Ingest(run, reader, company.clock.now, newer_versions=True).write(
        piece.rows, lambda: move(run, {"orders.jsonl": behind})
    )
    # Here the process dies: the first piece is stored, nothing else was done.
    assert 0 < await rows(RecordRow, TENANT).count() < 4000
    await company.sync()
    assert await rows(RecordRow, TENANT).filter(version=1).count() == 4000
    assert await rows(RecordRow, TENANT).count() == 4000
    assert await rows(QuarantinedRow, TENANT).count() == 1
    states = [(row.state, row.read) for row in await rows(SyncRunRow, TENANT).order_by("id")]
    assert [state for state, _ in states] == ["failed", "done"]
    assert sum(read for _, read in states) == 4001
    assert await rows(DirtyRow, TENANT).count() == 0


async def test_a_reader_that_was_overtaken_writes_nothing_more(company: Company) -> None:
    first, _ = await begin(TENANT, "erp", "orders", "orders.jsonl", company.clock.now())
    second, _ = await begin(TENANT, "erp", "orders", "orders.jsonl", company.clock.now())
    with pytest.raises(OvertakenError):
        await move(first, {"orders.jsonl": FileCursor(offset=7)})
    await move(second, {"orders.jsonl": FileCursor(offset=9)})
    assert (await rows(SourceStateRow, TENANT).get(source="erp")).cursor["orders.jsonl"]["offset"] == 9


async def test_a_path_that_leads_out_of_the_folder_is_refused_with_its_reason(company: Company) -> None:
    (company.folder.parent / "secret.jsonl").write_text('{"number": "X", "ordered": "2026-03-02"}\n')
    await company.publish(COMPANY.replace("orders*.jsonl", "../secret.jsonl"))
    await company.sync()
    dead = [job for job in await list_jobs(TENANT) if job.state == "dead"]
    assert dead
    assert "must be relative" in str(dead[0].error)
    assert await amounts(company) == {}


async def test_a_link_that_leads_out_of_the_folder_is_not_followed(company: Company) -> None:
    (company.folder.parent / "secret.jsonl").write_text('{"number": "X", "ordered": "2026-03-02"}\n')
    (company.folder / "orders-link.jsonl").symlink_to(company.folder.parent / "secret.jsonl")
    company.write(order("A1", MONDAY, 10))
    await company.sync()
    assert await amounts(company) == {"A1": 10}


async def test_two_sources_bring_records_of_one_dataset(company: Company) -> None:
    other = SOURCE.replace("name: erp", "name: shop").replace("orders*.jsonl", "shop*.jsonl")
    await company.publish(f"{COMPANY}\n---\n{other}")
    company.write(order("A1", MONDAY, 10))
    company.write(order("B1", MONDAY, 20), order("A1", MONDAY, 11), file="shop.jsonl")
    await company.sync("erp")
    await company.sync("shop")
    assert await amounts(company) == {"A1": 11, "B1": 20}
    assert [version.source for version in await versions_of(TENANT, "orders", '["A1"]')] == ["shop", "erp"]


async def test_a_deletion_at_the_source_is_a_version_too(company: Company) -> None:
    company.write(order("A1", MONDAY, 10, _known_at="2026-03-02T09:00:00+08:00"))
    company.write(
        {"number": "A1", "_deleted": True, "_known_at": "2026-03-02T11:00:00+08:00"},
        {"number": "never", "_deleted": True},
    )
    await company.sync()
    assert await amounts(company) == {}
    assert await amounts(company, known_at=noon(MONDAY, 10)) == {"A1": 10}
    company.write(order("A1", MONDAY, 12))
    await company.sync()
    assert await amounts(company) == {"A1": 12}


async def test_what_became_known_earlier_and_comes_later_has_its_place_in_the_past(company: Company) -> None:
    company.write(order("A1", MONDAY, 12, _known_at="2026-03-02T11:00:00+08:00"))
    await company.sync()
    company.write(order("A1", MONDAY, 10, _known_at="2026-03-02T09:00:00+08:00"))
    await company.sync()
    assert await amounts(company) == {"A1": 12}
    assert await amounts(company, known_at=noon(MONDAY, 10)) == {"A1": 10}
    assert await amounts(company, known_at=noon(MONDAY, 8)) == {}
    assert [row[4] for row in await runs()] == [1, 0]


async def test_a_changed_mapping_reads_the_rows_again(company: Company) -> None:
    company.write(order("A1", MONDAY, 10, gross=99))
    await company.sync()
    await company.publish(COMPANY.replace("schedule: every 1 days", "schedule: every 1 days\nmap: {amount: gross}"))
    await company.sync()
    assert await amounts(company) == {"A1": 99}


async def test_files_that_say_when_rows_became_known_are_read_newest_first(company: Company) -> None:
    for month in ("01", "02", "03"):
        known = f"2026-{month}-02T09:00:00+08:00"
        many = (order(f"A{month}-{n}", MONDAY, 1, _known_at=known) for n in range(2100))
        company.write(*many, order("X", MONDAY, float(month), _known_at=known), file=f"orders-{month}.jsonl")
    await company.sync()
    assert [row[0] for row in await runs()] == ["orders-03.jsonl", "orders-02.jsonl", "orders-01.jsonl"]
    assert (await amounts(company))["X"] == 3
    kinds = [
        job.kind for job in reversed(await list_jobs(TENANT)) if job.kind in ("sync", "compute") and job.state == "done"
    ]
    assert kinds[-5:].count("compute") >= 2


def test_a_line_that_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_bytes(b'{"number": "' + b"x" * 5_000_000)
    with pytest.raises(AuthorError, match="longer than"):
        read_tail(path, 0, 0)
