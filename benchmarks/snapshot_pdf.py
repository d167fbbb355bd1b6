"""P9: the snapshot PDF of the reference organisation (14 regions, 68 people, charts) against the bare typst compile of the same page.

python -m benchmarks.snapshot_pdf
"""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import typst

from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.demo.stage import CONFIG, REFERENCE, START, load_configuration, set_stage, write_recent
from runtime.logging import configure_logging
from runtime.meetings.freeze import freeze
from runtime.meetings.frozen import Frozen, frozen_of
from runtime.meetings.page import page_of
from runtime.meetings.pdf import TEMPLATE, pdf_of
from runtime.queue.drain import drain
from runtime.releases.publish import publish
from runtime.settings import Settings
from runtime.start import opened
from runtime.tenants.store import create_tenant
from schema_defs.loader import load_folder

ROUNDS = 15
ROOM = Path(__file__).parents[1] / "runtime" / "meetings"
BOARD = """
kind: board
name: benchmark
label: {zh: 作战室, en: War room}
sections:
  - {tiles: company, metrics: [signed_amount, high_margin_share, collection_rate]}
  - {table: regions, metrics: [signed_amount, high_margin_share, collection_rate], show: [actual, target, attainment, trend]}
  - {trend: regions, metrics: [signed_amount]}
  - {ranking: regions, metrics: [signed_amount]}
  - {alerts: open}
"""


def bare(frozen: Frozen) -> Callable[[], bytes]:
    """typst alone, as its documentation has it: the page's data is made beforehand and not counted."""
    data = msgspec.json.encode(page_of(frozen, "zh")).decode()
    return lambda: typst.compile(
        str(ROOM / TEMPLATE),
        root=str(ROOM),
        font_paths=[str(ROOM / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )


def with_kept_fonts(frozen: Frozen, fonts: typst.Fonts) -> Callable[[], bytes]:
    """typst at its best: the fonts were read before."""
    data = msgspec.json.encode(page_of(frozen, "zh")).decode()
    compiler = typst.Compiler(str(ROOM / TEMPLATE), root=str(ROOM), font_paths=fonts, sys_inputs={"data": data})
    return lambda: compiler.compile(format="pdf")


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


async def prepare(context: Context, settings: Settings, folder: Path) -> None:
    """The reference organisation with this month's orders, computed, and a board with charts."""
    documents = folder / "documents"
    shutil.copytree(CONFIG / "reference", documents)
    (documents / "benchmark.yaml").write_text(BOARD, encoding="utf-8")
    loaded = load_folder(documents)
    stage = set_stage(settings, loaded.release, load_configuration("harbour").release)
    write_recent(stage, START)
    await create_tenant(REFERENCE, "精衡工业设备", now=context.clock.now())
    await publish(context, REFERENCE, loaded, by="benchmark")
    await drain(context, REFERENCE)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data_dir=folder, database_url=f"sqlite://{folder / 'duiqi.db'}", secret_key="benchmark only"
        )
        async with opened(settings, VirtualClock(START)) as context:
            await prepare(context, settings, folder)
            await measure(context)


async def measure(context: Context) -> None:
    whole = frozen_of(await freeze(context, REFERENCE, "benchmark", reason="first"))
    table = whole.board.sections[1]
    kinds = [row.scope for row in table.rows]  # type: ignore[union-attr]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(ROOM / "fonts")])
    ours, alone, best, frozen = [], [], [], []
    for round_ in range(ROUNDS + 1):
        # A title of its own for each run: typst remembers what it has compiled.
        fresh = [msgspec.structs.replace(whole, code=f"R{round_:03d}-{part}") for part in "ABC"]
        alone.append(seconds(bare(fresh[0])))
        best.append(seconds(with_kept_fonts(fresh[1], fonts)))
        ours.append(seconds(lambda fresh=fresh: pdf_of(fresh[2], "zh")))
        start = time.perf_counter()
        row = await freeze(context, REFERENCE, "benchmark", reason=f"round {round_}")
        frozen.append(time.perf_counter() - start)
    for times in (ours, alone, best, frozen):
        times.pop(0)  # The first round reads the fonts and compiles the template.
    print(
        f"{kinds.count('region')} regions (4 areas above 14), {kinds.count('person')} people, {row.pdf_bytes:,} bytes, {ROUNDS} rounds"
    )
    print("| what | median | ratio to bare typst | ratio to typst with kept fonts |")
    print("|---|---|---|---|")
    for what, times in (
        ("bare typst compile of the page", alone),
        ("typst with kept fonts", best),
        ("our PDF: page from the frozen board, then typst", ours),
        ("the whole freeze: board from the database, page, PDF, stored", frozen),
    ):
        print(f"| {what} | {statistics.median(times) * 1000:.0f} ms | {ratio(times, alone)} | {ratio(times, best)} |")


def ratio(mine: list[float], theirs: list[float]) -> str:
    """The median of the rounds' ratios."""
    return f"{statistics.median(own / other for own, other in zip(mine, theirs, strict=True)):.2f}x"


if __name__ == "__main__":
    configure_logging("critical")
    asyncio.run(main())
