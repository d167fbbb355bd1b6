"""A column that is read at once says the same as its cells one by one, and rows that are read at once the same as each alone."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.expression.values import Value
from engine.records.coerce import FieldReader
from engine.records.columns import read_column
from engine.records.reader import RecordReader
from engine.records.wrong import WrongValueError
from schema_defs.calendar import Calendar
from schema_defs.dataset import Credit, Dataset, Field, FieldType
from schema_defs.source import Source
from schema_defs.text import Said

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
WRITTEN = [
    "", "  ", "A", " A ", "Z", "1", "0", "12.5", "1,234.50", "１，２３４．５", "−5", "1.234,50", "45%", "¥ 12", "12 USD", "1e999",
    "2026-03-02", "2026/3/2", "20260302", "2026年3月2日", "2026-03-02 23:30", "2026-03-02T16:30:00Z", "02.03.2026", "2026-02-30",
    "46083", "true", "是", "maybe", "a\0b", "\ud800", "x" * 200, "s01; s02", "60%; 40%", "60%; 60%",
]  # fmt: skip
TYPED = [
    None, 1, 0, True, False, 1.0, 2.5, float("nan"), float("inf"), 10**400, Decimal("0.1"), date(2026, 3, 2),
    datetime(2026, 3, 2, 23, 30, tzinfo=UTC), [1], ["s01", "s02"], {"a": 1},
]  # fmt: skip
texts = st.one_of(st.sampled_from(WRITTEN), st.none(), st.text(max_size=4), st.floats(0, 1e6).map(str))
cells = st.one_of(texts, st.sampled_from(TYPED), st.floats(), st.integers(-1000, 10**9))
columns = st.one_of(st.lists(texts, max_size=12), st.lists(cells, max_size=12), st.lists(st.floats(), max_size=12))

FIELDS: dict[FieldType, Field] = {
    "text": Field(type="text", default="open"),
    "choice": Field(type="choice", choices=("A", "B")),
    "number": Field(type="number", default=3.0),
    "money": Field(type="money", currency="CNY"),
    "percent": Field(type="percent"),
    "boolean": Field(type="boolean"),
    "date": Field(type="date"),
    "datetime": Field(type="datetime"),
    "person": Field(type="person"),
}
SALES = Dataset(
    name="sales",
    key=("number", "line"),
    time="moment",
    owner=Credit(people="people", share="share"),
    region="region",
    fields={
        "number": "text",
        "line": "number",
        "moment": "datetime",
        "people": "text",
        "share": "text",
        "region": "region",
        "grade": Field(type="choice", choices=("A", "B"), default="B"),
        "total": Field(type="money", currency="CNY"),
    },
    void="grade == 'A' and total > 100",
)
FILES = Source(
    name="files",
    dataset="sales",
    connector="file",
    map={"grade": "map_value(group)", "total": "quantity * price"},
    values={"grade": {"A": "A", "1": "B", "Z": "wrong"}},
    deleted="status == 'A'",
)
raw_names = (
    "number", "line", "moment", "people", "share", "region", "group", "quantity", "price", "status", "_known_at", "_deleted",
)  # fmt: skip
raw_rows = st.fixed_dictionaries(
    {"number": st.sampled_from(["1", "2", ""]), "moment": st.sampled_from(WRITTEN[16:22])},
    optional={name: cells for name in raw_names if name not in ("number", "moment")},
)


def alone(reader: FieldReader, cell: object) -> Value | Said:
    try:
        return reader.read(cell)
    except WrongValueError as error:
        return error.said


@pytest.mark.parametrize("kind", FIELDS)
@given(column=columns)
@settings(max_examples=16, deadline=None)
def test_a_column_says_the_same_as_its_cells(kind: FieldType, column: list[object]) -> None:
    reader = FieldReader(FIELDS[kind], UTC, SHANGHAI)
    values, wrong = read_column(column, reader.read)
    said = [wrong.get(row, value) for row, value in enumerate(values)]
    expected = [alone(reader, cell) for cell in column]
    assert [(type(one), one) for one in said] == [(type(one), one) for one in expected]


@pytest.mark.parametrize("source", [None, FILES])
@given(raws=st.lists(raw_rows, max_size=6))
@settings(max_examples=24, deadline=None)
def test_rows_together_say_the_same_as_each_alone(source: Source | None, raws: list[dict[str, object]]) -> None:
    together, single = (RecordReader(SALES, source, calendar_of(Calendar())) for _ in range(2))
    assert together.read_all(raws) == [single.read(raw) for raw in raws]
    for name, asked in together.value_maps.items():
        assert (asked.mapped, asked.unmapped) == (single.value_maps[name].mapped, single.value_maps[name].unmapped)
