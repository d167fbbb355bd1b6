"""`duiqi eval`."""

import sys
from datetime import date
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, language_option
from admin.cli.output import write_out
from runtime.offline.evaluation import ENGINES, Engine, evaluate_lines, evaluate_text, written
from runtime.offline.variables import InputError, day_of
from schema_defs.text import Lang


def _engines(ctx: click.Context, param: click.Parameter, value: str) -> tuple[Engine, ...]:
    """The evaluators that are named, separated by commas."""
    asked = [each.strip() for each in value.split(",")]
    unknown = [each for each in asked if each not in ENGINES]
    if unknown:
        raise click.BadParameter(f"there is no evaluator '{', '.join(unknown)}'; there are {', '.join(ENGINES)}")
    return tuple(engine for engine in ENGINES if engine in asked)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The day written as 2026-01-02."""
    if value is None:
        return None
    try:
        return day_of(value)
    except InputError:
        raise click.BadParameter(f"a day is written 2026-01-02, not '{value}'") from None


@click.command(
    name="eval",
    # An expression may begin with a minus, so what is no option of ours is taken as the expression.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("expression", required=False)
@click.option("--vars", "variables", default=None, metavar="JSON", help='Values of the names, as {"amount": 100}.')
@click.option("--today", callback=_day, metavar="YYYY-MM-DD", help="The day that today and today() mean.")
@click.option(
    "--engine",
    "engines",
    callback=_engines,
    default=",".join(ENGINES),
    show_default=True,
    metavar="NAMES",
    help="The evaluators, separated by commas.",
)
@click.option(
    "--file",
    "cases",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help='JSON lines {"id", "expression", "vars", "today"}; each is answered by a line.',
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as is always done.")
@language_option
def command(
    expression: str | None,
    variables: str | None,
    today: date | None,
    engines: tuple[Engine, ...],
    cases: Path | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Evaluate an expression, and print {"value": …, "type": …} or {"error": …, "kind": …}.

    All three evaluators are asked, and if they differ that is an error of kind disagree. A date in JSON is {"date": "2026-01-02"}.
    """
    if (expression is None) == (cases is None):
        raise click.UsageError("give an EXPRESSION, or --file with many")
    if cases is not None:
        if variables is not None:
            raise click.UsageError("with --file, every line has its own vars")
        _answer_file(cases, today, engines, lang)
        return
    answer = evaluate_text(expression or "", "{}" if variables is None else variables, today, engines, lang)
    write_out(written(answer) + "\n", None)
    if "error" in answer:
        sys.exit(FOUND_PROBLEMS)


def _answer_file(cases: Path, today: date | None, engines: tuple[Engine, ...], lang: Lang) -> None:
    with click.open_file(str(cases), "rb") as lines:
        for answer in evaluate_lines((line.rstrip(b"\r\n") for line in lines), today, engines, lang):
            sys.stdout.buffer.write(written(answer).encode() + b"\n")
    sys.stdout.flush()
