"""The root of all tables: a row belongs to exactly one tenant."""

from typing import Any, NoReturn

from tortoise import fields
from tortoise.manager import Manager
from tortoise.models import Model, ModelMeta

from runtime.ids import new_id


class NoTenantError(RuntimeError):
    """A query was built without a tenant: a mistake of ours, never of a user."""


class Guarded(Manager):
    """Refuses every query that does not come through `runtime.tenancy`."""

    def get_queryset(self) -> NoReturn:
        raise NoTenantError("build queries with runtime.tenancy.rows(Row, tenant)")

    def __getattr__(self, item: str) -> NoReturn:
        raise AttributeError(item)


class RowMeta(ModelMeta):
    """Guards every table. Docstrings stay out of the schema: a better sentence is no migration."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> ModelMeta:
        table = super().__new__(cls, name, bases, attrs)
        table._meta.table_description = ""  # type: ignore[attr-defined]  # ModelMeta sets it
        table._meta.manager = Guarded(table)  # type: ignore[attr-defined]
        return table


class Row(Model, metaclass=RowMeta):
    """A table's row. `id` is known before the row is written; (tenant, id) is unique and comes first."""

    id = fields.CharField(max_length=64, primary_key=True, default=new_id)
    tenant = fields.CharField(max_length=64)

    class Meta:
        abstract = True
