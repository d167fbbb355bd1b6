"""The seeded year for tests and measurements: how much it holds, and that it is the same every time."""

import hashlib
from collections import Counter

import msgspec
import pytest

from engine.calendar import calendar_of
from engine.records.reader import RecordReader
from engine.records.record import BadRow
from runtime.demo.stage import load_configuration
from runtime.demo.year import ONE_WRONG_IN, write_year, year_of
from runtime.offline.data import read_data


def digests(folder) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path, form):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_year(tmp_path / name, form=form, seed=seed, per_day=0.1)

    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")
    assert sorted(digests(tmp_path / "a")) == [f"order_lines.{form}", f"payments.{form}"]


def test_every_wrong_row_is_refused_and_every_other_one_is_read():
    release = load_configuration("reference").release
    reader = RecordReader(
        release.datasets["order_lines"], release.source_of("order_lines"), calendar_of(release.calendar)
    )
    wrong, refused = Counter[str](), []
    for change, is_wrong in year_of(per_day=0.4):
        if change.stream == "order_lines":
            found = reader.read(change.row | {"_known_at": change.at.isoformat()})
            assert isinstance(found, BadRow) == is_wrong, (change.row, found)
            if isinstance(found, BadRow):
                wrong[found.field or ""] += 1
                refused.append(found)

    assert set(wrong) == {"order_number", "line", "order_date", "amount", "quantity", "status"}
    assert all(each.reasons[0].zh and each.reasons[0].en for each in refused)


def test_what_it_says_it_wrote_is_what_the_files_hold(tmp_path):
    written = write_year(tmp_path, per_day=0.4)
    rows = [msgspec.json.decode(line) for line in (tmp_path / "order_lines.jsonl").read_bytes().splitlines()]
    keys = {(row["order_number"], row["line"]) for row in rows if row["order_number"] and row["line"] is not None}

    assert len(rows) == written.rows == written.lines + written.edits + written.wrong
    assert len(keys) == written.lines
    assert written.wrong > written.rows / ONE_WRONG_IN / 2
    assert min(written.late, written.edits, written.moves, written.payments) > 0
    assert [row["_known_at"] for row in rows] == sorted(row["_known_at"] for row in rows)


@pytest.mark.slow
def test_a_year_has_a_hundred_thousand_lines_on_every_working_day_of_it(tmp_path):
    written = write_year(tmp_path, form="csv")
    release = load_configuration("reference").release
    calendar = calendar_of(release.calendar)
    read = read_data(release, {"order_lines": [tmp_path / "order_lines.csv"]}, lambda file, rows: None)
    days = {record.day for record in read.records["order_lines"]}

    assert written.lines >= 100_000
    assert len(read.bad) == written.wrong > 100
    assert len(days) == calendar.working_days(min(days).replace(month=1, day=1), max(days).replace(month=12, day=31))
