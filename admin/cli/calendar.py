"""`duiqi calendar list`, `import`, `correct` and `export`: the table of days off and make-up days."""

import asyncio
import getpass
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from admin.cli.options import json_option, language_option, print_json
from admin.cli.output import write_out
from runtime.calendars.change import correct_day, import_days
from runtime.calendars.file import csv_of, kind_of, read_days
from runtime.calendars.listing import KINDS, DayKind, TableDay, days_of_tenant, known_days, known_years, years_of_tenant
from runtime.calendars.year import Year
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.text import Lang, Said

_country = click.argument("country", type=click.Choice(["CN"]))
_tenant = click.option("--tenant", required=True, help="Whose table it is.")
_by = click.option("--by", default=getpass.getuser, help="Who does it; default: the system's user.")


@click.group()
def command() -> None:
    """List, import, correct and export days off and make-up days."""


@command.command(name="list")
@_country
@click.option("--tenant", help="Whose table; without it the plans that this version knows.")
@json_option
@language_option
def list_command(country: Literal["CN"], tenant: str | None, as_json: bool, lang: Lang) -> None:
    """List the years with their working days, and whether they are by the official plan or predicted."""
    years = asyncio.run(_years(tenant)) if tenant else known_years()
    if as_json:
        print_json({"country": country, "years": years})
        return
    for year in years:
        click.echo(_line(year).in_(lang))


def _line(year: Year) -> Said:
    state = {"official": ("官方", "official"), "imported": ("导入", "imported"), "predicted": ("预测", "predicted")}[
        year.state
    ]
    corrected = (f"，更正 {year.corrections} 天", f", {year.corrections} corrected") if year.corrections else ("", "")
    return Said(
        zh=f"{year.year}\t{state[0]}\t{year.working_days} 个工作日，放假 {year.off} 天，调休上班 {year.make_up} 天{corrected[0]}",
        en=f"{year.year}\t{state[1]}\t{year.working_days} working days, {year.off} off, {year.make_up} made up{corrected[1]}",
    )


async def _years(tenant: str) -> list[Year]:

    async with opened(read_settings()):
        return await years_of_tenant(tenant)


@command.command(name="import")
@_country
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_tenant
@_by
@language_option
def import_command(country: Literal["CN"], file: Path, tenant: str, by: str, lang: Lang) -> None:
    """Take the days of FILE (CSV or Excel: day, kind, name) as the whole official plans of their years."""

    days = read_days(file)

    async def run() -> list[int]:
        async with opened(read_settings()) as context:
            await demand_tenant(tenant)
            return await import_days(context, tenant, days, source=file.name, by=by)

    years = ", ".join(map(str, asyncio.run(run())))
    click.echo(Said(zh=f"已导入 {years} 年，共 {len(days)} 天", en=f"imported {years}: {len(days)} days").in_(lang))


@command.command()
@_country
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--name", default="", help="What the day is for.")
@_tenant
@_by
@language_option
def correct(country: Literal["CN"], day: datetime, kind: DayKind, name: str, tenant: str, by: str, lang: Lang) -> None:
    """Say what one DAY is: off, make_up (worked at a weekend) or ordinary."""

    async def run() -> None:
        async with opened(read_settings()) as context:
            await demand_tenant(tenant)
            await correct_day(context, tenant, day.date(), kind_of(day.date(), kind), name, by=by)

    asyncio.run(run())
    click.echo(Said(zh=f"已更正 {day.date()}：{kind}", en=f"corrected {day.date()}: {kind}").in_(lang))


@command.command()
@_country
@click.option("--tenant", help="Whose table; without it the plans that this version knows.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of standard output."
)
def export(country: Literal["CN"], tenant: str | None, out: Path | None) -> None:
    """Write the table as CSV, as import and --calendar read it."""
    days = asyncio.run(_days(tenant)) if tenant else known_days()
    write_out(csv_of(days), out)


async def _days(tenant: str) -> list[TableDay]:

    async with opened(read_settings()):
        return await days_of_tenant(tenant)
