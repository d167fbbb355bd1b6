"""What all commands share: the reader's language, JSON output, and how errors are told."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import msgspec

from schema_defs.errors import DuiqiError
from schema_defs.issue import Issue
from schema_defs.text import Lang, Said

F = TypeVar("F", bound=Callable[..., Any])

FOUND_PROBLEMS = 1
WRONG_USE = 2


def default_language() -> Lang:
    """`DUIQI_LANG` if it is set, else Chinese on a Chinese system, else English."""
    asked = os.environ.get("DUIQI_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if asked.lower().startswith("zh") else "en"


def language_option(command: F) -> F:
    """Adds `--lang zh|en`, passed on as `lang`; errors are told in it too."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=default_language,
        callback=_remember,
        help="Language of what is printed.",
    )(command)


def asked_language() -> Lang:
    """The language of the command that runs or ran last."""
    return _asked[-1] if _asked else default_language()


_asked: list[Lang] = []


def _remember(context: click.Context, option: click.Parameter, lang: Lang) -> Lang:
    _asked[:] = [lang]
    return lang


def calendar_option(command: F) -> F:
    """Adds `--calendar FILE`, passed on as `calendar`."""
    return click.option(
        "--calendar",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Days off and make-up days (CSV or Excel: day, kind, name), as `duiqi calendar export` writes them.",
    )(command)


def json_option(command: F) -> F:
    """Adds `--json`, passed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def print_json(value: object) -> None:
    """One line of JSON on standard output."""
    click.echo(msgspec.json.encode(value).decode())


def print_issues(issues: list[Issue], lang: Lang) -> None:
    """Every issue as `file:line:column: level: message`, with its suggestion on the next line."""
    for issue in issues:
        level = _LEVELS[issue.level].in_(lang)
        click.echo(
            f"{issue.file}:{issue.line}:{issue.column}: {level}: {issue.message.in_(lang)} [{issue.code}]", err=True
        )
        if issue.suggestion:
            click.echo(f"    {issue.suggestion.in_(lang)}", err=True)


def fail(error: DuiqiError, lang: Lang, *, code: int = FOUND_PROBLEMS) -> NoReturn:
    """Tells the error on standard error and ends with `code`."""
    click.echo(error.said.in_(lang), err=True)
    sys.exit(code)


_LEVELS = {"error": Said(zh="错误", en="error"), "warning": Said(zh="警告", en="warning")}
