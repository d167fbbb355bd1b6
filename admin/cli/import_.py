"""`duiqi import FILE --tenant T --dataset D`."""

import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import msgspec

from admin.cli.options import FOUND_PROBLEMS, json_option, language_option, print_json
from admin.cli.output import on_terminal
from runtime.context import Context
from runtime.records.import_file import Import, Imported, Watch, compute_now, import_file
from runtime.releases.prepared import demand_prepared
from runtime.settings import read_settings
from runtime.start import is_served, opened
from runtime.tenants.store import demand_tenant
from schema_defs.errors import UsageError
from schema_defs.text import Lang, Said


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--tenant", required=True, help="Whose data.")
@click.option("--dataset", required=True, help="Into which dataset the rows go.")
@click.option("--source", help="Whose mapping turns columns into fields; default: the dataset's first source, if any.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
@click.option("--strict", is_flag=True, help="With a bad row store nothing, and end with 1.")
@click.option("--complete", metavar="MOMENT", help="Up to when the source is complete with this file.")
@json_option
@language_option
def command(
    path: Path,
    tenant: str,
    dataset: str,
    source: str | None,
    dry_run: bool,
    strict: bool,
    complete: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Import FILE (CSV, Excel, JSON lines or Parquet) into a dataset.

    Good rows are stored, bad ones kept in quarantine with their reasons. A file that cannot be read to its end is refused
    as a whole. The same file again changes nothing, and completes what an interruption left.
    """
    asked = Import(path=path, dataset=dataset, source=source, dry_run=dry_run, strict=strict, by=getpass.getuser())
    try:
        with _progress(lang) as watch:
            done = asyncio.run(_import(tenant, asked, complete, watch))
    except KeyboardInterrupt:
        click.echo(_INTERRUPTED.in_(lang), err=True)
        sys.exit(FOUND_PROBLEMS)
    if as_json:
        print_json(done.row(lang))
    else:
        _tell(done, lang, refused=strict and bool(done.quarantined))
    if strict and done.quarantined:
        sys.exit(FOUND_PROBLEMS)


async def _import(tenant: str, asked: Import, complete: str | None, watch: Watch) -> Imported:
    settings = read_settings()
    async with opened(settings) as context:
        await demand_tenant(tenant)
        asked = msgspec.structs.replace(asked, complete=await _moment(context, tenant, complete))
        done = await import_file(context, tenant, asked, watch)
        if done.changed and done.run and settings.sqlite and not is_served(settings):
            await compute_now(context, tenant)
            done = msgspec.structs.replace(done, computed=True)
        return done


async def _moment(context: Context, tenant: str, text: str | None) -> datetime | None:
    """The moment on the tenant's clock; a date is the end of that day."""
    if text is None:
        return None
    calendar = (await demand_prepared(tenant)).calendar
    try:
        whole_day = len(text) <= len("2026-03-02")
        return calendar.local(datetime.fromisoformat(f"{text}T23:59:59" if whole_day else text))
    except ValueError:
        raise UsageError(
            Said(
                zh=f"--complete：'{text}' 不是日期或时刻；请写成 2026-03-02 或 2026-03-02T18:00",
                en=f"--complete: '{text}' is no date or moment; write 2026-03-02 or 2026-03-02T18:00",
            )
        ) from None


def _tell(done: Imported, lang: Lang, *, refused: bool) -> None:
    for warning in done.warnings:
        click.echo(warning.in_(lang), err=True)
    for line in _bad_lines(done, lang):
        click.echo(line, err=True)
    click.echo(_summary(done, refused=refused).in_(lang))


def _bad_lines(done: Imported, lang: Lang) -> Iterator[str]:
    """The first bad rows as `orders.csv:7: amount: …`, and how many more there are."""
    joint = {"zh": "；", "en": "; "}[lang]
    for bad in done.bad:
        yield f"{done.file}:{bad.line}: {joint.join(reason.in_(lang) for reason in bad.reasons)}"
    more = done.quarantined - len(done.bad)
    if more > 0:
        yield Said(zh=f"…… 另有 {more:,} 行", en=f"… and {more:,} more rows").in_(lang)


def _summary(done: Imported, *, refused: bool) -> Said:
    if not done.read:
        return Said(zh=f"{done.file} 没有数据行，未导入", en=f"{done.file} has no rows; nothing was imported")
    if refused:
        return Said(
            zh=f"{done.read:,} 行中有 {done.quarantined:,} 行有问题，什么都没有导入（--strict）",
            en=f"{done.quarantined:,} of {done.read:,} rows are bad; nothing was imported (--strict)",
        )
    zh, en = f"读取 {done.read:,} 行，{done.kept:,} 行可用", f"{done.read:,} rows read, {done.kept:,} kept"
    if done.dry_run:
        zh, en = (
            f"试运行，未导入：{zh}，将改变 {done.changed:,} 条记录",
            f"dry run, nothing stored: {en}, {done.changed:,} would change",
        )
    else:
        zh, en = f"{zh}，改变了 {done.changed:,} 条记录", f"{en}, {done.changed:,} changed"
    if done.quarantined:
        zh += f"；{done.quarantined:,} 行有问题" + ("" if done.dry_run else "，已放入隔离区，请修正后再导入同名文件")
        en += f"; {done.quarantined:,} bad" + (
            "" if done.dry_run else " and put into quarantine: mend them and import the file again under the same name"
        )
    if done.changed and done.run and not done.computed:
        zh, en = f"{zh}。数字由运行中的 Duiqi 重新计算", f"{en}. The running Duiqi computes the numbers"
    return Said(zh=zh, en=en)


@contextmanager
def _progress(lang: Lang) -> Iterator[Watch]:
    """Two bars on a terminal: looking through the file, whose rows are counted, then storing them. Nothing without a terminal."""
    if not on_terminal():
        yield Watch()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        looking = progress.add_task(Said(zh="检查", en="checking").in_(lang), total=None)
        storing = progress.add_task(Said(zh="导入", en="importing").in_(lang), total=None, visible=False)
        looked = 0

        def look(rows: int) -> None:
            nonlocal looked
            looked = rows
            progress.update(looking, completed=rows)

        def store(rows: int) -> None:
            progress.update(looking, completed=looked, total=looked)
            progress.update(storing, completed=rows, total=looked, visible=True)

        yield Watch(looking=look, storing=store)


_INTERRUPTED = Said(
    zh="导入被中断；已存入的行是完整的，再次导入同一文件即可补全",
    en="interrupted; what was stored is whole, and importing the file again completes it",
)
