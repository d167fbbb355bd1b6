"""`duiqi publish FOLDER --tenant T`."""

import asyncio
import getpass
import sys
from pathlib import Path
from typing import NoReturn

import click

from admin.cli.options import FOUND_PROBLEMS, json_option, language_option, print_issues, print_json
from runtime.offline.configuration import ConfigurationError, open_configuration
from runtime.releases.publish import Outcome, publish
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.issue import Issue
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--tenant", required=True, help="Whose configuration it becomes.")
@click.option("--note", default="", help="What changes, in a sentence.")
@click.option("--by", default=getpass.getuser, help="Who publishes; default: the system's user.")
@json_option
@language_option
def command(path: Path, tenant: str, note: str, by: str, as_json: bool, lang: Lang) -> None:
    """Make the documents in PATH (a folder or a file) the live release of a tenant.

    With an error in any document, or a test document that fails, nothing is published, and the command ends with 1.
    """
    try:
        outcome = asyncio.run(_publish(path, tenant, note, by))
    except ConfigurationError as error:
        _refused(error.issues, as_json, lang)
    if as_json:
        print_json(
            {
                "number": outcome.number,
                "hash": outcome.hash,
                "changed": outcome.changed,
                "problems": [issue.row(lang) for issue in outcome.warnings],
            }
        )
        return
    print_issues(list(outcome.warnings), lang)
    click.echo(_summary(outcome).in_(lang))


async def _publish(path: Path, tenant: str, note: str, by: str) -> Outcome:
    loaded = open_configuration(path)
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        return await publish(context, tenant, loaded, by=by, note=note)


def _refused(issues: tuple[Issue, ...], as_json: bool, lang: Lang) -> NoReturn:
    if as_json:
        print_json({"number": None, "changed": False, "problems": [issue.row(lang) for issue in issues]})
    else:
        print_issues(list(issues), lang)
        click.echo(Said(zh="有错误，未发布", en="nothing was published").in_(lang), err=True)
    sys.exit(FOUND_PROBLEMS)


def _summary(outcome: Outcome) -> Said:
    if not outcome.changed:
        return Said(
            zh=f"与第 {outcome.number} 版相同，未发布", en=f"the same as release {outcome.number}: nothing to publish"
        )
    return Said(
        zh=f"第 {outcome.number} 版已生效（{outcome.hash[:12]}）",
        en=f"release {outcome.number} is live ({outcome.hash[:12]})",
    )
