"""A file of days off: read with the place of everything that is wrong, and written as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.sources.file.open import open_file
from engine.year_plans import KINDS, DayKind, TableDay
from schema_defs.errors import AuthorError
from schema_defs.nearest import nearest
from schema_defs.text import Said

COLUMNS = ("day", "kind", "name")
_CALLED: dict[str, DayKind] = {
    "off": "off", "make_up": "make_up", "ordinary": "ordinary",
    "放假": "off", "休": "off", "补班": "make_up", "调休上班": "make_up", "班": "make_up", "正常": "ordinary",
}  # fmt: skip
_SHOWN = 20


def days_in(name: str, content: bytes) -> list[TableDay]:
    """The days of a file that somebody sent, told by its own name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "days.csv")
        path.write_bytes(content)
        return read_days(path)


def read_days(path: Path) -> list[TableDay]:
    """The days of a CSV or Excel file with the columns day, kind and name. AuthorError lists every wrong row."""
    days, wrong, lines = list[TableDay](), list[Said](), dict[date, int]()
    with open_file(path) as opened:
        for row in opened.rows():
            found = row.trouble or _day(row.values)
            if isinstance(found, TableDay) and found.day in lines:
                found = _twice(found.day, lines[found.day])
            if isinstance(found, TableDay):
                lines[found.day] = row.line
                days.append(found)
            else:
                wrong.append(_at(path, row.line, found))
    if wrong or not days:
        raise AuthorError(_together(wrong) if wrong else _at(path, 1, _EMPTY))
    return sorted(days, key=lambda each: each.day)


def _day(values: Mapping[str, object]) -> TableDay | Said:
    if absent := [name for name in COLUMNS[:2] if name not in values]:
        return _no_column(absent[0], list(values))
    day = _date(values["day"])
    if day is None:
        return _no_date(values["day"])
    kind = _kind(day, str(values["kind"] or "").strip())
    return kind if isinstance(kind, Said) else TableDay(day=day, kind=kind, name=str(values.get("name") or "").strip())


def kind_of(day: date, given: str) -> DayKind:
    """What the day is said to be; AuthorError says why it cannot be that."""
    kind = _kind(day, given)
    if isinstance(kind, Said):
        raise AuthorError(kind)
    return kind


def _kind(day: date, given: str) -> DayKind | Said:
    kind = _CALLED.get(given)
    if kind is None:
        return _no_kind(given)
    return _no_weekend(day) if kind == "make_up" and day.weekday() < 5 else kind


def _date(given: object) -> date | None:
    if isinstance(given, date):
        return date(given.year, given.month, given.day)
    try:
        return date.fromisoformat(str(given).strip().replace("/", "-"))
    except ValueError:
        return None


def csv_of(days: Iterable[TableDay]) -> str:
    """The days as `read_days` reads them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((each.day.isoformat(), each.kind, each.name) for each in days)
    return text.getvalue()


def _together(wrong: list[Said]) -> Said:
    more = len(wrong) - _SHOWN
    return Said(zh="\n".join(_lines(wrong, "zh", more)), en="\n".join(_lines(wrong, "en", more)))


def _lines(wrong: list[Said], lang: str, more: int) -> Iterator[str]:
    yield from (said.zh if lang == "zh" else said.en for said in wrong[:_SHOWN])
    if more > 0:
        yield f"…… 另有 {more} 处" if lang == "zh" else f"… and {more} more"


def _at(path: Path, line: int, said: Said) -> Said:
    return Said(zh=f"{path.name} 第 {line} 行：{said.zh}", en=f"{path.name}, line {line}: {said.en}")


_EMPTY = Said(
    zh="没有任何日子；需要列 day, kind, name，每个放假日和调休上班日一行",
    en="there are no days; it needs the columns day, kind, name, and a row for every day off and make-up day",
)


def _no_column(name: str, known: list[str]) -> Said:
    return Said(
        zh=f"缺少列 {name}；需要 day, kind, name，现有：{', '.join(known)}",
        en=f"the column {name} is missing; it needs day, kind, name, and has: {', '.join(known)}",
    )


def _no_date(given: object) -> Said:
    return Said(zh=f"'{given}' 不是日期；写成 2027-02-06", en=f"'{given}' is no date; write it as 2027-02-06")


def _no_kind(given: object) -> Said:
    near = nearest(str(given), KINDS)
    return Said(
        zh=f"kind '{given}' 未知；可以是 off（放假）、make_up（调休上班）、ordinary（取消安排）"
        + (f"；是否指 {near}？" if near else ""),
        en=f"the kind '{given}' is unknown; it is off, make_up or ordinary (takes a day back)"
        + (f"; did you mean {near}?" if near else ""),
    )


def _no_weekend(day: date) -> Said:
    return Said(
        zh=f"{day} 不是周末，本来就上班；调休上班（make_up）只能是周六或周日",
        en=f"{day} is no weekend and worked anyway; a make_up day is a Saturday or Sunday",
    )


def _twice(day: date, line: int) -> Said:
    return Said(
        zh=f"{day} 在第 {line} 行已经写过；删掉一行", en=f"{day} stands in line {line} already; remove one of them"
    )
