"""Sessions: which devices are signed in. The cookie holds a random token, the database its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from runtime.people.accounts import Account, account_by_id
from runtime.people.rows import SessionRow
from runtime.tenancy import add, rows
from runtime.tenants.store import find_tenant

LASTS = timedelta(days=30)
"""A device stays signed in so long, and is signed out when it was not used for so long."""
IDLE = timedelta(days=14)
ADMIN_LASTS = timedelta(minutes=30)
"""What an administrator does asks for the password again after this."""
_SEEN_EVERY = timedelta(minutes=5)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in device and whose it is; `admin_until` bounds what needs a fresh password."""

    id: str
    account: Account
    created_at: datetime
    expires_at: datetime
    admin_until: datetime | None
    data: dict[str, Any]

    def is_admin(self, now: datetime) -> bool:
        """Whether the password was given recently enough for an administrator's work."""
        return self.admin_until is not None and self.admin_until > now


async def sign_in(account: Account, *, now: datetime, old_cookie: str | None = None) -> str:
    """A new session, whatever the browser held before; returns what goes into its cookie."""
    if old_cookie:
        await sign_out(old_cookie)
    await rows(SessionRow, account.tenant).filter(expires_at__lt=now).delete()
    token = secrets.token_urlsafe(32)
    await add(
        SessionRow(
            tenant=account.tenant, token_hash=_hash(token), account=account.id, created_at=now, seen_at=now,
            expires_at=now + LASTS, admin_until=now + ADMIN_LASTS, data={},
        )
    )  # fmt: skip
    return f"{account.tenant}.{token}"


async def session_of(cookie: str, *, now: datetime) -> Session | None:
    """The session of a cookie; None when it is unknown, has ended, or its account or tenant is closed."""
    row = await _row(cookie)
    if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
        return None
    account = await account_by_id(row.tenant, row.account)
    tenant = await find_tenant(row.tenant)
    if account is None or not account.active or tenant is None or tenant.state != "active":
        return None
    if now - row.seen_at > _SEEN_EVERY:
        await rows(SessionRow, row.tenant).filter(id=row.id).update(seen_at=now)
    return Session(
        id=row.id, account=account, created_at=row.created_at, expires_at=row.expires_at,
        admin_until=row.admin_until, data=row.data,
    )  # fmt: skip


async def renew(cookie: str, *, now: datetime) -> str | None:
    """After the password was given again: a new token with a fresh half hour; None if there is no session."""
    session = await session_of(cookie, now=now)
    return await sign_in(session.account, now=now, old_cookie=cookie) if session else None


async def put_data(cookie: str, data: dict[str, Any]) -> None:
    """Keeps small things of the device, such as its language."""
    row = await _row(cookie)
    if row is not None:
        await rows(SessionRow, row.tenant).filter(id=row.id).update(data=data)


async def sign_out(cookie: str) -> None:
    """Ends the session of a cookie; an unknown one changes nothing."""
    row = await _row(cookie)
    if row is not None:
        await rows(SessionRow, row.tenant).filter(id=row.id).delete()


async def sign_out_everywhere(tenant: str, account_id: str) -> int:
    """Ends all sessions of an account, as after a change of its roles; returns how many there were."""
    return await rows(SessionRow, tenant).filter(account=account_id).delete()


async def _row(cookie: str) -> SessionRow | None:
    """The tenant in the cookie only says where to look: without the token's hash under that tenant there is nothing."""
    tenant, _, token = cookie.partition(".")
    if not tenant or not token:
        return None
    return await rows(SessionRow, tenant).get_or_none(token_hash=_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
