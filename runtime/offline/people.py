"""The people of a configuration outside a running system: written in the organisation document, or read from its file."""

from collections.abc import Iterable
from datetime import date, tzinfo
from pathlib import Path

from connectors.sources.protocol import RawRow
from engine.calendar import calendar_of
from engine.org import Org, org_of
from engine.records.coerce import FieldReader, is_blank, text_of
from engine.records.wrong import WrongValueError
from runtime.offline.data import read_table
from schema_defs.dataset import Field
from schema_defs.errors import AuthorError
from schema_defs.loader import Loaded
from schema_defs.organisation import PeopleMap, Person, Stay
from schema_defs.release import Release
from schema_defs.text import Said


def organised(loaded: Loaded, tables: dict[str, list[RawRow]]) -> Org:
    """The organisation with its people. Where `people_from` names data that was not given, nobody is known."""
    release, document = loaded.release, loaded.release.organisation
    if document is None or document.people_from is None:
        return org_of(document)
    source = document.people_from
    if source.file is not None:
        rows = read_table(beside(loaded, "organisation", document.name, source.file))
    else:
        rows = tables.get(source.data or "", [])
    return org_of(document, (*document.people, *people_of(rows, source.map, release)))


def beside(loaded: Loaded, kind: str, name: str, file: str) -> Path:
    """The path of a file that a document names, relative to the document."""
    return Path(loaded.place(kind, name).file).parent / file


def people_of(rows: Iterable[RawRow], columns: PeopleMap, release: Release) -> list[Person]:
    """People by key; with a `from` column several rows of one key are the person's regions in time. Raises AuthorError for a bad row."""
    reader = _PeopleReader(columns, calendar_of(release.calendar).tz)
    found: dict[str, Person] = {}
    stays: dict[str, list[Stay]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        person, stay = reader.read(row)
        if person.key in found and columns.from_ is None:
            raise _twice(person.key, lines[person.key], row.line)
        lines.setdefault(person.key, row.line)
        found[person.key] = person
        if stay is not None:
            stays.setdefault(person.key, []).append(stay)
    return [_placed(person, stays.get(key, [])) for key, person in found.items()]


class _PeopleReader:
    def __init__(self, columns: PeopleMap, zone: tzinfo) -> None:
        self._columns = columns
        self._dates = FieldReader(Field(type="date"), zone, zone)

    def read(self, row: RawRow) -> tuple[Person, Stay | None]:
        """The person without a region, and the stay that the row tells."""
        columns, key = self._columns, self._text(row, self._columns.key)
        if key is None:
            raise _bad(row, columns.key, Said(zh="是空的", en="is empty"))
        region = self._text(row, columns.region)
        roles = self._text(row, columns.roles)
        person = Person(
            key=key,
            label=self._text(row, columns.label),
            manager=self._text(row, columns.manager),
            joined=self._date(row, columns.joined),
            left=self._date(row, columns.left),
            roles=tuple(part.strip() for part in roles.replace(";", ",").split(",")) if roles else ("seller",),
        )
        return person, Stay(region=region, from_=self._date(row, columns.from_)) if region else None

    def _text(self, row: RawRow, column: str | None) -> str | None:
        given = row.values.get(column) if column else None
        if column is None or is_blank(given):
            return None
        try:
            return text_of(given)
        except WrongValueError as error:
            raise _bad(row, column, error.said) from None

    def _date(self, row: RawRow, column: str | None) -> date | None:
        if column is None:
            return None
        try:
            return self._dates.read(row.values.get(column))  # type: ignore[return-value]  # a date field reads dates
        except WrongValueError as error:
            raise _bad(row, column, error.said) from None


def _placed(person: Person, stays: list[Stay]) -> Person:
    undated = len(stays) == 1 and stays[0].from_ is None
    region = stays[0].region if undated else tuple(stays) or None
    return Person(
        key=person.key,
        label=person.label,
        roles=person.roles,
        region=region,
        manager=person.manager,
        joined=person.joined,
        left=person.left,
    )


def _bad(row: RawRow, column: str, said: Said) -> AuthorError:
    return AuthorError(
        Said(
            zh=f"人员文件第 {row.line} 行，{column}：{said.zh}",
            en=f"the people's file, line {row.line}, {column}: {said.en}",
        )
    )


def _twice(key: str, first: int, second: int) -> AuthorError:
    return AuthorError(
        Said(
            zh=f"人员 '{key}' 在第 {first} 行和第 {second} 行各出现一次；请保留一行，或用 from 列写明每段区域从哪天开始",
            en=f"the person '{key}' stands in line {first} and in line {second}; keep one, or say in a `from` column since when each region holds",
        )
    )
