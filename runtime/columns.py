"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from tortoise.fields import CharField, DateField, DatetimeField
from tortoise.fields.base import Field

T = TypeVar("T")
KEY_LENGTH = 400
"""Longest key of a scope or record in characters; 400 characters of any script fit PostgreSQL's index rows."""


class Moment(DatetimeField[datetime]):
    """A moment, stored in UTC. SQLite compares moments as text, so every one has the same offset there."""

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)

    def to_python_value(self, value: Any) -> Any:
        return _moment(value)


class MaybeMoment(DatetimeField[datetime | None]):
    """A moment or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(**kwargs)

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)

    def to_python_value(self, value: Any) -> Any:
        return _moment(value)


class Day(DateField[date]):
    """A calendar day."""

    def to_python_value(self, value: Any) -> Any:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    """Much quicker than Tortoise's own reading, which takes any form of ISO 8601."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


class Json(Field[T]):
    """A map or a list of plain data as JSON text. Nothing inside is ever filtered by.

    Never a bare text: Tortoise does not tell a text that is assigned from one that was read, which is JSON.
    """

    SQL_TYPE = "TEXT"
    indexable = False
    field_type = object

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        self.validate(value)
        return None if value is None else msgspec.json.encode(value).decode()

    def to_python_value(self, value: Any) -> Any:
        return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def key_column(**kwargs: Any) -> CharField[str]:
    """The key of a scope, a record, a person or a region."""
    return CharField(max_length=KEY_LENGTH, **kwargs)


def name_column(**kwargs: Any) -> CharField[str]:
    """An identifier: the name of a document, or a word of ours such as a state."""
    return CharField(max_length=64, **kwargs)


def maybe_key(**kwargs: Any) -> CharField[str | None]:
    return CharField(max_length=KEY_LENGTH, null=True, **kwargs)


def maybe_name(**kwargs: Any) -> CharField[str | None]:
    return CharField(max_length=64, null=True, **kwargs)
