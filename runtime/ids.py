"""Identifiers that are known before their row is written."""

import os
import random
import threading
import time

_COUNTER_BITS = 12
_lock = threading.Lock()
_last = (0, 0)
_random = random.Random()
os.register_at_fork(after_in_child=_random.seed)


def new_id() -> str:
    """A UUID version 7 as text: unique everywhere, and rising in text order within one process. No secret: it can be guessed."""
    millisecond, counter = _next_tick()
    rest = 0b10 << 62 | _random.getrandbits(62)
    text = f"{(millisecond & (1 << 48) - 1) << 16 | 0x7 << 12 | counter:016x}{rest:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _next_tick() -> tuple[int, int]:
    """Millisecond and counter, never below the last ones: a clock that steps back makes no id older than its predecessor."""
    global _last
    with _lock:
        last_millisecond, last_counter = _last
        now = time.time_ns() // 1_000_000
        if now > last_millisecond:
            _last = (now, _random.getrandbits(_COUNTER_BITS - 2))
        elif last_counter + 1 < 1 << _COUNTER_BITS:
            _last = (last_millisecond, last_counter + 1)
        else:
            _last = (last_millisecond + 1, 0)
        return _last
