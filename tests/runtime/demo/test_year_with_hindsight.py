"""A year of the reference organisation with late data: as known then against hindsight, and one day explained to its records."""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.cli.main import duiqi
from runtime.demo.year import write_year

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_a_year_as_known_then_and_with_hindsight_as_the_docs_tell_it(tmp_path: Path) -> None:
    write_year(tmp_path / "year", 2025, form="csv")
    sharp = tmp_path / "sharp"
    sharp.mkdir()
    for document in (ROOT / "config" / "reference").iterdir():
        text = document.read_text("utf-8").replace("0.8 * pace", "0.97 * pace").replace("0.9 * pace", "pace")
        (sharp / document.name).write_text(text, "utf-8")
    lines, out = tmp_path / "year" / "order_lines.csv", tmp_path / "hindsight.json"
    given = ["--data", f"order_lines={lines}", "--rule", "behind_pace", "--from", "2025-01-01", "--to", "2025-12-31"]
    done = CliRunner().invoke(duiqi, ["backtest", str(sharp), *given, "--hindsight", str(out)])
    assert done.exit_code == 0
    found = json.loads(out.read_text("utf-8"))
    docs = (ROOT / "docs" / "backtest.md").read_text("utf-8")
    then, now = found["then"], found["now"]
    assert f"{len(then['episodes'])} episodes and {then['messages']} messages" in docs
    assert (
        f"with hindsight {len(now['episodes'])} and {now['messages']}; {len(found['differences'])} scope-days" in docs
    )
    day = next(each for each in found["differences"] if (each["key"], each["day"]) == ("beijing", "2025-04-03"))
    [moved] = day["why"]["moved"]
    assert moved["then"] == float(signed(lines, "beijing", "2025-04", "2025-04-03", "2025-04-03T18:00:00+08:00"))
    assert moved["now"] == float(signed(lines, "beijing", "2025-04", "2025-04-03", "9999"))
    assert sum(Decimal(str(each["by"])) for each in moved["records"]) == Decimal("25495.92")
    assert len(moved["records"]) == 12


def signed(path: Path, region: str, month: str, day: str, known: str) -> Decimal:
    """From the file alone: the month's signed amount up to the day, by what was known at a moment."""
    versions: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if is_right(row) and row["_known_at"] <= known:
                versions[row["order_number"], row["line"]] = row
    counted = (
        row
        for row in versions.values()
        if row["region"] == region and row["order_date"][:7] == month and row["order_date"] <= day
    )
    return sum(
        (Decimal(row["amount"]) for row in counted if row["status"] not in ("cancelled", "returned")), Decimal(0)
    )


def is_right(row: dict[str, str]) -> bool:
    """Not one of the wrong rows that the year is sown with."""
    wrong_texts = row["status"] == "lost?" or row["amount"] == "about 12" or row["quantity"] == "1.2.3"
    return bool(row["order_number"] and row["line"]) and row["order_date"] not in ("", "2025-02-30") and not wrong_texts
