"""`duiqi backtest PATH`."""

import csv
import io
from datetime import date
from pathlib import Path

import click

from admin.cli.options import calendar_option, json_option, language_option
from admin.cli.output import lines_of, on_terminal, write_out
from admin.cli.progress import reading
from runtime.offline.backtest_json import days_json, hindsight_json
from runtime.offline.backtesting import COLUMNS, Replay, Replayed, run_backtest
from schema_defs.errors import UsageError
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--data", multiple=True, metavar="NAME=FILE", help="A data file (CSV, Excel, JSON lines, Parquet); may be repeated."
)
@click.option("--rule", required=True, metavar="NAME", help="The rule to replay.")
@click.option("--from", "first", required=True, metavar="DATE", help="First day, included.")
@click.option("--to", "last", required=True, metavar="DATE", help="Last day, included.")
@click.option("--complete", multiple=True, metavar="DATASET=DATE", help="Up to where a dataset is complete.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of standard output."
)
@click.option(
    "--hindsight",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE, as JSON, the days that look different with all that became known later, and why.",
)
@calendar_option
@json_option
@language_option
def command(
    path: Path,
    calendar: Path | None,
    data: tuple[str, ...],
    rule: str,
    first: str,
    last: str,
    complete: tuple[str, ...],
    out: Path | None,
    hindsight: Path | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Replay a rule of the configuration in PATH over past days, with the data as it was known at each day's close.

    Prints CSV: rule, scope, key, day, verdict, state, transition, notices; with --json also the summary: episodes, messages
    per person and week, hits and false alarms. Days before the first are lived too, so that states are right.
    """
    asked = Replay(
        path=path,
        calendar=calendar,
        data=data,
        rule=rule,
        first=_day("--from", first),
        last=_day("--to", last),
        complete=complete,
        hindsight=hindsight is not None,
    )
    with reading(lang) as progress:
        replayed = run_backtest(asked, progress)
    _tell(replayed, lang)
    if replayed.looked is not None:
        write_out(hindsight_json(replayed.looked), hindsight)
    write_out(days_json(replayed, lang) if as_json else _csv(replayed), out)


def _csv(replayed: Replayed) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.row() for row in replayed.rows)
    return text.getvalue()


def _tell(replayed: Replayed, lang: Lang) -> None:
    for line in lines_of([*replayed.warnings, *(bad.said() for bad in replayed.bad)], lang):
        click.echo(line, err=True)
    if on_terminal():
        click.echo(replayed.in_short().in_(lang), err=True)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Said(
                zh=f"{option}：'{text}' 不是日期；请写成 2026-03-02",
                en=f"{option}: '{text}' is no date; write 2026-03-02",
            )
        ) from None
