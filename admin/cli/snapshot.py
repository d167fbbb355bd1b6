"""`duiqi snapshot --tenant T`."""

import asyncio
import getpass
from datetime import date
from pathlib import Path

import click
import msgspec

from admin.cli.options import json_option, language_option, print_json
from admin.cli.output import write_bytes
from runtime.context import Context
from runtime.ids import new_id
from runtime.meetings.freeze import freeze
from runtime.meetings.frozen import frozen_of
from runtime.meetings.pdf import pdf_of
from runtime.meetings.rows import SnapshotRow
from runtime.releases.prepared import Prepared, demand_prepared
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import demand_tenant
from runtime.wording import day as day_words
from runtime.wording import moment as moment_words
from schema_defs.errors import UsageError
from schema_defs.text import Lang, Said, pick


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot as the command tells of it."""

    id: str
    code: str
    board: str
    day: date
    release: int
    complete_up_to: str | None
    frozen_at: str
    content_hash: str
    file: str | None


@click.command()
@click.option("--tenant", required=True, help="Whose board.")
@click.option("--board", metavar="NAME", help="Default: the tenant's first board.")
@click.option("--day", metavar="DATE", help="The numbers as they stand at the end of a past day; default: now.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the PDF to a file too.")
@json_option
@language_option
def command(tenant: str, board: str | None, day: str | None, out: Path | None, as_json: bool, lang: Lang) -> None:
    """Freeze a board into a snapshot now: at the live release, with the data that are there. It never changes afterwards."""
    asked = _day(day)
    if out is not None and not out.absolute().parent.is_dir():
        folder = out.absolute().parent
        raise UsageError(Said(zh=f"--out：没有文件夹 {folder}", en=f"--out: there is no folder {folder}"))
    made, said = asyncio.run(_freeze(tenant, board, asked, out, lang))
    if as_json:
        print_json(made)
    else:
        click.echo(said.in_(lang))


async def _freeze(tenant: str, board: str | None, day: date | None, out: Path | None, lang: Lang) -> tuple[Made, Said]:
    async with opened(read_settings()) as context:
        await demand_tenant(tenant)
        configured = await demand_prepared(tenant)
        _refuse_future(context, configured, day)
        reason = f"asked:{getpass.getuser()}:{new_id()}"
        row = await freeze(context, tenant, board or _first(configured), reason=reason, day=day)
    if out is not None:
        write_bytes(pdf_of(frozen_of(row), lang), out)
    return _made(configured, row, out), _said(configured, row, out)


def _first(configured: Prepared) -> str:
    for name in configured.release.boards:
        return name
    raise UsageError(Said(zh="当前版本没有看板", en="the live release has no board"))


def _made(configured: Prepared, row: SnapshotRow, out: Path | None) -> Made:
    zone = configured.calendar.tz
    return Made(
        id=row.id,
        code=row.code,
        board=row.board,
        day=row.as_of,
        release=row.release,
        complete_up_to=row.watermark.astimezone(zone).isoformat() if row.watermark else None,
        frozen_at=row.created_at.astimezone(zone).isoformat(),
        content_hash=row.content_hash,
        file=str(out) if out else None,
    )


def _said(configured: Prepared, row: SnapshotRow, out: Path | None) -> Said:
    zone, title = configured.calendar.tz, row.title[0]
    complete = row.watermark.astimezone(zone) if row.watermark else None
    clock = Said(
        zh=f"，数据截至 {moment_words(complete, 'zh')}" if complete else "，数据尚不完整",
        en=f", data complete up to {moment_words(complete, 'en')}" if complete else ", data not complete yet",
    )
    if not configured.release.sources:
        clock = Said(zh="", en="")
    file = Said(zh=f"；PDF：{out}" if out else "", en=f"; PDF: {out}" if out else "")
    return Said(
        zh=f"已冻结“{pick(title, 'zh')}”，截至 {day_words(row.as_of, 'zh')}，第 {row.release} 版{clock.zh}；校验码 {row.code}{file.zh}",
        en=f"frozen: {pick(title, 'en')} to {day_words(row.as_of, 'en')}, release {row.release}{clock.en}; code {row.code}{file.en}",
    )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Said(zh=f"--day：'{text}' 不是日期；请写成 2026-03-02", en=f"--day: '{text}' is no date; write 2026-03-02")
        ) from None


def _refuse_future(context: Context, configured: Prepared, day: date | None) -> None:
    today = configured.calendar.today(context.clock.now())
    if day is not None and day > today:
        raise UsageError(
            Said(zh=f"--day：{day} 还没有到；今天是 {today}", en=f"--day: {day} has not come yet; today is {today}")
        )
