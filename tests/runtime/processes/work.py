"""A process with a worker, until it is killed: `work.py`, with the settings of a real process in its environment."""

import asyncio
import sys

import effects

from runtime.queue import handlers
from runtime.settings import read_settings
from runtime.start import started


async def main() -> None:
    assert effects.TENANT
    assert "count" in handlers._handlers
    async with started(read_settings()):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.sleep(600)


asyncio.run(main())
