"""A progress display for long reading, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from admin.cli.output import on_terminal
from schema_defs.text import Lang, Said


@contextmanager
def reading(lang: Lang) -> Iterator[Callable[[str, int], None]]:
    """Gives a function that shows how many rows of which file are read; without a terminal it shows nothing."""
    if not on_terminal():
        yield lambda file, rows: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(Said(zh="正在读取", en="reading").in_(lang), total=None)

        def show(file: str, rows: int) -> None:
            said = Said(zh=f"正在读取 {file}：{rows:,} 行", en=f"reading {file}: {rows:,} rows")
            progress.update(task, description=said.in_(lang))

        yield show
