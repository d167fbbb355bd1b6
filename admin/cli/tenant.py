"""`duiqi tenant create` and `duiqi tenant list`."""

import asyncio

import click

from admin.cli.options import json_option, language_option, print_json
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import Tenant, create_tenant, list_tenants
from schema_defs.text import Lang, Said


@click.group()
def command() -> None:
    """Create and list tenants: the organisations that share this installation."""


@command.command()
@click.argument("key")
@click.option("--label", help="What the organisation is called; default: the key.")
@json_option
@language_option
def create(key: str, label: str | None, as_json: bool, lang: Lang) -> None:
    """Create the tenant KEY (lower-case letters, digits, - and _)."""

    async def run() -> Tenant:
        async with opened(read_settings()) as context:
            return await create_tenant(key, label or key, now=context.clock.now())

    tenant = asyncio.run(run())
    if as_json:
        print_json(tenant)
    else:
        click.echo(Said(zh=f"已创建租户“{tenant.key}”", en=f"created tenant '{tenant.key}'").in_(lang))


@command.command(name="list")
@json_option
def list_command(as_json: bool) -> None:
    """List all tenants: key, state, label."""

    async def run() -> list[Tenant]:
        async with opened(read_settings()):
            return await list_tenants()

    tenants = asyncio.run(run())
    if as_json:
        print_json({"tenants": tenants})
        return
    for tenant in tenants:
        click.echo(f"{tenant.key}\t{tenant.state}\t{tenant.label}")
