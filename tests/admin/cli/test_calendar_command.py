"""`duiqi calendar`, and `--calendar` of the commands without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.cli.main import duiqi
from engine.statutory import statutory_days
from tests.admin.cli.test_operation import Duiqi

SHIPPED = Path(__file__).parents[3] / "config" / "calendars" / "CN.csv"
DOCUMENTS = """
{kind: calendar, name: c, country: CN}
---
{kind: dataset, name: orders, key: id, time: made, owner: seller, fields: {id: text, made: date, seller: person, amount: money}}
---
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount}
---
{kind: plan, name: next, metric: amount, year: 2027, total: 1200, months: working_days}
"""


def next_year(folder: Path, *more: str) -> Path:
    rows = [f"{day.isoformat()},off,法定" for day in sorted(statutory_days(2027))]
    path = folder / "2027.csv"
    path.write_text("\n".join(["day,kind,name", *rows, *more]) + "\n", encoding="utf-8")
    return path


def run(*words: str | Path, code: int = 0) -> str:
    found = CliRunner().invoke(duiqi, [str(word) for word in words])
    assert found.exit_code == code, found.output
    return found.output


def test_the_known_plans_are_exported_as_they_are_shipped(tmp_path: Path) -> None:
    run("calendar", "export", "CN", "--out", tmp_path / "CN.csv")
    assert (tmp_path / "CN.csv").read_text(encoding="utf-8") == SHIPPED.read_text(encoding="utf-8")
    years = {each["year"]: each for each in json.loads(run("calendar", "list", "CN", "--json"))["years"]}
    assert (years[2026]["state"], years[2026]["working_days"], years[2026]["make_up"]) == ("official", 248, 6)
    assert (years[2027]["state"], years[2028]["state"]) == ("predicted", "predicted")


def test_a_year_is_predicted_until_the_calendar_s_file_has_it(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "all.yaml").write_text(DOCUMENTS, encoding="utf-8")
    plan = next_year(tmp_path, "2027-10-04,off,国庆节", "2027-10-09,make_up,国庆节", "2027-10-10,make_up,国庆节")
    assert "2027" in run("check", documents, "--lang", "en")
    assert "predicted" not in run("check", documents, "--calendar", plan, "--lang", "en")
    guessed = CliRunner().invoke(duiqi, ["allocate", str(documents), "--plan", "next", "--lang", "en"])
    assert "no official plan of the days off of 2027 is known" in guessed.stderr
    known = CliRunner().invoke(
        duiqi, ["allocate", str(documents), "--plan", "next", "--calendar", str(plan), "--lang", "en"]
    )
    assert "predicted" not in known.stderr
    assert known.stdout != guessed.stdout
    (tmp_path / "bad.csv").write_text("day,kind\n2027-01-01,free\n", encoding="utf-8")
    bad = CliRunner().invoke(duiqi, ["check", str(documents), "--calendar", str(tmp_path / "bad.csv")])
    assert "bad.csv" in str(bad.exception)


COUNTING = """
{kind: calendar, name: c, country: CN}
---
{kind: dataset, name: orders, key: id, time: made, fields: {id: text, made: date, due: date, amount: money}}
---
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount}
---
{kind: metric, name: promised, dataset: orders, aggregate: sum, value: "working_days_between(made, due)"}
---
{kind: metric, name: change, of: amount, compared: last_period}
"""


@pytest.mark.parametrize(
    ("metric", "rows", "years"),
    [
        ("amount", "a,2027-03-01,2027-03-08,5", ""),
        ("promised", "a,2027-03-01,2027-03-08,5", "2027"),
        ("promised", "a,2026-12-30,2027-01-08,5", "2027"),
        ("promised", "a,2026-03-02,2026-03-09,5", ""),
        ("change", "a,2027-03-01,2027-03-08,5\nb,2027-04-01,2027-04-08,5", "2027"),
    ],
)
def test_computing_says_which_predicted_years_it_counted_working_days_in(
    tmp_path: Path, metric: str, rows: str, years: str
) -> None:
    (tmp_path / "all.yaml").write_text(COUNTING, encoding="utf-8")
    data = tmp_path / "orders.csv"
    data.write_text(f"id,made,due,amount\n{rows}\n", encoding="utf-8")
    words = ["compute", str(tmp_path / "all.yaml"), "--data", f"orders={data}", "--metric", metric, "--lang", "en"]
    found = CliRunner().invoke(duiqi, words)
    assert found.exit_code == 0, found.output
    assert ("is known: working days there are predicted" in found.stderr) == bool(years)
    assert f"days off of {years} is known" in found.stderr or not years
    assert found.stdout.startswith("metric,scope,key,period,value\n")


def test_a_tenant_s_table_is_imported_corrected_listed_and_exported(tmp_path: Path) -> None:
    here = Duiqi(tmp_path)
    here.run("tenant", "create", "acme")
    (tmp_path / "all.yaml").write_text(DOCUMENTS, encoding="utf-8")
    here.run("publish", str(tmp_path / "all.yaml"), "--tenant", "acme")
    assert "imported 2027" in here.run("calendar", "import", "CN", str(next_year(tmp_path)), "--tenant", "acme")
    here.run("calendar", "correct", "CN", "2026-12-26", "make_up", "--name", "盘点", "--tenant", "acme")
    assert "is no weekend" in here.run("calendar", "correct", "CN", "2026-12-28", "make_up", "--tenant", "acme", code=1)
    years = {each["year"]: each for each in here.json("calendar", "list", "CN", "--tenant", "acme")["years"]}
    assert (years[2027]["state"], years[2026]["corrections"], years[2026]["working_days"]) == ("imported", 1, 249)
    assert "2026-12-26,make_up,盘点" in here.run("calendar", "export", "CN", "--tenant", "acme")
