"""Raw rows become records: mapped, typed, dated, owned, and marked void or deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.expression import Context, parse, row_function, tolerant
from engine.expression.values import Value
from engine.records.coerce import FieldReader, is_blank, moment_text
from engine.records.credit import CreditReader
from engine.records.mapping import MappedField, ValueMap, Zones
from engine.records.moments import datetime_of, parse_datetime
from engine.records.record import BadRow, Record
from engine.records.wrong import WrongValueError
from schema_defs.dataset import Credit, Dataset, Field
from schema_defs.source import Source
from schema_defs.text import Said

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
        self._direct = [
            (name, self.needed_column(name) or name, field.seen, field)
            for name, field in self._fields.items()
            if self.needed_column(name)
        ]
        self._computed = [(name, self._maps[name]) for name in self._fields if self.needed_column(name) is None]
        self._deleted_when = (
            MappedField(source.deleted, "boolean", calendar, zones) if source and source.deleted else None
        )
        self._zones = zones
        self._key = dataset.key_fields
        self._needed = (*dataset.key_fields, dataset.time)
        self._flag = FieldReader(Field(type="boolean"), zones.source, zones.tenant)
        self._credit = CreditReader(dataset.owner) if isinstance(dataset.owner, Credit) else None
        self._void = None
        if dataset.void is not None:
            context = Context(is_working=calendar.is_working)
            self._void = tolerant(row_function(parse(dataset.void, tuple(dataset.fields)), context), context)

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

    def read(self, raw: Mapping[str, object]) -> Record | BadRow:
        """The record, or why the row cannot be one: every reason at once."""
        wrong: dict[str, Said] = {}
        values = self._values(raw, wrong)
        known_at, deleted = self._known_at(raw, wrong), self._is_deleted(raw, wrong)
        for name in self._key if deleted else self._needed:
            if values[name] is None and name not in wrong:
                wrong[name] = _absent(name, name == self.dataset.time)
        credit = self._people(values, wrong)
        if deleted:
            wrong = {
                name: said for name, said in wrong.items() if name in self.dataset.key_fields or name.startswith("_")
            }
        if wrong:
            return self._bad(wrong)
        return self._record(values, credit, known_at, deleted)

    def _values(self, raw: Mapping[str, object], wrong: dict[str, Said]) -> dict[str, Value]:
        """The values of all fields; what is wrong goes to `wrong` and is missing. Columns repeat themselves, so a look into what was seen is first."""
        values: dict[str, Value] = {}
        for name, column, seen, field in self._direct:
            given = raw.get(column)
            try:
                values[name] = seen[given]  # type: ignore[index]  # what is no text is not in there
            except (KeyError, TypeError):
                values[name] = self._value(name, field, given, wrong)
        for name, mapped in self._computed:
            try:
                values[name] = self._fields[name].read(mapped.read(raw))
            except WrongValueError as error:
                values[name], wrong[name] = None, error.said
        return values

    def _value(self, name: str, field: FieldReader, given: object, wrong: dict[str, Said]) -> Value:
        try:
            if isinstance(given, list) and self._credit is not None and self._credit.reads(name):
                given = ";".join(map(str, given))
            return field.read(given)
        except WrongValueError as error:
            wrong[name] = error.said
            return None

    def _bad(self, wrong: dict[str, Said]) -> BadRow:
        order = [*self._fields, KNOWN_AT, DELETED]
        names = sorted(wrong, key=order.index)
        return BadRow(reasons=tuple(_named(name, wrong[name]) for name in names), field=names[0])

    def _known_at(self, raw: Mapping[str, object], wrong: dict[str, Said]) -> datetime | None:
        given = raw.get(KNOWN_AT)
        if given is None or is_blank(given):
            return None
        try:
            if isinstance(given, date):
                return datetime_of(given, self._zones.source, self._zones.tenant)
            return parse_datetime(moment_text(given), self._zones.source, self._zones.tenant)
        except WrongValueError as error:
            wrong[KNOWN_AT] = error.said
            return None

    def _is_deleted(self, raw: Mapping[str, object], wrong: dict[str, Said]) -> bool:
        try:
            if self._deleted_when is not None and self._deleted_when.read(raw) is True:
                return True
            return self._flag.read(raw.get(DELETED)) is True
        except WrongValueError as error:
            wrong[DELETED] = error.said
            return False

    def _people(self, values: dict[str, Value], wrong: dict[str, Said]) -> tuple[tuple[str, float], ...]:
        if self._credit is None:
            return ()
        try:
            return self._credit.read(values)
        except WrongValueError as error:
            wrong.setdefault(self._credit.people, error.said)
            return ()

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
        )


def _absent(name: str, is_time: bool) -> Said:
    if is_time:
        return Said(
            zh="是空的；没有时间的记录无法归入任何一天", en="is empty; a record without its time belongs to no day"
        )
    return Said(zh="是空的；没有编号的记录无法识别", en="is empty; a record without its key cannot be told from others")


def _named(name: str, said: Said) -> Said:
    return Said(zh=f"{name}：{said.zh}", en=f"{name}: {said.en}")
