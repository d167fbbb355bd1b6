"""Accounts: who may sign in, and how often one may guess."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from tortoise.expressions import F

from runtime.people.passwords import fits, hash_password
from runtime.people.rows import AccountRow
from runtime.tenancy import add_missing, rows
from runtime.tenants.store import find_tenant
from schema_defs.errors import ConflictError, RefusedError, UsageError
from schema_defs.organisation import BUILT_IN_ROLES
from schema_defs.text import Lang, Said

FREE_GUESSES = 5
LOCKED_FOR = timedelta(minutes=15)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs in; `person` is the key of the person behind the account, if there is one."""

    id: str
    tenant: str
    login: str
    person: str | None
    roles: tuple[str, ...]
    language: Lang
    demo: bool
    active: bool


async def create_account(
    tenant: str,
    login: str,
    *,
    roles: Sequence[str],
    password: str | None = None,
    person: str | None = None,
    language: Lang = "zh",
    demo: bool = False,
    known_roles: Sequence[str] = BUILT_IN_ROLES,
) -> Account:
    """A new account. Only demo accounts may go without a password."""
    unknown = [role for role in roles if role not in known_roles]
    if unknown or not roles:
        raise UsageError(_unknown_roles(unknown, known_roles))
    if password is None and not demo:
        raise UsageError(_NO_PASSWORD)
    row = AccountRow(
        tenant=tenant, login=_folded(login), password_hash=await hash_password(password) if password else None,
        person=person, roles=list(roles), language=language, demo=demo,
    )  # fmt: skip
    await add_missing([row])
    if not await rows(AccountRow, tenant).filter(id=row.id).exists():
        raise ConflictError(Said(zh=f"登录名“{login}”已被使用", en=f"the login '{login}' is taken"))
    return _account(row)


async def find_account(tenant: str, login: str) -> Account | None:
    row = await rows(AccountRow, tenant).get_or_none(login=_folded(login))
    return _account(row) if row else None


async def account_by_id(tenant: str, account_id: str) -> Account | None:
    row = await rows(AccountRow, tenant).get_or_none(id=account_id)
    return _account(row) if row else None


async def list_accounts(tenant: str) -> list[Account]:
    return [_account(row) for row in await rows(AccountRow, tenant).order_by("login")]


async def set_password(tenant: str, login: str, password: str) -> None:
    """Replaces the password and lifts a lock."""
    password_hash = await hash_password(password)
    changed = (
        await rows(AccountRow, tenant)
        .filter(login=_folded(login))
        .update(password_hash=password_hash, failed_count=0, locked_until=None)
    )
    if not changed:
        raise UsageError(Said(zh=f"没有登录名“{login}”", en=f"there is no login '{login}'"))


async def check_password(tenant: str, login: str, password: str, *, now: datetime) -> Account:
    """The account whose password this is. Raises RefusedError, always with the same words, whatever was wrong.

    After five wrong guesses the account is closed for a quarter of an hour, also to the right password.
    """
    row = await _signs_in(tenant, login)
    locked = row is not None and row.locked_until is not None and row.locked_until > now
    right = await fits(password, row.password_hash if row else None)
    if row is None or locked or not right:
        if row is not None and not locked:
            await _count_guess(row, now)
        raise RefusedError(WRONG)
    await rows(AccountRow, tenant).filter(id=row.id).update(failed_count=0, locked_until=None)
    return _account(row)


async def demo_account(tenant: str, role: str) -> Account:
    """The demo's account of a role, which needs no password; elsewhere there are none."""
    for account in await list_accounts(tenant):
        if account.demo and account.active and role in account.roles:
            return account
    raise RefusedError(WRONG)


async def _signs_in(tenant: str, login: str) -> AccountRow | None:
    found = await find_tenant(tenant)
    if found is None or found.state != "active":
        return None
    return await rows(AccountRow, tenant).get_or_none(login=_folded(login), active=True)


async def _count_guess(row: AccountRow, now: datetime) -> None:
    account = rows(AccountRow, row.tenant).filter(id=row.id)
    await account.update(failed_count=F("failed_count") + 1)
    await account.filter(failed_count__gte=FREE_GUESSES).update(locked_until=now + LOCKED_FOR, failed_count=0)


def _folded(login: str) -> str:
    folded = login.strip().casefold()
    if not folded:
        raise UsageError(Said(zh="登录名不能为空", en="a login is needed"))
    return folded


def _account(row: AccountRow) -> Account:
    return Account(
        id=row.id, tenant=row.tenant, login=row.login, person=row.person, roles=tuple(row.roles),
        language="en" if row.language == "en" else "zh", demo=row.demo, active=row.active,
    )  # fmt: skip


def _unknown_roles(unknown: list[str], known: Sequence[str]) -> Said:
    given, allowed = ", ".join(unknown) or "-", ", ".join(known)
    return Said(zh=f"未知角色：{given}；可用：{allowed}", en=f"unknown role: {given}; there are: {allowed}")


WRONG = Said(
    zh="登录名或密码不对，或账号暂时锁定；15 分钟后再试，或请 IT 重设密码",
    en="login or password is wrong, or the account is locked for now; try again in 15 minutes, or ask IT for a new password",
)
_NO_PASSWORD = Said(zh="需要密码", en="a password is needed")
