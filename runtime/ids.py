"""Identifiers that are known before their row is written."""

import secrets
import threading
import time
from uuid import UUID

_COUNTER_BITS = 12
_lock = threading.Lock()
_last = (0, 0)


def new_id() -> str:
    """A UUID version 7 as text: unique everywhere, and rising in text order within one process."""
    millisecond, counter = _next_tick()
    value = (millisecond & (1 << 48) - 1) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def _next_tick() -> tuple[int, int]:
    """Millisecond and counter, never below the last ones: a clock that steps back makes no id older than its predecessor."""
    global _last
    with _lock:
        last_millisecond, last_counter = _last
        now = time.time_ns() // 1_000_000
        if now > last_millisecond:
            _last = (now, secrets.randbits(_COUNTER_BITS - 2))
        elif last_counter + 1 < 1 << _COUNTER_BITS:
            _last = (last_millisecond, last_counter + 1)
        else:
            _last = (last_millisecond + 1, 0)
        return _last


def earlier(identifier: str, milliseconds: int) -> str:
    """The smallest identifier that was made so many milliseconds before this one."""
    millisecond = (UUID(identifier).int >> 80) - milliseconds
    return str(UUID(int=(millisecond & (1 << 48) - 1) << 80))
