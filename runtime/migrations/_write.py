"""`python -m runtime.migrations._write NAME` writes the next migration from what the tables' modules say."""

import asyncio
import sys
from pathlib import Path

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter

from runtime.database import APP, configuration


async def changes() -> list[MigrationWriter]:
    """What the tables' modules say and the migrations do not: empty when they agree."""
    config = configuration("sqlite://:memory:")
    context = TortoiseContext()
    with context:
        await context.init(config=config, init_connections=False)
    assert context.apps is not None
    return await MigrationAutodetector(context.apps, {APP: config["apps"][APP]}).changes()


def next_name(name: str) -> str:
    """The module's name: `m0002_NAME` after `m0001_…`."""
    numbers = [int(path.name[1:5]) for path in Path(__file__).parent.glob("m[0-9]*_*.py")]
    return f"m{max(numbers, default=0) + 1:04d}_{name}"


async def write(name: str) -> Path | None:
    """Writes the migration and returns its path, or None when there is nothing to write."""
    for writer in await changes():
        writer.name = next_name(name)
        return Path(writer.write())
    return None


if __name__ == "__main__":
    written = asyncio.run(write(sys.argv[1]))
    sys.stdout.write(f"{written or 'no changes'}\n")
