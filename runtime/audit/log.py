"""Writing down what people did, in the transaction in which they did it."""

from datetime import datetime
from typing import Any

import msgspec

from runtime.audit.rows import AuditRow
from runtime.tenancy import add, rows


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to which object; `detail` holds old and new where something was changed."""

    at: datetime
    who: str
    what: str
    object: str
    detail: dict[str, Any]


async def note(
    tenant: str, who: str, what: str, object_: str = "", detail: dict[str, Any] | None = None, *, now: datetime
) -> None:
    """Adds an entry; there is no way to change or remove one."""
    await add(AuditRow(tenant=tenant, at=now, who=who, what=what, object=object_, detail=detail or {}))


async def entries(tenant: str, *, object_: str | None = None, limit: int = 100) -> list[Entry]:
    """The newest entries first."""
    found = rows(AuditRow, tenant).order_by("-at", "-id").limit(limit)
    return [_entry(row) for row in await (found.filter(object=object_) if object_ is not None else found)]


def _entry(row: AuditRow) -> Entry:
    return Entry(at=row.at, who=row.who, what=row.what, object=row.object, detail=row.detail)
