"""`duiqi compute`, from documents and files to rows."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from admin.cli.main import duiqi, main

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests" / "testdata" / "files"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "compute.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "docs" / "schemas" / "golden" / "compute.json"
DOCUMENTS = """
kind: organisation
name: company
regions: [{key: east}]
people: [{key: s01, region: east}]
---
kind: dataset
name: orders
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
name: sales
dataset: orders
aggregate: sum
value: amount
---
kind: metric
name: lines
dataset: orders
aggregate: count
---
kind: metric
name: per_line
formula: sales / (lines - 2)
---
kind: dataset
name: payments
key: id
time: ordered
fields: {id: text, ordered: date, paid: money}
---
kind: metric
name: paid
dataset: payments
aggregate: sum
value: paid
"""
MAPPED = """
---
kind: source
name: erp
dataset: orders
connector: file
map: {order: order_no, ordered: date, line: "coalesce(line, 1)", amount: qty * price, kind: map_value(material)}
values: {kind: {"01": Bikes}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "configuration").mkdir()
    (tmp_path / "configuration" / "all.yaml").write_text(DOCUMENTS, encoding="utf-8")
    return tmp_path


def compute(folder: Path, data: Path | str | None, *more: str, lang: str = "en") -> Result:
    given = [] if data is None else ["--data", f"orders={data}"]
    return CliRunner().invoke(duiqi, ["compute", str(folder / "configuration"), *given, "--lang", lang, *more])


def told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str]:
    """The exit code and what stands on standard error, through the command's own door."""
    monkeypatch.setattr(sys, "argv", ["duiqi", "compute", str(folder / "configuration"), *arguments])
    monkeypatch.setenv("DUIQI_LANG", "en")
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), capsys.readouterr().err


def test_prints_csv_sorted_with_money_in_four_decimals(folder: Path) -> None:
    done = compute(
        folder, FILES / "orders.csv", "--by", "month", "--scope", "region", "--metric", "sales,lines,per_line"
    )
    assert done.exit_code == 0
    assert done.stdout_bytes == (
        b"metric,scope,key,period,value\nsales,region,east,2026-03,1335.0000\nlines,region,east,2026-03,2\nper_line,region,east,2026-03,\n"
    )


def test_writes_a_file_in_utf8_with_lf(folder: Path) -> None:
    done = compute(
        folder,
        FILES / "orders.gb18030.csv",
        "--by",
        "day",
        "--scope",
        "region",
        "--metric",
        "sales",
        "--out",
        str(folder / "out.csv"),
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert (
        (folder / "out.csv").read_bytes()
        == "metric,scope,key,period,value\nsales,region,华东,2026-03-02,100.5000\nsales,region,华南,2026-03-03,8.0000\n".encode()
    )
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_an_output_that_cannot_be_written_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = told(
        folder, monkeypatch, capsys, "--data", f"orders={FILES / 'orders.csv'}", "--out", str(folder / "no" / "out.csv")
    )
    assert code == 1
    assert "cannot be written" in error


@pytest.mark.parametrize(
    "name",
    [
        "orders.csv",
        "orders.bom.csv",
        "orders.semicolon.csv",
        "orders.tab.csv",
        "orders.blank-rows.csv",
        "orders.full-width.csv",
        "orders.dates.xlsx",
    ],
)
def test_every_sort_of_file_is_read_without_a_bad_row(name: str, folder: Path) -> None:
    done = compute(folder, FILES / name, "--strict", "--metric", "sales")
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_without_metrics_all_are_computed_whose_data_is_given(folder: Path) -> None:
    done = compute(folder, FILES / "orders.csv")
    assert [line.split(",")[0] for line in done.stdout.splitlines()[1:]] == ["sales", "lines", "per_line"]
    assert "paid is not computed: --data payments=FILE was not given" in done.stderr


# Bad rows: each answered so that the file's owner can act

BAD = {
    "bad.ambiguous-numbers.csv": ["2: amount: the number '1,23' is ambiguous", "3: amount: the number '1.234,50' is ambiguous"],
    "bad.ambiguous-dates.csv": ["2: ordered: the date '03/04/2026' is ambiguous", "3: ordered: there is no such day as '2026-02-30'", "4: ordered: '46083' looks like Excel's serial number"],
    "bad.doubled-keys.csv": ["3: the key (A1, 1) stands in line 2 already"],
    "bad.wrong-choice.csv": ["2: kind: 'Bike' is none of the choices: Bikes, Clothing; did you mean 'Bikes'?"],
    "bad.empty-key-and-time.csv": ["2: order: is empty", "3: ordered: is empty"],
    "bad.extra-cells.csv": ["2: has 8 cells, but there are 7 columns", "3: has only 3 cells of 7"],
    "bad.stray-quote.csv": ["2: a quote stands in the wrong place"],
    "bad.lines.jsonl": ["2: the key 'order' is written twice", "3: NaN is no number", "4: is no object", "5: is no valid JSON", "6: amount: "],
    "bad.date-as-number.xlsx": ["2: ordered: '46083' looks like Excel's serial number"],
    "bad.merged.xlsx": ["3: the cell of column 'region' is merged with row 2"],
    "bad.formula-error.xlsx": ["2: the column 'amount' holds the error #N/A"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "reasons"), BAD.items())
def test_bad_rows_are_told_with_line_and_reason_and_the_rest_counts(
    name: str, reasons: list[str], folder: Path
) -> None:
    done = compute(folder, FILES / name, "--metric", "lines")
    assert done.exit_code == 0
    for reason in reasons:
        assert f"{name}:{reason}" in done.stderr
    assert f"{len(reasons)} of " in done.stderr
    assert compute(folder, FILES / name, "--metric", "lines", "--strict").exit_code == 1


@pytest.mark.parametrize("name", BAD)
def test_bad_rows_are_told_in_chinese(name: str, folder: Path) -> None:
    done = compute(folder, FILES / name, "--metric", "lines", lang="zh")
    assert f"{name}:" in done.stderr
    assert "行无法使用，未计入" in done.stderr


REFUSED = {
    "refused.empty.csv": "is empty",
    "refused.binary.csv": "is no text file",
    "refused.utf16.csv": "save it as CSV in UTF-8",
    "refused.latin1.csv": "save it as CSV in UTF-8",
    "refused.doubled-columns.csv": "rename one of them",
    "refused.open-quote.csv": "export it again",
    "refused.cut-character.csv": "export it again",
    "refused.wrong-header.csv": "has no column 'order' (needed for order of orders); did you mean 'order_no'?",
    "refused.array.json": "one object per line",
    "refused.no-key.jsonl": "has no column 'order' (needed for order of orders); did you mean 'Order'?",
    "refused.title-row.xlsx": "its first row names the columns: Orders of March",
    "refused.truncated.xlsx": "export it again",
    "refused.empty-sheet.xlsx": "is empty",
    "nowhere.csv": "does not exist; check the path",
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_file_that_cannot_be_used_ends_with_1(
    name: str, reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = told(folder, monkeypatch, capsys, "--data", f"orders={FILES / name}", "--metric", "lines")
    assert code == 1
    assert name in error
    assert reason in error


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--data", "ordres=x.csv"], "did you mean 'orders'?"),
        (["--data", "orders"], "write --data NAME=FILE"),
        (["--metric", "saels", "--data", "orders=x.csv"], "did you mean 'sales'?"),
        (["--metric", "paid", "--data", "orders=x.csv"], "add --data payments=FILE (needed by paid)"),
        ([], "add --data orders=FILE --data payments=FILE"),
        (["--scope", "team", "--data", "orders=x.csv"], "choose from: person, region, company"),
        (["--from", "March", "--data", "orders=x.csv"], "write 2026-03-02"),
        (["--complete", "orders=soon", "--data", "orders=x.csv"], "write orders=2026-03-31"),
        (["--complete", "order=2026-03-31", "--data", "orders=x.csv"], "did you mean 'orders'?"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(
    arguments: list[str], reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = told(folder, monkeypatch, capsys, *arguments)
    assert (code, reason in error) == (2, True), error


def test_a_source_maps_the_files_columns_and_tells_its_coverage(folder: Path) -> None:
    (folder / "configuration" / "all.yaml").write_text(DOCUMENTS + MAPPED, encoding="utf-8")
    (folder / "erp.csv").write_text(
        'order_no,date,qty,price,material,seller\nA1,2026/3/2,"1,000",2.5,01,s01\nA2,2026/3/3,2,1,07,s01\n',
        encoding="utf-8",
    )
    done = compute(folder, folder / "erp.csv", "--metric", "sales")
    assert done.stdout.splitlines()[1:] == ["sales,company,company,2026-03,2502.0000"]
    assert "the value map of kind covers 50.0%; 1 rows hold values that it does not list: '07' (1)" in done.stderr
    assert "has no column 'line', which the field line reads" in done.stderr
    assert "has no column 'region', which the field region reads" in done.stderr


def test_two_files_of_one_dataset_are_read_together(folder: Path) -> None:
    (folder / "more.csv").write_text(
        "order,line,ordered,amount\nB1,1,2026-03-09,1\nA1,1,2026-03-09,5\n", encoding="utf-8"
    )
    done = compute(folder, FILES / "orders.csv", "--data", f"orders={folder / 'more.csv'}", "--metric", "lines")
    assert done.stdout.splitlines()[1:] == ["lines,company,company,2026-03,3"]
    assert "more.csv:3: the key (A1, 1) stands in line 2 of orders.csv already" in done.stderr


def test_as_of_and_period_bounds(folder: Path) -> None:
    (folder / "known.csv").write_text(
        "order,line,ordered,amount,_known_at,_deleted\nA,1,2026-03-02,10,,\nA,1,2026-03-02,40,2026-03-05 09:00,\nB,1,2026-03-03,5,,\nB,1,,,2026-03-06,true\n",
        encoding="utf-8",
    )

    def total(*more: str) -> list[str]:
        return [
            line.rsplit(",", 1)[1]
            for line in compute(folder, folder / "known.csv", "--metric", "sales", *more).stdout.splitlines()[1:]
        ]

    assert total() == ["40.0000"]
    assert total("--as-of", "2026-03-02") == ["10.0000"]
    assert total("--as-of", "2026-03-04") == ["15.0000"]
    assert total("--as-of", "2026-03-05T08:59") == ["15.0000"]
    assert total("--as-of", "2026-03-05") == ["45.0000"]
    assert total("--as-of", "2026-03-05", "--from", "2026-03-03", "--to", "2026-03-03") == ["5.0000"]


def test_the_json_is_as_the_schema_and_the_golden_file_say(folder: Path) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the golden file anew."""
    (folder / "orders.csv").write_text(
        "order,line,ordered,seller,region,amount\nA1,1,2026-03-02,s01,east,10.5\nA1,2,2026-03-02,s09,mars,2\nA2,1,03/04/2026,s01,east,1\n",
        encoding="utf-8",
    )
    done = compute(
        folder,
        folder / "orders.csv",
        "--scope",
        "region",
        "--metric",
        "sales,lines,per_line",
        "--complete",
        "orders=2026-03-31",
        "--json",
    )
    found = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert done.exit_code == 0


def test_computing_imports_no_web_and_no_database() -> None:
    code = "import sys, admin.cli.compute; print([name for name in ('litestar', 'tortoise', 'uvicorn', 'arq', 'redis') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Real orders

METRICS = ("amount", "cost", "orders", "lines", "customers", "high_margin", "bikes")


@pytest.fixture
def real_data() -> Path:
    folder = os.environ.get("DUIQI_REAL_DATA")
    if not folder:
        pytest.skip("DUIQI_REAL_DATA does not name the folder of AdventureWorks' files")
    return Path(folder)


@pytest.mark.parametrize("scope", ["person", "region", "company"])
def test_every_figure_of_adventureworks_to_the_last_digit(scope: str, real_data: Path) -> None:
    orders = real_data / "order_lines_2010_2012.csv"
    asked = ["--by", "month", "--scope", scope, "--metric", ",".join(METRICS), "--strict"]
    path = str(ROOT / "config" / "adventureworks")
    done = CliRunner().invoke(duiqi, ["compute", path, "--data", f"order_lines={orders}", *asked])
    assert done.exit_code == 0, done.stderr
    found = {
        (row["metric"], row["key"], row["period"]): row["value"] for row in csv.DictReader(done.stdout.splitlines())
    }
    with (real_data / "expected_2010_2012.csv").open(encoding="utf-8") as file:
        expected = {
            (name, row["key"], row["month"]): row[name]
            for row in csv.DictReader(file)
            if row["scope"] == scope
            for name in METRICS
        }
    assert found == expected
