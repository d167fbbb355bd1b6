"""`duiqi migrate`."""

import asyncio

import click

from admin.cli.options import json_option, language_option, print_json
from runtime.settings import read_settings
from runtime.start import migrate_database
from schema_defs.text import Lang, Said


@click.command()
@json_option
@language_option
def command(as_json: bool, lang: Lang) -> None:
    """Bring the database that DUIQI_DATABASE_URL names to this version. Running it again, or twice at once, does no harm."""
    applied = asyncio.run(migrate_database(read_settings()))
    if as_json:
        print_json({"applied": applied})
    else:
        click.echo(_summary(applied).in_(lang))


def _summary(applied: list[str]) -> Said:
    if not applied:
        return Said(zh="数据库已是最新", en="the database is up to date")
    return Said(zh=f"已升级：{', '.join(applied)}", en=f"applied: {', '.join(applied)}")
