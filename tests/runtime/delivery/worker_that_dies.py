"""A process with a worker that kills itself at a moment that is named, as a power cut would: `worker_that_dies.py MOMENT START`.

MOMENT is `decided` (the message is committed, nothing was claimed), `claimed` (claimed, not sent), `sent` (sent, not recorded)
or `never`. START is where the process's clock begins. Leases are short, so that the next process need not wait long.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from runtime.clock import VirtualClock
from runtime.delivery import send
from runtime.queue import claims
from runtime.settings import read_settings
from runtime.start import started

send.LEASE = claims.LEASE = timedelta(seconds=2)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(moment: str) -> None:
    """Arms the trap."""
    answer = send._answer

    async def sent(*args: Any) -> Any:
        await answer(*args)
        die()

    if moment == "decided":
        send.release_expired = die  # type: ignore[assignment]
    elif moment == "claimed":
        send._answer = die  # type: ignore[assignment]
    elif moment == "sent":
        send._answer = sent


async def main(moment: str, start: str) -> None:
    dying(moment)
    async with started(read_settings(), VirtualClock(datetime.fromisoformat(start), speed=1.0)):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.sleep(600)


asyncio.run(main(*sys.argv[1:]))
