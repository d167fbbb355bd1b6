"""`duiqi test PATH`."""

import sys
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, calendar_option, json_option, language_option, print_issues, print_json
from runtime.offline.testing import Tested, run_tests
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@calendar_option
@json_option
@language_option
def command(path: Path, calendar: Path | None, as_json: bool, lang: Lang) -> None:
    """Run the test documents in PATH (a folder or a file).

    Ends with 1 when a test fails; every failure says what was expected, what came, and why.
    """
    tested = run_tests(path, calendar)
    print_issues(list(tested.elsewhere), lang)
    if as_json:
        print_json({"tests": _rows(tested, lang)})
    else:
        _tell(tested, lang)
    if tested.failed:
        sys.exit(FOUND_PROBLEMS)


def _rows(tested: Tested, lang: Lang) -> list[dict[str, object]]:
    return [
        {"name": result.name, "passed": result.passed, "failures": [said.in_(lang) for said in result.failures]}
        for result in tested.results
    ]


def _tell(tested: Tested, lang: Lang) -> None:
    for result in tested.results:
        click.echo(f"{'✓' if result.passed else '✗'} {result.name}")
        for said in result.failures:
            click.echo(f"    {said.in_(lang)}")
    click.echo(_summary(len(tested.results), tested.failed).in_(lang))


def _summary(number: int, failed: int) -> Said:
    if not number:
        return Said(zh="没有测试文档", en="there are no test documents")
    return Said(zh=f"{number} 个测试，{failed} 个未通过", en=f"{number} tests, {failed} failed")
