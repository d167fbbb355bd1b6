"""Many rows at once, past the object mapper: the same tables and meanings, without an object per row."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any

import msgspec

from runtime.columns import Day, Json, MaybeMoment, Moment
from runtime.database import connection, is_sqlite
from runtime.ids import new_id
from runtime.row import NoTenantError, Row

Convert = Callable[[Any], Any]
Condition = tuple[str, str, Any]
"""A column, how it is compared (`=`, `<`, `<=`, `>`, `>=`, `in`, `is null`), and with what."""

COPIED = 100
"""From so many new rows on PostgreSQL takes them as one stream."""
IN_AT_ONCE = 400
"""So many values one `in` takes; whoever has more asks in pieces."""
_COMPARED = frozenset({"=", "<", "<=", ">", ">="})


async def read_many(
    table: type[Row],
    tenant: str,
    columns: Sequence[str],
    where: Sequence[Condition] = (),
    *,
    distinct: bool = False,
    order: Sequence[str] = (),
    limit: int | None = None,
) -> list[tuple[Any, ...]]:
    """The tenant's rows as tuples of the columns; JSON columns stay text, since few of them are looked into."""
    _demand(tenant)
    values: list[Any] = []
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f'SELECT {"DISTINCT " if distinct else ""}{names} FROM "{table._meta.db_table}" WHERE tenant = {_mark(values, tenant)}'
    sql += "".join(f" AND {_condition(table, each, values)}" for each in where)
    if order:
        sql += " ORDER BY " + ", ".join(
            f'"{column.removeprefix("-")}"{" DESC" * (column[0] == "-")}' for column in order
        )
    if limit is not None:
        sql += f" LIMIT {limit:d}"
    _, found = await connection().execute_query(sql, values)
    return _decoded(table, columns, found)


def in_pieces(values: Iterable[Any]) -> Iterable[list[Any]]:
    """The distinct values in order, in pieces that one condition can take."""
    wanted = sorted(set(values))
    return (wanted[start : start + IN_AT_ONCE] for start in range(0, len(wanted), IN_AT_ONCE))


async def write_many(
    table: type[Row],
    tenant: str,
    columns: Sequence[str],
    values: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> int:
    """Writes the rows, each with a new id, inside the caller's transaction; where `unique` is taken, `update` is overwritten.

    `values` are in the order of `columns`; id and tenant are added here. Returns how many there were.
    """
    return await write_named(table, tenant, columns, ((new_id(), *row) for row in values), unique=unique, update=update)


async def write_named(
    table: type[Row],
    tenant: str,
    columns: Sequence[str],
    values: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> int:
    """As `write_many`, for rows whose ids are known: each begins with its id."""
    _demand(tenant)
    by_column = list(zip(*values, strict=True))
    if not by_column:
        return 0
    stored = [_encoded(table, name, column) for name, column in zip(("id", *columns), by_column, strict=True)]
    rows: list[Any] = list(zip(stored[0], repeat(tenant), *stored[1:]))
    names = ("id", "tenant", *columns)
    if unique or is_sqlite() or len(rows) < COPIED:
        await connection().execute_many(_insert(table, names, unique, update), rows)
    else:
        async with connection().acquire_connection() as postgres:
            await postgres.copy_records_to_table(table._meta.db_table, columns=names, records=rows)
    return len(rows)


async def set_many(table: type[Row], tenant: str, column: str, values: Iterable[tuple[Any, str]]) -> None:
    """Sets one column of many rows, given as (value, id), inside the caller's transaction."""
    _demand(tenant)
    encode = _encoder(table, column) or _same
    changes = [[None if value is None else encode(value), tenant, row_id] for value, row_id in values]
    if changes:
        first, second, third = ("?", "?", "?") if is_sqlite() else ("$1", "$2", "$3")
        where = f"WHERE tenant = {second} AND id = {third}"
        sql = f'UPDATE "{table._meta.db_table}" SET "{column}" = {first} {where}'
        await connection().execute_many(sql, changes)


def _demand(tenant: str) -> None:
    if not tenant:
        raise NoTenantError("a query needs a tenant")


def _condition(table: type[Row], condition: Condition, values: list[Any]) -> str:
    """Names come from our own row classes only, never from a user; values are always parameters."""
    column, how, value = condition
    encode = _encoder(table, column) or _same
    if how == "is null":
        return f'"{column}" IS {"" if value else "NOT "}NULL'
    if how == "in":
        wanted = [encode(each) for each in value]
        if is_sqlite():
            return f'"{column}" IN (SELECT value FROM json_each({_mark(values, _json(wanted))}))'
        return f'"{column}" = ANY({_mark(values, wanted)})'
    if how not in _COMPARED:
        raise ValueError(f"rows are not compared by '{how}'")
    return f'"{column}" {how} {_mark(values, encode(value))}'


def _mark(values: list[Any], value: Any) -> str:
    """Takes the value down and gives its place-holder."""
    values.append(value)
    return "?" if is_sqlite() else f"${len(values)}"


def _insert(table: type[Row], columns: Sequence[str], unique: Sequence[str], update: Sequence[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" if is_sqlite() else f"${place}" for place in range(1, len(columns) + 1))
    sql = f'INSERT INTO "{table._meta.db_table}" ({names}) VALUES ({marks})'
    if not unique:
        return sql
    taken = ", ".join(f'"{column}"' for column in unique)
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in update)
    return f"{sql} ON CONFLICT ({taken}) DO {f'UPDATE SET {changes}' if update else 'NOTHING'}"


def _encoder(table: type[Row], column: str) -> Convert | None:
    """How a value goes into the column, if it does not go in as it is."""
    field = table._meta.fields_map[column]
    if isinstance(field, Json):
        return _json
    if isinstance(field, Moment | MaybeMoment):
        return _moment_text if is_sqlite() else _utc
    return date.isoformat if isinstance(field, Day) and is_sqlite() else None


def _encoded(table: type[Row], column: str, values: Sequence[Any]) -> Sequence[Any]:
    """A column as the database takes it; the same object as in the row before, such as the moment of writing, is encoded once."""
    encode = _encoder(table, column)
    if encode is None:
        return values
    encoded, last, stored = [], None, None
    for value in values:
        if value is not last:
            last, stored = value, None if value is None else encode(value)
        encoded.append(stored)
    return encoded


def _decoded(table: type[Row], columns: Sequence[str], found: Sequence[Any]) -> list[tuple[Any, ...]]:
    decoders = [(place, decode) for place, column in enumerate(columns) if (decode := _decoder(table, column))]
    if not decoders:
        return [tuple(row) for row in found]
    rows = []
    for each in found:
        row = list(each)
        for place, decode in decoders:
            if row[place] is not None:
                row[place] = decode(row[place])
        rows.append(tuple(row))
    return rows


def _decoder(table: type[Row], column: str) -> Convert | None:
    if not is_sqlite():
        return None
    field = table._meta.fields_map[column]
    if isinstance(field, Moment | MaybeMoment):
        return datetime.fromisoformat
    if isinstance(field, Day):
        return date.fromisoformat
    return bool if field.field_type is bool else None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _moment_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(" ")


def _same(value: Any) -> Any:
    return value
