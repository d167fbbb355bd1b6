"""`duiqi rollback NUMBER --tenant T`."""

import asyncio
import getpass

import click

from admin.cli.diff import tell
from admin.cli.options import json_option, language_option, print_json
from runtime.context import Context
from runtime.drafts.effects import effects_of
from runtime.drafts.releases_page import changes_between
from runtime.offline.comparing import Compared
from runtime.releases.live import demand_live, demand_release
from runtime.releases.publish import rollback
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from schema_defs.text import Lang, Said


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--tenant", required=True, help="Whose release it is.")
@click.option("--by", default=getpass.getuser, help="Who rolls back; default: the system's user.")
@click.option("--dry-run", is_flag=True, help="Only show what would change, and what would become of running alerts.")
@json_option
@language_option
def command(number: int, tenant: str, by: str, dry_run: bool, as_json: bool, lang: Lang) -> None:
    """Put an earlier release in force again: its documents become the next release, so that history stays whole."""
    asyncio.run(_run(number, tenant, by, dry_run, as_json, lang))


async def _run(number: int, tenant: str, by: str, dry_run: bool, as_json: bool, lang: Lang) -> None:
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        live, earlier = await demand_live(tenant), await demand_release(tenant, number)
        changes = await changes_between(tenant, live.number, number)
        effects = await effects_of(tenant, live.release, earlier.release, context.clock.now())
        became = None if dry_run else await _roll_back(context, tenant, number, by)
    if as_json:
        rows = [each.row(lang) for each in changes]
        print_json(
            {"number": became, "back_to": number, "changes": rows, "alerts": [each.row(lang) for each in effects]}
        )
        return
    tell(list(changes), lang, raw=False)
    for effect in effects:
        click.echo("\n".join(effect.told(lang)))
    click.echo(_summary(number, became, changes).in_(lang))


async def _roll_back(context: Context, tenant: str, number: int, by: str) -> int:
    return (await rollback(context, tenant, number, by=by)).number


def _summary(number: int, became: int | None, changes: tuple[Compared, ...]) -> Said:
    if became is None:
        return Said(zh="仅预览，未回滚", en="shown only: nothing was rolled back")
    if not changes:
        return Said(zh=f"内容与第 {number} 版相同，未回滚", en=f"the same as release {number}: nothing to roll back")
    return Said(
        zh=f"第 {number} 版的内容作为第 {became} 版生效", en=f"release {number} is in force again, as release {became}"
    )
