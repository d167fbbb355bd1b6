"""A working process that kills itself on a message's way: `before` the channel is called, `after` it answered, or `never`.

Arguments: the moment at which its virtual clock begins, and when to die. Settings come from the environment.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime
from typing import Any

from runtime.clock import VirtualClock
from runtime.delivery import send
from runtime.settings import read_settings
from runtime.start import started


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def die_after(*given: Any) -> None:
    await ANSWER(*given)
    die()


ANSWER = send._answer


async def main(moment: str, when: str) -> None:
    match when:
        case "before":
            send._answer = die
        case "after":
            send._answer = die_after
    async with started(read_settings(), VirtualClock(datetime.fromisoformat(moment), 1.0)):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.sleep(300)


asyncio.run(main(*sys.argv[1:]))
