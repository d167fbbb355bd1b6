"""`duiqi publish FOLDER --tenant T`."""

import asyncio
import getpass
import sys
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from admin.cli.options import FOUND_PROBLEMS, fail, json_option, language_option, print_issues, print_json
from admin.cli.working import plan, release
from runtime.drafts.folder import publish_folder
from runtime.drafts.planned import Planned
from runtime.drafts.release import MissingDraftsError
from runtime.offline.configuration import ConfigurationError, open_configuration
from runtime.releases.publish import Outcome
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.issue import Issue
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--tenant", required=True, help="Whose configuration it becomes.")
@click.option("--drafts", is_flag=True, help="Release the tenant's drafts instead of a folder.")
@click.option("--only", multiple=True, metavar="KIND:NAME", help="With --drafts: only this one; may be given again.")
@click.option(
    "--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), help="In force when this day begins; default: now."
)
@click.option(
    "--without-approval", is_flag=True, help="Publish PATH though four eyes are demanded; this is written down."
)
@click.option("--note", default="", help="What changes, in a sentence.")
@click.option("--by", default=getpass.getuser, help="Who publishes; default: the system's user.")
@json_option
@language_option
def command(
    path: Path | None,
    tenant: str,
    drafts: bool,
    only: tuple[str, ...],
    from_day: datetime | None,
    without_approval: bool,
    note: str,
    by: str,
    as_json: bool,
    lang: Lang,
) -> None:
    """Make the documents in PATH (a folder or a file), or the tenant's drafts, the live release.

    With an error in any document, or a test document that fails, nothing is published, and the command ends with 1.
    """
    if (path is None) != drafts or (only and not drafts):
        raise click.UsageError(_HOW_TO.in_(lang))
    day = from_day.date() if from_day else None
    try:
        outcome = asyncio.run(_publish(path, tenant, only, day, without_approval, note, by))
    except ConfigurationError as error:
        _refused(error.issues, as_json, lang)
    except MissingDraftsError as error:
        _missing(error, as_json, lang)
    if isinstance(outcome, Planned):
        _tell_planned(outcome, as_json, lang)
    else:
        _tell(outcome, as_json, lang)


async def _publish(
    path: Path | None, tenant: str, only: tuple[str, ...], day: date | None, unapproved: bool, note: str, by: str
) -> Outcome | Planned:
    if path is None:
        return await release(tenant, only, by=by, note=note, from_day=day)
    if day is not None:
        return await plan(tenant, path, by=by, note=note, from_day=day)
    loaded = open_configuration(path)
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        return await publish_folder(context, tenant, loaded, by=by, note=note, without_approval=unapproved)


def _tell(outcome: Outcome, as_json: bool, lang: Lang) -> None:
    if as_json:
        problems = [issue.row(lang) for issue in outcome.warnings]
        print_json({"number": outcome.number, "hash": outcome.hash, "changed": outcome.changed, "problems": problems})
        return
    print_issues(list(outcome.warnings), lang)
    click.echo(_summary(outcome).in_(lang))


def _tell_planned(planned: Planned, as_json: bool, lang: Lang) -> None:
    documents = [":".join(ref) for ref in planned.changes]
    if as_json:
        print_json({"planned": planned.id, "from": planned.from_day.isoformat(), "documents": documents})
        return
    listed = ", ".join(documents)
    said = Said(zh=f"{planned.from_day} 起生效：{listed}", en=f"in force from {planned.from_day}: {listed}")
    click.echo(said.in_(lang))


def _missing(error: MissingDraftsError, as_json: bool, lang: Lang) -> NoReturn:
    if not as_json:
        fail(error, lang)
    missing = [":".join(ref) for ref in error.missing]
    print_json(
        {"number": None, "changed": False, "missing": missing, "problems": [each.row(lang) for each in error.issues]}
    )
    sys.exit(FOUND_PROBLEMS)


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


_HOW_TO = Said(
    zh="写成 duiqi publish 文件夹 --tenant 租户，或 duiqi publish --drafts [--only KIND:NAME] --tenant 租户",
    en="write duiqi publish PATH --tenant TENANT, or duiqi publish --drafts [--only KIND:NAME] --tenant TENANT",
)
