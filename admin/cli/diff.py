"""`duiqi diff A B`."""

import asyncio
import importlib
import sys
from pathlib import Path

import click

from admin.cli.options import FOUND_PROBLEMS, asked_language, json_option, language_option, print_issues, print_json
from runtime.offline.comparing import Compared, compare_paths
from schema_defs.issue import Issue
from schema_defs.text import Lang, Said


@click.command()
@click.argument("before", type=click.Path(path_type=Path), required=False)
@click.argument("after", type=click.Path(path_type=Path), required=False)
@click.option("--tenant", help="Compare with this tenant's live release: its drafts, or the one PATH that is given.")
@click.option("--raw/--no-raw", default=True, help="Show the changed lines below the words.")
@json_option
@language_option
def command(before: Path | None, after: Path | None, tenant: str | None, raw: bool, as_json: bool, lang: Lang) -> None:
    """Compare the configurations BEFORE and AFTER (folders or files): in business words, and line by line.

    With --tenant, compare the live release with the drafts, or with one folder or file.
    Ends with 1 when something could not be read on either side, because the comparison may lack it then.
    """
    compared, unreadable = _compare(before, after, tenant)
    print_issues(list(unreadable), lang)
    if as_json:
        print_json({"changes": [each.row(lang) for each in compared]})
    else:
        tell(compared, lang, raw)
    if unreadable:
        sys.exit(FOUND_PROBLEMS)


def _compare(before: Path | None, after: Path | None, tenant: str | None) -> tuple[list[Compared], tuple[Issue, ...]]:
    if tenant is not None and after is None:
        working = importlib.import_module("admin.cli.working")
        found: tuple[list[Compared], tuple[Issue, ...]] = asyncio.run(working.differences(tenant, before))
        return found
    if tenant is None and before is not None and after is not None:
        return compare_paths(before, after)
    raise click.UsageError(_HOW_TO.in_(asked_language()))


def tell(compared: list[Compared], lang: Lang, raw: bool) -> None:
    """Prints every difference."""
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
_HOW_TO = Said(
    zh="写成 duiqi diff 旧 新，或 duiqi diff [文件夹] --tenant 租户",
    en="write duiqi diff BEFORE AFTER, or duiqi diff [PATH] --tenant TENANT",
)
