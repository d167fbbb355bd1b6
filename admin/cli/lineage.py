"""`duiqi lineage PATH KIND:NAME`."""

from pathlib import Path

import click

from admin.cli.options import json_option, language_option, print_json
from runtime.offline.lineage import trace
from schema_defs.text import Lang


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("of", metavar="KIND:NAME")
@click.option("--down", is_flag=True, help="Only what it reads, as far as the raw columns and sources.")
@click.option("--up", is_flag=True, help="Only what uses it, directly or through others.")
@json_option
@language_option
def command(path: Path, of: str, down: bool, up: bool, as_json: bool, lang: Lang) -> None:
    """Show what KIND:NAME of the configuration in PATH is computed from, and everything that uses it.

    As metric:amount, rule:behind_pace, field:order_lines.amount or column:erp_files.net_amount.
    """
    traced = trace(path, of, ["down"] if down and not up else ["up"] if up and not down else ["down", "up"])
    if as_json:
        print_json(traced.row(lang))
    else:
        click.echo("\n".join(traced.told(lang)))
