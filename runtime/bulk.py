"""Many rows at once, past the object mapper: the same tables and meanings, without an object per row."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from runtime.columns import Json, MaybeMoment, Moment
from runtime.database import connection, is_sqlite
from runtime.ids import new_id
from runtime.row import NoTenantError, Row

Encode = Callable[[Any], Any]


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
    if not tenant:
        raise NoTenantError("a row needs a tenant")
    encoders = [_encoder(table, column) for column in columns]
    rows = [[new_id(), tenant, *(encode(value) for encode, value in zip(encoders, row, strict=True))] for row in values]
    if rows:
        await connection().execute_many(_insert(table, ("id", "tenant", *columns), unique, update), rows)
    return len(rows)


def _insert(table: type[Row], columns: Sequence[str], unique: Sequence[str], update: Sequence[str]) -> str:
    """Names come from our own row classes only, never from a user."""
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" if is_sqlite() else f"${place}" for place in range(1, len(columns) + 1))
    sql = f'INSERT INTO "{table._meta.db_table}" ({names}) VALUES ({marks})'  # see above
    if not unique:
        return sql
    taken = ", ".join(f'"{column}"' for column in unique)
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in update)
    return f"{sql} ON CONFLICT ({taken}) DO {f'UPDATE SET {changes}' if update else 'NOTHING'}"


def _encoder(table: type[Row], column: str) -> Encode:
    field = table._meta.fields_map[column]
    if isinstance(field, Json):
        return _json
    if isinstance(field, Moment | MaybeMoment):
        return _moment_text if is_sqlite() else _utc
    return _plain_text if is_sqlite() else _same


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _moment_text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(" ")


def _plain_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _same(value: Any) -> Any:
    return value


async def set_many(table: type[Row], tenant: str, column: str, values: Iterable[tuple[Any, str]]) -> None:
    """Sets one column of many rows, given as (value, id), inside the caller's transaction."""
    encode = _encoder(table, column)
    changes = [[encode(value), tenant, row_id] for value, row_id in values]
    if changes:
        first, second, third = ("?", "?", "?") if is_sqlite() else ("$1", "$2", "$3")
        where = f"WHERE tenant = {second} AND id = {third}"
        sql = f'UPDATE "{table._meta.db_table}" SET "{column}" = {first} {where}'  # our own names
        await connection().execute_many(sql, changes)
