"""Signing in: passwords, guesses, sessions."""

from datetime import timedelta

import pytest

from runtime.clock import VirtualClock
from runtime.people.accounts import (
    FREE_GUESSES,
    LOCKED_FOR,
    Account,
    check_password,
    create_account,
    demo_account,
    find_account,
    set_password,
)
from runtime.people.rows import AccountRow, SessionRow
from runtime.people.sessions import (
    ADMIN_LASTS,
    IDLE,
    LASTS,
    put_data,
    renew,
    session_of,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from runtime.tenancy import rows
from runtime.tenants.rows import TenantRow
from runtime.tenants.store import create_tenant
from schema_defs.errors import ConflictError, RefusedError, UsageError

PASSWORD = "correct horse"


@pytest.fixture
async def anna(tenant: str) -> Account:
    return await create_account(tenant, "Anna", roles=["manager"], password=PASSWORD, person="m01")


async def test_the_right_password_opens_the_account(tenant: str, anna: Account, clock: VirtualClock) -> None:
    assert await check_password(tenant, " anna ", PASSWORD, now=clock.now()) == anna
    row = await rows(AccountRow, tenant).get(login="anna")
    assert PASSWORD not in (row.password_hash or "")


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong horse"), ("nobody", PASSWORD), ("anna", "x" * 300)])
async def test_whatever_is_wrong_the_answer_is_the_same(
    tenant: str, anna: Account, clock: VirtualClock, login: str, password: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        await check_password(tenant, login, password, now=clock.now())
    assert "login or password" in caught.value.said.en


async def test_five_wrong_guesses_close_the_account_for_a_quarter_of_an_hour(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    for _ in range(FREE_GUESSES):
        with pytest.raises(RefusedError):
            await check_password(tenant, "anna", "wrong horse", now=clock.now())
    with pytest.raises(RefusedError):
        await check_password(tenant, "anna", PASSWORD, now=clock.now())
    clock.advance(LOCKED_FOR)
    assert await check_password(tenant, "anna", PASSWORD, now=clock.now()) == anna


async def test_a_right_password_forgets_earlier_wrong_ones(tenant: str, anna: Account, clock: VirtualClock) -> None:
    for _ in range(2):
        for _ in range(FREE_GUESSES - 1):
            with pytest.raises(RefusedError):
                await check_password(tenant, "anna", "wrong horse", now=clock.now())
        assert await check_password(tenant, "anna", PASSWORD, now=clock.now()) == anna


async def test_a_new_password_replaces_the_old_one(tenant: str, anna: Account, clock: VirtualClock) -> None:
    await set_password(tenant, "anna", "another horse")
    assert await check_password(tenant, "anna", "another horse", now=clock.now()) == anna
    with pytest.raises(RefusedError):
        await check_password(tenant, "anna", PASSWORD, now=clock.now())
    with pytest.raises(UsageError):
        await set_password(tenant, "nobody", "another horse")


async def test_a_login_is_taken_once_and_needs_a_role_and_a_long_password(tenant: str, anna: Account) -> None:
    with pytest.raises(ConflictError):
        await create_account(tenant, "ANNA", roles=["seller"], password=PASSWORD)
    for roles, password in ((["king"], PASSWORD), ([], PASSWORD), (["seller"], "short"), (["seller"], None)):
        with pytest.raises(UsageError):
            await create_account(tenant, "bert", roles=roles, password=password)


async def test_demo_accounts_need_no_password_and_others_cannot_be_entered_so(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    with pytest.raises(RefusedError):
        await demo_account(tenant, "manager")
    demo = await create_account(tenant, "demo-seller", roles=["seller"], demo=True)
    assert await demo_account(tenant, "seller") == demo
    with pytest.raises(RefusedError):
        await check_password(tenant, "demo-seller", "", now=clock.now())


async def test_an_account_of_one_tenant_opens_nothing_at_another(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    await create_tenant("globex", "Globex", now=clock.now())
    with pytest.raises(RefusedError):
        await check_password("globex", "anna", PASSWORD, now=clock.now())
    cookie = await sign_in(anna, now=clock.now())
    assert await session_of(cookie.replace("acme.", "globex."), now=clock.now()) is None
    assert await find_account("globex", "anna") is None


async def test_a_session_knows_its_account_and_the_table_does_not_know_the_token(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    cookie = await sign_in(anna, now=clock.now())
    session = await session_of(cookie, now=clock.now())
    assert session is not None
    assert session.account == anna
    row = await rows(SessionRow, tenant).get()
    assert cookie.split(".")[1] not in str(dict(row))


async def test_signing_in_changes_the_token(tenant: str, anna: Account, clock: VirtualClock) -> None:
    old = await sign_in(anna, now=clock.now())
    new = await sign_in(anna, now=clock.now(), old_cookie=old)
    assert new != old
    assert await session_of(old, now=clock.now()) is None
    assert await session_of(new, now=clock.now()) is not None


@pytest.mark.parametrize("cookie", ["", "acme", "acme.", ".x", "acme.guess", "acme.guess.more", "x" * 5000])
async def test_a_made_up_cookie_is_nobody(tenant: str, clock: VirtualClock, cookie: str) -> None:
    assert await session_of(cookie, now=clock.now()) is None
    await sign_out(cookie)


async def test_a_session_ends_after_thirty_days_or_two_idle_weeks(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    used, idle = await sign_in(anna, now=clock.now()), await sign_in(anna, now=clock.now())
    end = clock.now() + LASTS
    while clock.now() < end - timedelta(days=1):
        clock.advance(timedelta(days=1))
        assert await session_of(used, now=clock.now()) is not None
        if clock.now() >= end - LASTS + IDLE:
            assert await session_of(idle, now=clock.now()) is None
    clock.advance(timedelta(days=1))
    assert await session_of(used, now=clock.now()) is None


async def test_an_administrators_work_asks_again_after_half_an_hour(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    cookie = await sign_in(anna, now=clock.now())
    clock.advance(ADMIN_LASTS)
    session = await session_of(cookie, now=clock.now())
    assert session is not None
    assert not session.is_admin(clock.now())
    renewed = await renew(cookie, now=clock.now())
    assert renewed is not None
    session = await session_of(renewed, now=clock.now())
    assert session is not None
    assert session.is_admin(clock.now())
    assert await session_of(cookie, now=clock.now()) is None


async def test_signing_out_and_closing_an_account_end_its_sessions(
    tenant: str, anna: Account, clock: VirtualClock
) -> None:
    one, two, three = [await sign_in(anna, now=clock.now()) for _ in range(3)]
    await put_data(one, {"language": "en"})
    session = await session_of(one, now=clock.now())
    assert session is not None
    assert session.data == {"language": "en"}
    await sign_out(one)
    assert await session_of(one, now=clock.now()) is None
    assert await sign_out_everywhere(tenant, anna.id) == 2
    assert await session_of(two, now=clock.now()) is None
    four = await sign_in(anna, now=clock.now())
    await rows(AccountRow, tenant).update(active=False)
    assert await session_of(four, now=clock.now()) is None
    assert await session_of(three, now=clock.now()) is None


async def test_a_suspended_tenant_lets_nobody_in(tenant: str, anna: Account, clock: VirtualClock) -> None:
    cookie = await sign_in(anna, now=clock.now())
    await rows(TenantRow, tenant).update(state="suspended")
    assert await session_of(cookie, now=clock.now()) is None
    with pytest.raises(RefusedError):
        await check_password(tenant, "anna", PASSWORD, now=clock.now())
