"""`duiqi allocate`, from documents and files to rows."""

import csv
import io
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.cli.main import duiqi, main

DOCUMENTS = """
kind: organisation
name: company
regions: [{key: east}, {key: west}]
people_from: {data: people, map: {key: id, region: region}}
---
kind: dataset
name: orders
key: number
time: ordered
owner: seller
fields: {number: text, ordered: date, seller: person, amount: money}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
kind: plan
name: total
metric: amount
year: 2026
total: 1000
unit: 10
regions: {east: {weight: 2}, west: {weight: 1}}
---
kind: plan
name: shaped
metric: amount
year: 2026
total: 1000
months: history
people: history
regions: {east: {weight: 1}, west: {weight: 1}}
---
kind: plan
name: quotas
metric: amount
targets_from: {data: quotas, map: {key: seller, year: year, quarter: quarter, value: quota}, months: even}
"""
ORDERS = (
    "number,ordered,seller,amount\n1,2025-01-05,s1,30\n2,2025-02-05,s1,10\n3,2025-02-06,s2,60\n4,2025-02-06,s3,0.5\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "configuration").mkdir()
    (tmp_path / "configuration" / "all.yaml").write_text(DOCUMENTS, encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,region\ns1,east\ns2,east\ns3,west\n", encoding="utf-8")
    (tmp_path / "quotas.csv").write_text("seller,year,quarter,quota\ns1,2026,1,100\ns3,2026,1,10\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def allocate(folder: Path, plan: str, *names: str, more: tuple[str, ...] = ()) -> Result:
    data = [part for name in names for part in ("--data", f"{name}={folder / name}.csv")]
    return CliRunner().invoke(duiqi, ["allocate", str(folder / "configuration"), "--plan", plan, *data, *more])


def rows_of(text: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        found[row["scope"], row["key"]].append(row["value"])
    return found


def test_every_node_is_printed_sorted_with_the_company_included(folder: Path) -> None:
    result = allocate(folder, "total", "people")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "scope,key,month,value"
    assert lines[1] == "company,company,2026-01,90"
    assert lines[1:] == sorted(lines[1:])
    assert set(rows_of(result.stdout)) == {
        ("company", "company"), ("region", "east"), ("region", "west"), ("person", "s1"), ("person", "s2"), ("person", "s3")
    }  # fmt: skip


def test_quotas_come_from_a_file(folder: Path) -> None:
    found = rows_of(allocate(folder, "quotas", "people", "quotas").stdout)
    assert found["person", "s1"] == ["33.34", "33.33", "33.33"]
    assert found["region", "west"] == ["3.34", "3.33", "3.33"]
    assert found["company", "company"] == ["36.68", "36.66", "36.66"]


def test_shapes_come_from_the_year_before(folder: Path) -> None:
    result = allocate(folder, "shaped", "people", "orders")
    assert result.exit_code == 0, result.output
    found = rows_of(result.stdout)
    assert found["company", "company"] == ["298.51", "701.49", *["0.00"] * 10]
    assert [sum(map(Decimal, found["person", key])) for key in ("s1", "s2", "s3")] == [200, 300, 500]


def test_json_holds_the_same_rows_and_the_unit(folder: Path) -> None:
    answer = json.loads(allocate(folder, "total", "people", more=("--json",)).stdout)
    assert (answer["plan"], answer["metric"], answer["unit"], answer["warnings"]) == ("total", "amount", 10, [])
    assert answer["rows"][0] == {"scope": "company", "key": "company", "month": "2026-01", "value": 90}


def test_out_writes_a_file(folder: Path) -> None:
    result = allocate(folder, "total", "people", more=("--out", str(folder / "out.csv")))
    assert result.exit_code == 0
    assert (folder / "out.csv").read_bytes().startswith(b"scope,key,month,value\ncompany,company,2026-01,90\n")


def ended(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Runs the command as the shell does, and gives its exit code."""
    monkeypatch.setattr("sys.argv", ["duiqi", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


@pytest.mark.parametrize(
    ("plan", "given", "missing"),
    [
        ("quotas", ["people"], "--data quotas=FILE"),
        ("quotas", ["quotas"], "--data people=FILE"),
        ("shaped", ["people"], "--data orders=FILE"),
    ],
)
def test_a_missing_file_is_named(folder: Path, plan: str, given: list[str], missing: str, monkeypatch, capsys) -> None:
    data = [part for name in given for part in ("--data", f"{name}={folder / name}.csv")]
    assert ended(["allocate", str(folder / "configuration"), "--plan", plan, *data], monkeypatch) == 1
    assert missing in capsys.readouterr().err


@pytest.mark.parametrize(
    ("was", "becomes", "place"),
    [
        ("{weight: 2}", "{pin: 1010}", "all.yaml:26:"),
        ("{weight: 2}", "{weight: -2}", "all.yaml:26:"),
        ("total: 1000\nunit: 10", "total: 1005\nunit: 10", "all.yaml:24:"),
        ("unit: 10", "unit: 0", "all.yaml:25:"),
        ("weight: 2", "floor: 1010", "all.yaml:26:"),
    ],
)
def test_an_impossible_plan_ends_with_1_and_its_place(
    folder: Path, was: str, becomes: str, place: str, monkeypatch, capsys
) -> None:
    (folder / "configuration" / "all.yaml").write_text(DOCUMENTS.replace(was, becomes), encoding="utf-8")
    arguments = [
        "allocate",
        str(folder / "configuration"),
        "--plan",
        "total",
        "--data",
        f"people={folder / 'people'}.csv",
    ]
    assert ended(arguments, monkeypatch) == 1
    printed = capsys.readouterr()
    assert place in printed.err
    assert printed.out == ""


def test_an_unknown_plan_is_wrong_use(folder: Path, monkeypatch, capsys) -> None:
    assert ended(["allocate", str(folder / "configuration"), "--plan", "totl"], monkeypatch) == 2
    assert "did you mean 'total'?" in capsys.readouterr().err


@pytest.mark.skipif("DUIQI_REAL_DATA" not in os.environ, reason="DUIQI_REAL_DATA names no folder")
def test_the_real_quotas_add_up() -> None:
    real, here = Path(os.environ["DUIQI_REAL_DATA"]), Path(__file__).parents[3] / "config" / "adventureworks"
    data = [f"--data=quotas={real}/quotas_2010_2012.csv", f"--data=people={real}/people.csv"]
    result = CliRunner().invoke(duiqi, ["allocate", str(here), "--plan", "quotas", *data])
    assert result.exit_code == 0, result.output
    with (real / "quotas_2010_2012.csv").open(encoding="utf-8") as file:
        quotas = [Decimal(row["quota"]) for row in csv.DictReader(file)]
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (scope, _), values in rows_of(result.stdout).items():
        totals[scope] += sum(map(Decimal, values))
    assert dict(totals) == dict.fromkeys(("company", "region", "person"), sum(quotas))
