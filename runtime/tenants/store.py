"""Creating and finding tenants."""

import re
from datetime import datetime

import msgspec

from runtime.tenancy import across_tenants, add_missing, rows
from runtime.tenants.rows import TenantRow
from schema_defs.errors import ConflictError, UsageError
from schema_defs.text import Said

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation. A suspended one keeps its rows; nothing runs for it and nobody signs in."""

    key: str
    label: str
    state: str
    created_at: datetime


async def create_tenant(key: str, label: str, *, now: datetime) -> Tenant:
    """A new tenant; its key is taken for ever."""
    if not _KEY.fullmatch(key):
        raise UsageError(_bad_key(key))
    row = TenantRow(tenant=key, key=key, label=label, created_at=now)
    await add_missing([row])
    if not await rows(TenantRow, key).filter(id=row.id).exists():
        raise ConflictError(Said(zh=f"租户“{key}”已经存在", en=f"tenant '{key}' exists already"))
    return _tenant(row)


async def find_tenant(key: str) -> Tenant | None:
    row = await rows(TenantRow, key).get_or_none(key=key) if key else None
    return _tenant(row) if row else None


async def demand_tenant(key: str) -> Tenant:
    """The tenant, or an error that names those there are."""
    found = await find_tenant(key)
    if found is None:
        raise UsageError(_unknown(key, [tenant.key for tenant in await list_tenants()]))
    return found


async def list_tenants() -> list[Tenant]:
    """All tenants by key."""
    return [_tenant(row) for row in await across_tenants(TenantRow).order_by("tenant")]


def _tenant(row: TenantRow) -> Tenant:
    return Tenant(key=row.key, label=row.label, state=row.state, created_at=row.created_at)


def _bad_key(key: str) -> Said:
    return Said(
        zh=f"租户的键“{key}”不可用：以小写字母开头，只含小写字母、数字、- 和 _，最多 63 个字符，例如 acme_east",
        en=f"tenant key '{key}' is not possible: a lower-case letter, then lower-case letters, digits, - and _,"
        " 63 characters at most, such as acme_east",
    )


def _unknown(key: str, known: list[str]) -> Said:
    listed = ", ".join(known[:20]) or "-"
    return Said(
        zh=f"没有租户“{key}”；现有：{listed}。可用 `duiqi tenant create` 新建",
        en=f"there is no tenant '{key}'; there are: {listed}. `duiqi tenant create` makes one",
    )
