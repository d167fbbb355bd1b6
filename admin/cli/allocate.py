"""`duiqi allocate PATH`."""

from pathlib import Path

import click

from admin.cli.options import calendar_option, json_option, language_option
from admin.cli.output import lines_of, write_out
from admin.cli.progress import reading
from runtime.offline.allocation import Allocated, run_allocate
from schema_defs.text import Lang


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--plan", required=True, metavar="NAME", help="The plan to split.")
@click.option(
    "--data", multiple=True, metavar="NAME=FILE", help="A data file (CSV, Excel, JSON lines, Parquet); may be repeated."
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of standard output."
)
@calendar_option
@json_option
@language_option
def command(
    path: Path, plan: str, data: tuple[str, ...], out: Path | None, calendar: Path | None, as_json: bool, lang: Lang
) -> None:
    """Split a plan of the configuration in PATH (a folder or a file) into targets.

    Prints CSV: scope, key, month, value, for the company, every region and every person who shares. The sums are exact at every node.
    """
    with reading(lang) as progress:
        allocated = run_allocate(path, plan, data, progress, calendar)
    _tell(allocated, lang)
    write_out(allocated.json(lang) if as_json else allocated.csv(), out)


def _tell(allocated: Allocated, lang: Lang) -> None:
    for line in lines_of([*allocated.warnings, *(bad.said() for bad in allocated.bad)], lang):
        click.echo(line, err=True)
