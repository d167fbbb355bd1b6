"""The one place where queries begin: with their tenant."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tortoise.queryset import BulkCreateQuery, QuerySet

from runtime.row import NoTenantError, Row

R = TypeVar("R", bound=Row)


def rows(table: type[R], tenant: str) -> QuerySet[R]:
    """A query over the tenant's rows of `table`; narrow it with `.filter(…)`, change it with `.update(…)` or `.delete()`."""
    if not tenant:
        raise NoTenantError("a query needs a tenant")
    return QuerySet(table).filter(tenant=tenant)


def across_tenants(table: type[R]) -> QuerySet[R]:
    """A query over everybody's rows, for the few who look after all tenants: the list of tenants and the queue."""
    return QuerySet(table)


async def add(row: R) -> R:
    """Writes a new row."""
    _demand_tenant(row)
    await row.save(force_create=True)
    return row


async def add_all(new_rows: Sequence[R], *, batch: int = 500) -> None:
    """Writes many new rows of one table."""
    if new_rows:
        await _bulk(new_rows, batch)


async def add_missing(new_rows: Sequence[R], *, batch: int = 500) -> None:
    """Writes those of the rows whose unique columns are not taken yet; rows that exist stay as they are."""
    if new_rows:
        await _bulk(new_rows, batch, ignore_conflicts=True)


async def put_all(new_rows: Sequence[R], *, unique: Iterable[str], update: Iterable[str], batch: int = 500) -> None:
    """Writes the rows; where `unique` (columns that begin with tenant) is taken, the columns `update` are overwritten."""
    if new_rows:
        await _bulk(new_rows, batch, on_conflict=tuple(unique), update_fields=tuple(update))


def _bulk(
    new_rows: Sequence[R],
    batch: int,
    *,
    ignore_conflicts: bool = False,
    on_conflict: tuple[str, ...] = (),
    update_fields: tuple[str, ...] = (),
) -> BulkCreateQuery[R]:
    for row in new_rows:
        _demand_tenant(row)
    return QuerySet(type(new_rows[0])).bulk_create(
        new_rows, batch, ignore_conflicts, update_fields or None, on_conflict or None
    )


def _demand_tenant(row: Row) -> None:
    if not row.tenant:
        raise NoTenantError("a row needs a tenant")
