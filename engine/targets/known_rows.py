"""The rows of a file of targets: whose, of which months, how much."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import get_args

import msgspec

from engine.calendar import WorkCalendar
from engine.org import COMPANY
from engine.periods import bounds, month_of, months_between, months_of_year
from engine.records.coerce import is_blank, text_of
from engine.records.numbers import parse_number
from engine.records.wrong import WrongValueError, half_width, shown
from engine.targets.faults import Place, PlanError
from schema_defs.plan import Plan, TargetsFrom
from schema_defs.rule import ScopeKind

LINE = "_line"
"""Where a row may carry its line in the file; without it the header is line 1."""

_MOST_FAULTS = 20
_QUARTER = re.compile(r"(?:\d{4}-)?[Qq]?([1-4])")
_MONTH = re.compile(r"(?:\d{4}-)?(0?[1-9]|1[0-2])")


class KnownRow(msgspec.Struct, frozen=True):
    """One target of a file: `months` are those of its year, quarter or month, `period` its name."""

    line: int
    scope: ScopeKind
    key: str
    period: str
    months: tuple[str, ...]
    value: Decimal

    @property
    def place(self) -> str:
        return f"{self.key} {self.period}"


def read_rows(
    plan: Plan, source: TargetsFrom, place: Place, calendar: WorkCalendar, raw: Sequence[Mapping[str, object]]
) -> list[KnownRow]:
    """The rows of the plan's year (of all years, if it names none); an empty value is no target. All bad rows are told at once."""
    _check_columns(source, place, raw)
    rows, faults = [], []
    for index, cells in enumerate(raw):
        line = int(str(cells.get(LINE, index + 2)))
        try:
            row = _read(plan, source, calendar, cells, line)
        except WrongValueError as error:
            faults.append(place.at(f"line {line}").fault("wrong-target", error.said.zh, error.said.en))
            continue
        if row is not None:
            rows.append(row)
    if faults:
        raise PlanError(faults[:_MOST_FAULTS])
    return rows


def _read(
    plan: Plan, source: TargetsFrom, calendar: WorkCalendar, cells: Mapping[str, object], line: int
) -> KnownRow | None:
    columns = source.map
    if is_blank(cells.get(columns.value)):
        return None
    year = plan.year if columns.year is None else _year(cells.get(columns.year))
    if year is None:
        raise WrongValueError(
            "没有年份：请在方案里写 year，或在 map 里写 year 列",
            "no year: write year in the plan, or a year column in map",
        )
    if plan.year is not None and year != plan.year:
        return None
    period, months = _months(source, calendar, cells, year)
    scope = source.scope if columns.scope is None else _scope(cells.get(columns.scope))
    key = COMPANY if scope == "company" else _key(cells.get(columns.key))
    return KnownRow(line, scope, key, period, months, _value(cells.get(columns.value)))


def _months(
    source: TargetsFrom, calendar: WorkCalendar, cells: Mapping[str, object], year: int
) -> tuple[str, tuple[str, ...]]:
    columns = source.map
    if columns.month is not None and not is_blank(cells.get(columns.month)):
        number = _part(cells[columns.month], _MONTH, "月份", "a month, such as 3 or 2026-03")
        months = months_of_year(year, calendar)
        month = next(month for month in months if int(month[5:]) == number)
        return month, (month,)
    if columns.quarter is not None and not is_blank(cells.get(columns.quarter)):
        quarter = f"{year:04d}-Q{_part(cells[columns.quarter], _QUARTER, '季度', 'a quarter, such as 1 or Q1')}"
        first, last = bounds(quarter, calendar)
        return quarter, months_between(month_of(first), month_of(last))
    return str(year), months_of_year(year, calendar)


def _part(raw: object, form: re.Pattern[str], zh: str, en: str) -> int:
    found = form.fullmatch(half_width(text_of(raw)))
    if found is None:
        raise WrongValueError(f"{shown(raw)} 不是{zh}", f"{shown(raw)} is not {en}")
    return int(found[1])


def _year(raw: object) -> int:
    text = half_width("" if is_blank(raw) else text_of(raw))
    if not re.fullmatch(r"(19|20|21)\d\d", text):
        raise WrongValueError(f"{shown(raw)} 不是年份，例如 2026", f"{shown(raw)} is no year, such as 2026")
    return int(text)


def _scope(raw: object) -> ScopeKind:
    text = "" if is_blank(raw) else text_of(raw)
    for scope in get_args(ScopeKind):
        if text == scope:
            return scope  # type: ignore[no-any-return]  # get_args of a Literal gives its texts
    raise WrongValueError(
        f"{shown(raw)} 不是范围；可写 person、region、company",
        f"{shown(raw)} is no scope; write person, region or company",
    )


def _key(raw: object) -> str:
    if is_blank(raw):
        raise WrongValueError("没有写是谁的目标", "it does not say whose target it is")
    return text_of(raw)


def _value(raw: object) -> Decimal:
    """The exact decimal that is written; of a spreadsheet's number, the shortest one that reads back as it."""
    if isinstance(raw, Decimal):
        return raw
    if isinstance(raw, str):
        parse_number(raw)
        return Decimal(half_width(raw).replace(",", ""))
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Decimal(repr(raw))
    raise WrongValueError(f"{shown(raw)} 不是数字", f"{shown(raw)} is no number")


def _check_columns(source: TargetsFrom, place: Place, raw: Sequence[Mapping[str, object]]) -> None:
    known: Iterable[str] = dict.fromkeys(name for cells in raw for name in cells if name != LINE)
    for key, column in msgspec.structs.asdict(source.map).items():
        if raw and column is not None and column not in known:
            there = ", ".join(known)
            raise place.at("map", key).refuse(
                "unknown-column",
                f"数据里没有列 '{column}'；有：{there}",
                f"the data has no column '{column}'; it has: {there}",
            )
