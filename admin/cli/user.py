"""`duiqi user create`, `duiqi user password` and `duiqi user list`."""

import asyncio
import sys

import click
import msgspec

from admin.cli.options import json_option, language_option, print_json
from runtime.people.accounts import Account, create_account, list_accounts, set_password
from runtime.people.sessions import sign_out_everywhere
from runtime.releases.live import live
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.errors import UsageError
from schema_defs.organisation import BUILT_IN_ROLES
from schema_defs.text import Lang, Said

_tenant = click.option("--tenant", required=True, help="Whose account it is.")
_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def command() -> None:
    """Create accounts and set passwords."""


@command.command()
@click.argument("login")
@_tenant
@click.option(
    "--role", "roles", multiple=True, required=True, help="seller, manager, director, author, it, or the tenant's own."
)
@click.option("--person", help="The key of the person behind the account.")
@_from_stdin
@json_option
@language_option
def create(
    login: str, tenant: str, roles: tuple[str, ...], person: str | None, password_stdin: bool, as_json: bool, lang: Lang
) -> None:
    """Create the account LOGIN; the password is asked for."""

    async def run() -> Account:
        async with opened(read_settings()):
            await demand_tenant(tenant)
            known = await _known_roles(tenant)
            password = _password(password_stdin)
            return await create_account(
                tenant, login, roles=roles, password=password, person=person, language=lang, known_roles=known
            )

    account = asyncio.run(run())
    if as_json:
        print_json(_shown(account))
    else:
        click.echo(Said(zh=f"已创建账号“{account.login}”", en=f"created account '{account.login}'").in_(lang))


@command.command()
@click.argument("login")
@_tenant
@_from_stdin
@language_option
def password(login: str, tenant: str, password_stdin: bool, lang: Lang) -> None:
    """Set another password for LOGIN, lift its lock, and sign its devices out."""

    async def run() -> None:
        async with opened(read_settings()):
            await demand_tenant(tenant)
            await set_password(tenant, login, _password(password_stdin))
            for account in await list_accounts(tenant):
                if account.login == login.strip().casefold():
                    await sign_out_everywhere(tenant, account.id)

    asyncio.run(run())
    click.echo(Said(zh="密码已更改", en="the password was changed").in_(lang))


@command.command(name="list")
@_tenant
@json_option
def list_command(tenant: str, as_json: bool) -> None:
    """List a tenant's accounts: login, roles, person."""

    async def run() -> list[Account]:
        async with opened(read_settings()):
            await demand_tenant(tenant)
            return await list_accounts(tenant)

    accounts = asyncio.run(run())
    if as_json:
        print_json({"accounts": [_shown(account) for account in accounts]})
        return
    for account in accounts:
        click.echo(f"{account.login}\t{','.join(account.roles)}\t{account.person or ''}")


def _shown(account: Account) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(account)
    return shown


async def _known_roles(tenant: str) -> tuple[str, ...]:
    current = await live(tenant)
    organisation = current.release.organisation if current else None
    return organisation.role_names if organisation else BUILT_IN_ROLES


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError(_NO_TERMINAL)
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


_NO_TERMINAL = Said(
    zh="没有终端可以询问密码；请用 --password-stdin 从标准输入传入",
    en="there is no terminal to ask for the password; pass it on standard input with --password-stdin",
)
