"""`duiqi diff A B`."""

import sys
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, json_option, language_option, print_issues, print_json
from runtime.offline.comparing import Compared, compare_paths
from schema_defs.text import Lang, Said


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--raw/--no-raw", default=True, help="Show the changed lines below the words.")
@json_option
@language_option
def command(before: Path, after: Path, raw: bool, as_json: bool, lang: Lang) -> None:
    """Compare the configurations BEFORE and AFTER (folders or files): in business words, and line by line.

    Ends with 1 when something could not be read on either side, because the comparison may lack it then.
    """
    compared, unreadable = compare_paths(before, after)
    print_issues(list(unreadable), lang)
    if as_json:
        print_json({"changes": [each.row(lang) for each in compared]})
    else:
        _tell(compared, lang, raw)
    if unreadable:
        sys.exit(FOUND_PROBLEMS)


def _tell(compared: list[Compared], lang: Lang, raw: bool) -> None:
    if not compared:
        click.echo(_NOTHING.in_(lang))
    for each in compared:
        _print(each, lang, raw)


def _print(compared: Compared, lang: Lang, raw: bool) -> None:
    change = compared.change
    click.secho(f"{_HOW[change.how].in_(lang)} {change.title.in_(lang)}", bold=True)
    for detail in change.details:
        what, was, is_ = (said.in_(lang) for said in (detail.what, detail.before, detail.after))
        click.echo(f"  {what}: {was} -> {is_}")
    if change.how == "changed" and not change.details:
        click.echo(f"  {_TEXT_ONLY.in_(lang)}")
    for line in compared.raw if raw else ():
        click.secho(f"    {line}", fg=_colour(line))


def _colour(line: str) -> str | None:
    return {"+": "green", "-": "red"}.get(line[:1])


_HOW = {
    "added": Said(zh="新增", en="added:"),
    "removed": Said(zh="删除", en="removed:"),
    "changed": Said(zh="修改", en="changed:"),
}
_NOTHING = Said(zh="没有差别", en="nothing differs")
_TEXT_ONLY = Said(zh="只有写法或注释不同", en="only comments or spelling differ")
