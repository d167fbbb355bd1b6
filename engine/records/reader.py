"""Raw rows become records: mapped, typed, dated, owned, and marked void or deleted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.expression import Context, parse, row_function, tolerant
from engine.expression.values import Value
from engine.records.coerce import FieldReader, is_blank, moment_text
from engine.records.columns import Wrong, read_column
from engine.records.credit import CreditReader
from engine.records.mapping import MappedField, ValueMap, Zones
from engine.records.moments import datetime_of, parse_datetime
from engine.records.record import BadRow, Record
from schema_defs.dataset import Credit, Dataset, Field
from schema_defs.source import Source
from schema_defs.text import Said

T = TypeVar("T")
Row = Mapping[str, object]
WrongRows = dict[int, dict[str, Said]]
"""What is wrong, by row and field."""

KNOWN_AT, DELETED = "_known_at", "_deleted"
_NEVER = date(1, 1, 1)


class RecordReader:
    """Reads the rows of one dataset from one source. Times without a zone are the source's, or without a source the tenant's."""

    def __init__(self, dataset: Dataset, source: Source | None, calendar: WorkCalendar) -> None:
        self.dataset = dataset
        self._tenant = calendar.tz
        zones = Zones(ZoneInfo(source.time_zone) if source else calendar.tz, calendar.tz)
        self._fields = {name: FieldReader(dataset.field(name), zones.source, zones.tenant) for name in dataset.fields}
        self.value_maps = {name: ValueMap(values) for name, values in (source.values if source else {}).items()}
        self._maps = {
            name: MappedField(text, dataset.field(name).type, calendar, zones, self.value_maps.get(name))
            for name, text in (source.map if source else {}).items()
            if name in dataset.fields
        }
        self._deleted_when = (
            MappedField(source.deleted, "boolean", calendar, zones) if source and source.deleted else None
        )
        self._zones = zones
        self._key = dataset.key_fields
        self._needed = (*dataset.key_fields, dataset.time)
        self._flag = FieldReader(Field(type="boolean"), zones.source, zones.tenant)
        self._credit = CreditReader(dataset.owner) if isinstance(dataset.owner, Credit) else None
        self._void = _condition(dataset, dataset.void, calendar)
        self._returns = _condition(dataset, dataset.returns.when if dataset.returns else None, calendar)

    @property
    def mapped_fields(self) -> tuple[str, ...]:
        """The fields that an expression fills."""
        return tuple(self._maps)

    def columns_of(self, field: str) -> frozenset[str]:
        """The raw columns that a field is read from."""
        mapped = self._maps.get(field)
        return mapped.expression.names if mapped else frozenset({field})

    def needed_column(self, field: str) -> str | None:
        """The raw column without which the field is always missing; None where an expression may give it all the same."""
        mapped = self._maps.get(field)
        return mapped.alone if mapped else field

    def read(self, raw: Row) -> Record | BadRow:
        """The record, or why the row cannot be one: every reason at once."""
        (found,) = self.read_all([raw])
        return found

    def read_all(self, raws: Sequence[Row]) -> list[Record | BadRow]:
        """As `read` for every row, and quicker: column by column."""
        wrong: dict[int, dict[str, Said]] = defaultdict(dict)
        deleted, known_at = self._deleted(raws, wrong), self._known_at(raws, wrong)
        columns = {name: self._column(name, raws, wrong) for name in self._fields}
        self._require(columns, deleted, wrong)
        rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        credited = self._credited(rows, wrong)
        for row in [row for row in wrong if deleted[row]]:
            self._forgive(row, wrong)
        return [
            self._bad(wrong[row]) if row in wrong else self._record(values, credit, known, gone)
            for row, (values, credit, known, gone) in enumerate(zip(rows, credited, known_at, deleted, strict=True))
        ]

    def _column(self, name: str, raws: Sequence[Row], wrong: WrongRows) -> list[Value]:
        """The values of one field; what is wrong is missing."""
        column, field = self.needed_column(name), self._fields[name]
        if column is None:
            given, unmapped = self._maps[name].read_all(raws)
            values, refused = read_column(given, field.read)
            for row in unmapped:
                values[row] = None
            return _noted(name, values, refused | unmapped, wrong)
        cells = [raw.get(column) for raw in raws]
        if self._credit is not None and self._credit.reads(name):
            cells = [";".join(map(str, cell)) if isinstance(cell, list) else cell for cell in cells]
        return _noted(name, *read_column(cells, field.read), wrong)

    def _known_at(self, raws: Sequence[Row], wrong: WrongRows) -> list[datetime | None]:
        return _noted(KNOWN_AT, *read_column([raw.get(KNOWN_AT) for raw in raws], self._moment), wrong)

    def _moment(self, given: object) -> datetime | None:
        if is_blank(given):
            return None
        if isinstance(given, date):
            return datetime_of(given, self._zones.source, self._zones.tenant)
        return parse_datetime(moment_text(given), self._zones.source, self._zones.tenant)

    def _deleted(self, raws: Sequence[Row], wrong: WrongRows) -> list[bool]:
        """Which rows are tombstones: the source's own condition says so, or the row's flag."""
        gone = _noted(DELETED, *read_column(raws, self._is_deleted), wrong)
        return [each is True for each in gone]

    def _is_deleted(self, raw: Row) -> bool:
        if self._deleted_when is not None and self._deleted_when.read(raw) is True:
            return True
        return self._flag.read(raw.get(DELETED)) is True

    def _require(self, columns: dict[str, list[Value]], deleted: list[bool], wrong: WrongRows) -> None:
        """No record without its key, and none without its time unless it is deleted."""
        for name in self._needed:
            if None in columns[name]:
                for row, value in enumerate(columns[name]):
                    if value is None and (name in self._key or not deleted[row]):
                        wrong[row].setdefault(name, _absent(name, name == self.dataset.time))

    def _credited(self, rows: Sequence[dict[str, Value]], wrong: WrongRows) -> Iterable[tuple[tuple[str, float], ...]]:
        if self._credit is None:
            return repeat((), len(rows))
        credited, refused = read_column(rows, self._credit.read)
        for row, said in refused.items():
            wrong[row].setdefault(self._credit.people, said)
        return [credit or () for credit in credited]

    def _forgive(self, row: int, wrong: WrongRows) -> None:
        """Of a deleted record only the key matters."""
        kept = {name: said for name, said in wrong.pop(row).items() if name in self._key or name.startswith("_")}
        if kept:
            wrong[row] = kept

    def _bad(self, wrong: dict[str, Said]) -> BadRow:
        order = [*self._fields, KNOWN_AT, DELETED]
        names = sorted(wrong, key=order.index)
        return BadRow(reasons=tuple(_named(name, wrong[name]) for name in names), field=names[0])

    def _record(
        self,
        values: dict[str, Value],
        credit: tuple[tuple[str, float], ...],
        known_at: datetime | None,
        deleted: bool,
    ) -> Record:
        dataset, moment = self.dataset, values[self.dataset.time]
        at = moment.replace(tzinfo=self._tenant) if isinstance(moment, datetime) else None
        day = at.date() if at else moment
        if not isinstance(day, date):
            day = known_at.date() if known_at else _NEVER
        owner = values[dataset.owner] if isinstance(dataset.owner, str) else None
        region = values[dataset.region] if dataset.region else None
        return Record(
            dataset=dataset.name,
            key=tuple([values[name] for name in self._key]),
            day=day,
            at=at,
            owner=owner if isinstance(owner, str) else None,
            credit=credit,
            region=region if isinstance(region, str) else None,
            values=values,
            void=not deleted and self._void is not None and self._void(values) is True,
            deleted=deleted,
            known_at=known_at,
            returns=None if deleted else self._returned(values),
        )

    def _returned(self, values: dict[str, Value]) -> tuple[Value, ...] | None:
        """Of a return the key of the record that came back; empty where a part of it is missing."""
        if self.dataset.returns is None or self._returns is None or self._returns(values) is not True:
            return None
        key = tuple(values[name] for name in self.dataset.returns.fields)
        return () if None in key else key


def _condition(
    dataset: Dataset, text: str | None, calendar: WorkCalendar
) -> Callable[[Mapping[str, Value]], Value] | None:
    """An expression over the fields, where what has no result is missing."""
    if text is None:
        return None
    context = Context(is_working=calendar.is_working)
    return tolerant(row_function(parse(text, tuple(dataset.fields)), context), context)


def _noted(name: str, values: list[T], refused: Wrong, wrong: WrongRows) -> list[T]:
    """The values of a column, after what was refused in it is written down by row and name."""
    for row, said in refused.items():
        wrong[row][name] = said
    return values


def _absent(name: str, is_time: bool) -> Said:
    if is_time:
        return Said(
            zh="是空的；没有时间的记录无法归入任何一天", en="is empty; a record without its time belongs to no day"
        )
    return Said(zh="是空的；没有编号的记录无法识别", en="is empty; a record without its key cannot be told from others")


def _named(name: str, said: Said) -> Said:
    return Said(zh=f"{name}：{said.zh}", en=f"{name}: {said.en}")
