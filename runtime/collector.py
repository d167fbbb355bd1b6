"""Python's garbage collector, out of the way while many objects are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """For a batch whose objects live until its end and form no cycles: the collector would look through all of them, and all else, again and again.

    Whoever is inside another pause, of a task that runs beside, may end a little of it early; it never stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
