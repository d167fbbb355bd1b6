"""`duiqi check PATH`."""

import asyncio
import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from admin.cli.options import (
    FOUND_PROBLEMS,
    asked_language,
    calendar_option,
    json_option,
    language_option,
    print_issues,
    print_json,
)
from runtime.offline.checking import problems_of
from schema_defs.issue import Issue
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--tenant", help="Check this tenant's drafts over its live release, their tests included.")
@calendar_option
@json_option
@language_option
def command(path: Path | None, tenant: str | None, calendar: Path | None, as_json: bool, lang: Lang) -> None:
    """Find every problem of the configuration in PATH (a folder or a file), with its place, cause and mend.

    Ends with 1 when there is an error, with 0 when there are warnings at most.
    """
    issues = _problems(path, tenant, calendar)
    if as_json:
        print_json({"problems": [issue.row(lang) for issue in issues]})
    else:
        print_issues(issues, lang)
        click.echo(_summary(issues).in_(lang))
    if any(issue.level == "error" for issue in issues):
        sys.exit(FOUND_PROBLEMS)


def _problems(path: Path | None, tenant: str | None, calendar: Path | None) -> list[Issue]:
    if tenant is not None and path is None:
        found: list[Issue] = asyncio.run(importlib.import_module("admin.cli.working").problems(tenant))
        return found
    if tenant is None and path is not None:
        return problems_of(path, calendar, datetime.now(UTC))
    raise click.UsageError(_HOW_TO.in_(asked_language()))


def _summary(issues: list[Issue]) -> Said:
    errors = sum(issue.level == "error" for issue in issues)
    warnings = len(issues) - errors
    if not issues:
        return Said(zh="没有发现问题", en="no problems found")
    return Said(
        zh=f"{errors} 个错误，{warnings} 个警告", en=f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


_HOW_TO = Said(
    zh="写成 duiqi check 文件夹，或 duiqi check --tenant 租户",
    en="write duiqi check PATH, or duiqi check --tenant TENANT",
)
