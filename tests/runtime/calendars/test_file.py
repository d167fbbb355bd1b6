"""A file of days off: what it says, and where it is wrong."""

from pathlib import Path

import pytest

from engine.year_plans import official_days
from runtime.calendars.file import csv_of, read_days
from schema_defs.errors import AuthorError

SHIPPED = Path(__file__).parents[3] / "config" / "calendars" / "CN.csv"


def test_the_shipped_table_is_the_official_plans_that_this_version_knows() -> None:
    assert read_days(SHIPPED) == list(official_days())
    assert SHIPPED.read_text(encoding="utf-8") == csv_of(official_days())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("2027-01-01,holiday,元旦", "line 2: the kind 'holiday' is unknown; it is off, make_up or ordinary"),
        ("1/2/27,off,元旦", "line 2: '1/2/27' is no date; write it as 2027-02-06"),
        ("2027-02-10,make_up,春节", "line 2: 2027-02-10 is no weekend and worked anyway"),
        ("2027-01-01,off,元旦\n2027-01-01,off,元旦", "line 3: 2027-01-01 stands in line 2 already"),
        ("", "there are no days"),
    ],
)
def test_a_wrong_row_is_told_with_its_place(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "days.csv"
    path.write_text(f"day,kind,name\n{rows}\n", encoding="utf-8")
    with pytest.raises(AuthorError) as refused:
        read_days(path)
    assert says in refused.value.said.en
    assert "days.csv" in refused.value.said.zh


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("日期,kind\n2027-01-01,off\n", encoding="utf-8")
    with pytest.raises(AuthorError, match="day"):
        read_days(path)
