"""`duiqi compute PATH`."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, calendar_option, json_option, language_option
from admin.cli.output import lines_of, write_out
from admin.cli.progress import reading
from runtime.offline.computing import Answer, Request, run_compute
from runtime.offline.writing import csv_rows, json_answer
from schema_defs.errors import UsageError
from schema_defs.text import Lang, Said

SCOPES = ("person", "region", "company")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--data", multiple=True, metavar="NAME=FILE", help="A data file (CSV, Excel, JSON lines, Parquet); may be repeated."
)
@click.option(
    "--by", type=click.Choice(["day", "week", "month", "quarter", "year"]), default="month", show_default=True
)
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help="person, region or company (default); may be repeated."
)
@click.option("--metric", "metrics", multiple=True, metavar="NAME,…", help="Default: all whose data is given.")
@click.option("--from", "first", metavar="DATE", help="First day, included.")
@click.option("--to", "last", metavar="DATE", help="Last day, included.")
@click.option(
    "--as-of", "known", metavar="DATE", help="The records as they were known at the end of a day, or at a time."
)
@click.option("--complete", multiple=True, metavar="DATASET=DATE", help="Up to where a dataset is complete.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of standard output."
)
@click.option("--strict", is_flag=True, help="End with 1 when there are bad rows.")
@calendar_option
@json_option
@language_option
def command(
    path: Path,
    calendar: Path | None,
    data: tuple[str, ...],
    by: str,
    scopes: tuple[str, ...],
    metrics: tuple[str, ...],
    first: str | None,
    last: str | None,
    known: str | None,
    complete: tuple[str, ...],
    out: Path | None,
    strict: bool,
    as_json: bool,
    lang: Lang,
) -> None:
    """Compute metrics from data files with the configuration in PATH (a folder or a file).

    Prints CSV: metric, scope, key, period, value. Bad rows are told on standard error and left out.
    """
    request = Request(
        path=path,
        calendar=calendar,
        data=data,
        by=by,  # type: ignore[arg-type]  # click has checked the choice
        scopes=_scopes(scopes),  # type: ignore[arg-type]  # checked against SCOPES
        metrics=_listed(metrics),
        first=_day("--from", first),
        last=_day("--to", last),
        known=_moment("--as-of", known),
        complete=complete,
        now=datetime.now(UTC),
    )
    with reading(lang) as progress:
        answer = run_compute(request, progress)
    _tell(answer, lang)
    write_out(json_answer(answer, lang) if as_json else csv_rows(answer), out)
    if strict and answer.bad:
        sys.exit(FOUND_PROBLEMS)


def _tell(answer: Answer, lang: Lang) -> None:
    for line in lines_of([*answer.warnings, *(bad.said() for bad in answer.bad)], lang):
        click.echo(line, err=True)
    if answer.bad:
        count, rows = len(answer.bad), answer.rows
        said = Said(
            zh=f"{rows} 行中有 {count} 行无法使用，未计入", en=f"{count} of {rows} rows are bad and were left out"
        )
        click.echo(said.in_(lang), err=True)


def _listed(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _scopes(texts: tuple[str, ...]) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(_listed(texts))) or ("company",)
    for scope in scopes:
        if scope not in SCOPES:
            allowed = ", ".join(SCOPES)
            raise UsageError(
                Said(
                    zh=f"--scope：没有 '{scope}'；可用：{allowed}",
                    en=f"--scope: there is no '{scope}'; choose from: {allowed}",
                )
            )
    return scopes


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise _no_date(option, text) from None


def _moment(option: str, text: str | None) -> date | datetime | None:
    try:
        return datetime.fromisoformat(text) if text and len(text) > 10 else _day(option, text)
    except ValueError:
        raise _no_date(option, text) from None


def _no_date(option: str, text: str | None) -> UsageError:
    return UsageError(
        Said(
            zh=f"{option}：'{text}' 不是日期；请写成 2026-03-02", en=f"{option}: '{text}' is no date; write 2026-03-02"
        )
    )
