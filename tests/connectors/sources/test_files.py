"""Files become raw rows: text formats, Excel and JSON lines, with the line at which every row begins."""

import io
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from random import Random

import openpyxl
import pytest

from connectors.sources.file.open import open_file
from connectors.sources.protocol import Limits, RawRow
from connectors.sources.registry import open_source
from schema_defs.errors import AuthorError, OutsideError

FILES = Path(__file__).parents[2] / "testdata" / "files"


def rows(path: Path | str, **options: object) -> list[RawRow]:
    with open_file(FILES / path, **options) as source:  # type: ignore[arg-type]
        return list(source.rows())


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "name", ["orders.csv", "orders.bom.csv", "orders.semicolon.csv", "orders.tab.csv", "orders.blank-rows.csv"]
)
def test_text_files_of_every_sort_give_the_same_first_row(name: str) -> None:
    first = rows(name)[0]
    assert {**first.values, "region": "east"} == {
        "order": "A1", "line": "1", "ordered": "2026-03-02", "seller": "s01", "region": "east", "kind": "Bikes", "amount": "100.50"
    }  # fmt: skip


def test_gb18030_is_recognised() -> None:
    assert [row.values["seller"] for row in rows("orders.gb18030.csv")] == ["张三", "李四"]


def test_quoted_cells_hold_newlines_commas_and_quotes() -> None:
    first, second = rows("orders.quoted-newline.csv")
    assert (first.values["order"], first.values["region"]) == ("A\n1", 'east, far "away"')
    assert (first.line, second.line) == (2, 4)


def test_lines_are_those_of_the_file() -> None:
    assert [row.line for row in rows("orders.blank-rows.csv")] == [4]


def test_rows_that_do_not_fit_the_header_are_bad_and_the_rest_is_kept() -> None:
    found = rows("bad.extra-cells.csv")
    assert [row.trouble.en if row.trouble else row.values["order"] for row in found] == [
        "has 8 cells, but there are 7 columns; put cells that hold the separator ',' in quotes",
        "has only 3 cells of 7; the row is probably incomplete",
        "A3",
    ]


def test_a_stray_quote_spoils_its_row_only() -> None:
    first, second = rows("bad.stray-quote.csv")
    assert first.trouble is not None
    assert second.values["order"] == "A2"


def test_excel_dates_and_numbers_are_typed() -> None:
    first, second = rows("orders.dates.xlsx")
    assert first.values["ordered"] == date(2026, 3, 2)
    assert second.values["ordered"] == datetime(2026, 3, 3, 14, 30)  # noqa: DTZ001  # Excel knows no zones
    assert first.values["amount"] == 1234.5
    assert first.line == 2


def test_a_sheet_may_be_named() -> None:
    with open_file(FILES / "orders.dates.xlsx", sheet="notes") as source:
        assert source.columns == ("something",)
    with pytest.raises(AuthorError, match="has no sheet 'no'; it has: orders, notes"):
        rows("orders.dates.xlsx", sheet="no")


def test_merged_cells_and_formula_errors_spoil_their_row_only() -> None:
    merged = rows("bad.merged.xlsx")
    assert [row.trouble.en if row.trouble else None for row in merged] == [
        None,
        "the cell of column 'region' is merged with row 2; unmerge it and fill in every row",
    ]
    errors = rows("bad.formula-error.xlsx")
    assert [row.trouble.en if row.trouble else None for row in errors] == [
        "the column 'amount' holds the error #N/A; mend the cell's formula",
        None,
    ]


def test_an_empty_cell_of_excel_is_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([None, 1])
    book.active.append([None, None])
    book.active.append(["x", None])
    book.save(tmp_path / "gaps.xlsx")
    assert [(row.line, row.values) for row in rows(tmp_path / "gaps.xlsx")] == [
        (2, {"a": None, "b": 1.0}),
        (4, {"a": "x", "b": None}),
    ]


def test_a_table_that_does_not_begin_in_the_corner(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for column, name in (("C", "a"), ("D", "b")):
        book.active[f"{column}4"] = name
        book.active[f"{column}6"] = f"{name}1"
    book.active.merge_cells("D6:D7")
    book.active["C7"] = "a2"
    book.save(tmp_path / "moved.xlsx")
    found = rows(tmp_path / "moved.xlsx")
    assert (found[0].line, found[0].values) == (6, {"a": "a1", "b": "b1"})
    assert found[1].line == 7
    assert found[1].trouble is not None


def test_json_lines_keep_good_lines_and_tell_about_bad_ones() -> None:
    found = rows("bad.lines.jsonl")
    assert [row.trouble.en if row.trouble else row.values["order"] for row in found] == [
        "A1",
        "the key 'order' is written twice",
        "NaN is no number",
        'is no object; write {"column": value}',
        "is no valid JSON at character 34; the line is probably incomplete",
        "A6",
    ]
    assert [row.line for row in found] == [1, 2, 3, 4, 5, 6]


def test_a_file_is_opened_by_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path, "orders.csv", (FILES / "orders.dates.xlsx").read_bytes())
    assert rows(path)[0].values["ordered"] == date(2026, 3, 2)


REFUSED = {
    "refused.empty.csv": "is empty",
    "refused.header-only-blank.csv": "is empty",
    "refused.binary.csv": "is no text file",
    "refused.utf16.csv": "UTF-16",
    "refused.latin1.csv": "line 2 holds bytes that are neither UTF-8 nor GB18030",
    "refused.doubled-columns.csv": "columns 4 and 5 are both called 'amount'",
    "refused.open-quote.csv": "quote that opens in line 2 is never closed",
    "refused.cut-character.csv": "ends in the middle of a character",
    "refused.array.json": "one object per line",
    "refused.truncated.xlsx": "truncated or damaged",
    "refused.empty-sheet.xlsx": "the sheet 'Sheet' is empty",
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_file_that_cannot_be_used_says_why_in_both_languages(name: str, reason: str) -> None:
    with pytest.raises(AuthorError, match=reason) as caught:
        rows(name)
    assert name in caught.value.said.en
    assert name in caught.value.said.zh


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(OutsideError, match="does not exist; check the path") as caught:
        rows("nowhere.csv")
    assert caught.value.permanent


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="is a folder"):
        rows(tmp_path)


def test_a_file_that_may_not_be_read() -> None:
    folder = Path(tempfile.mkdtemp())
    path = write(folder, "secret.csv", "a\n1\n")
    path.chmod(0)
    folder.chmod(0o755)
    with as_somebody(), pytest.raises(OutsideError, match="permissions"):
        rows(path)
    shutil.rmtree(folder)


@contextmanager
def as_somebody() -> Iterator[None]:
    """As a user whom permissions bind: root becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Limits


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    path = write(tmp_path, "bomb.xlsx", packed.getvalue())
    assert path.stat().st_size < 100_000
    with pytest.raises(AuthorError, match="unpacks to more than 20 MB"):
        rows(path, limits=Limits(unpacked_bytes=20_000_000))


def test_an_archive_that_lies_about_its_size_is_refused_too(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    content = packed.getvalue().replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(AuthorError, match="unpacks to more than 20 MB"):
        rows(write(tmp_path, "bomb.xlsx", content), limits=Limits(unpacked_bytes=20_000_000))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(rows=1), "more than 1 rows"),
        (Limits(columns=3), "has 7 columns; at most 3"),
        (Limits(file_bytes=20), "is larger than"),
    ],
)
def test_limits_are_named(limits: Limits, reason: str) -> None:
    with pytest.raises(AuthorError, match=reason):
        rows("orders.csv", limits=limits)


def test_a_huge_cell_spoils_its_row_only(tmp_path: Path) -> None:
    path = write(tmp_path, "huge.csv", f"a,b\n1,{'x' * 200_000}\n2,y\n")
    found = rows(path)
    assert found[0].trouble is not None
    assert found[-1].values == {"a": "2", "b": "y"}


def test_deeply_nested_json_spoils_its_line_only(tmp_path: Path) -> None:
    path = write(tmp_path, "deep.jsonl", '{"a":' * 100_000 + "\n" + '{"a": 1}\n')
    found = rows(path)
    assert found[0].trouble is not None
    assert found[1].values == {"a": 1}


def test_a_connector_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(AuthorError, match="no connector kingdee; it has: file"):
        open_source("kingdee", {}, FILES)
    with open_source("file", {"path": "orders.csv"}, FILES) as source:
        assert source.columns is not None


def test_parquet_without_its_extra_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as Python itself marks what cannot be imported
    with pytest.raises(AuthorError, match=r"pip install 'duiqi\[parquet\]'"):
        rows(write(tmp_path, "orders.parquet", b"PAR1" + b"\0" * 20 + b"PAR1"))


def test_parquet_rows_are_typed(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="Parquet needs the extra 'parquet'")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"order": ["A1"], "ordered": [date(2026, 3, 2)], "amount": [1.5]})
    parquet.write_table(table, tmp_path / "orders.parquet")
    assert rows(tmp_path / "orders.parquet")[0].values == {"order": "A1", "ordered": date(2026, 3, 2), "amount": 1.5}


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="Parquet needs the extra 'parquet'")
    with pytest.raises(AuthorError, match="truncated or damaged"):
        rows(write(tmp_path, "orders.parquet", b"PAR1" + b"\0" * 20))


def _damaged(content: bytes, seed: int) -> bytes:
    """The content with a few bytes changed, taken out or put in."""
    random, changed = Random(seed), bytearray(content)
    for _ in range(random.choice([1, 1, 3, 8])):
        at, much = random.randrange(len(changed)), random.randrange(1, 30)
        match random.randrange(3):
            case 0:
                changed[at : at + much] = random.randbytes(much)
            case 1:
                del changed[at : at + much]
            case _:
                changed[at:at] = random.randbytes(much)
    return bytes(changed)


@pytest.mark.parametrize("name", ["orders.dates.xlsx", "bad.formula-error.xlsx"])
def test_a_workbook_is_read_or_refused_however_it_is_damaged(name: str, tmp_path: Path) -> None:
    content, refusals = (FILES / name).read_bytes(), 0
    for seed in range(150):
        try:
            rows(write(tmp_path, "damaged.xlsx", _damaged(content, seed)))
        except AuthorError:
            refusals += 1
    assert refusals > 75


def test_a_parquet_file_is_read_or_refused_however_it_is_damaged(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="Parquet needs the extra 'parquet'")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"order": ["A1", "A2"], "amount": [1.5, 2.5]}), tmp_path / "orders.parquet")
    content, refusals = (tmp_path / "orders.parquet").read_bytes(), 0
    for seed in range(150):
        try:
            rows(write(tmp_path, "damaged.parquet", b"PAR1" + _damaged(content[4:], seed)))
        except AuthorError:
            refusals += 1
    assert refusals > 75
