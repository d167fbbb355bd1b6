"""`duiqi eval`."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, language_option
from admin.cli.output import write_out
from runtime.offline.evaluation import ENGINES, Answer, Engine, evaluate_lines, evaluate_text, written
from runtime.offline.side_by_side import Line, side_by_side, table, total
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
@click.option(
    "--each",
    is_flag=True,
    help="Print what each evaluator said beside the others, as a table, or JSON lines with --json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as is always done without --each.")
@language_option
def command(
    expression: str | None,
    variables: str | None,
    today: date | None,
    engines: tuple[Engine, ...],
    cases: Path | None,
    each: bool,
    as_json: bool,
    lang: Lang,
) -> None:
    """Evaluate an expression, and print {"value": …, "type": …} or {"error": …, "kind": …}.

    All three evaluators are asked, and if they differ that is an error of kind disagree. A date in JSON is {"date": "2026-01-02"}.
    --each ends with 1 when evaluators differ.
    """
    if (expression is None) == (cases is None):
        raise click.UsageError("give an EXPRESSION, or --file with many")
    if cases is not None:
        if variables is not None:
            raise click.UsageError("with --file, every line has its own vars")
        with click.open_file(str(cases), "rb") as lines:
            answered = (line.rstrip(b"\r\n") for line in lines)
            if each:
                _print_each(side_by_side(answered, today, engines, lang), engines, as_json, lang)
            else:
                _print_answers(evaluate_lines(answered, today, engines, lang))
        return
    if each:
        line = _line_of(expression or "", variables)
        _print_each(side_by_side([line], today, engines, lang), engines, as_json, lang)
        return
    answer = evaluate_text(expression or "", "{}" if variables is None else variables, today, engines, lang)
    write_out(written(answer) + "\n", None)
    if "error" in answer:
        sys.exit(FOUND_PROBLEMS)


def _print_answers(answers: Iterable[Answer]) -> None:
    for answer in answers:
        sys.stdout.buffer.write(written(answer).encode() + b"\n")
    sys.stdout.flush()


def _line_of(expression: str, variables: str | None) -> bytes:
    """The line of a file that asks the same; variables that are no JSON make it one that is refused."""
    return f'{{"expression": {json.dumps(expression)}, "vars": {variables or "{}"}}}'.encode()


def _print_each(lines: Iterable[Line], engines: Sequence[Engine], as_json: bool, lang: Lang) -> None:
    found = list(lines)
    told = (written(line.row()) for line in found) if as_json else table(found, engines, lang)
    write_out("".join(f"{each}\n" for each in told), None)
    if not as_json:
        click.echo(total(found, lang), err=True)
    if not all(line.same for line in found):
        sys.exit(FOUND_PROBLEMS)
