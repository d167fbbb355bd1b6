"""Signing in over the real tables."""

import pytest

from admin.wiring.doors import RunningDoors
from runtime.people.accounts import create_account


@pytest.fixture
async def doors(tenant) -> RunningDoors:
    await create_account(tenant, "seller", roles=["seller"], demo=True)
    await create_account(tenant, "kun", roles=["manager"], password="correct horse battery")
    return RunningDoors({"seller": (tenant, "seller")})


async def test_a_demo_card_opens_without_a_password(doors, tenant):
    token = await doors.sign_in_as("seller")
    viewer = await doors.viewer(token)

    assert (viewer.tenant, viewer.roles, viewer.demo) == (tenant, ("seller",), True)


@pytest.mark.parametrize("role", ["director", "root", "", "manager"])
async def test_only_cards_open(doors, role):
    assert await doors.sign_in_as(role) is None


async def test_where_there_is_no_demo_no_card_opens(doors):
    closed = RunningDoors()

    assert await closed.sign_in_as("seller") is None
    assert (await closed.page("zh")).demo == ()


async def test_the_sign_in_page_shows_the_cards_that_exist(doors):
    assert [card.role for card in (await doors.page("zh")).demo] == ["seller"]


@pytest.mark.parametrize("login", ["kun", "kun@acme", " Kun "])
async def test_a_password_opens(doors, login):
    viewer = await doors.viewer(await doors.sign_in(login, "correct horse battery"))

    assert viewer.roles == ("manager",)


@pytest.mark.parametrize(
    ("login", "password"), [("kun", "wrong"), ("nobody", "x"), ("kun@other", "correct horse battery"), ("@", "x")]
)
async def test_anything_else_does_not(doors, login, password):
    assert await doors.sign_in(login, password) is None


async def test_signing_in_again_ends_the_session_before(doors):
    first = await doors.sign_in_as("seller")
    second = await doors.sign_in_as("seller", first)

    assert first != second
    assert await doors.viewer(first) is None
    assert await doors.viewer(second) is not None


async def test_signing_out_ends_it_at_once(doors):
    token = await doors.sign_in_as("seller")
    await doors.sign_out(token)

    assert await doors.viewer(token) is None


@pytest.mark.parametrize("token", ["", "x", "acme.", "acme.guess", "../etc", "acme.%00"])
async def test_a_made_up_cookie_opens_nothing(doors, token):
    assert await doors.viewer(token) is None


async def test_the_language_stays_with_the_device(doors):
    one, other = await doors.sign_in_as("seller"), await doors.sign_in_as("seller")
    await doors.set_language(one, "en")

    assert (await doors.viewer(one)).lang == "en"
    assert (await doors.viewer(other)).lang == "zh"
