"""What the tables cannot hold: keys that are too long. Texts are clean already, and people and regions short, by their reader."""

from engine.records.record import Record
from runtime.columns import KEY_LENGTH
from schema_defs.text import Said

_BRACKETS = 100
"""Room for the quotes, commas and escapes of a key that is written as JSON."""


def unstorable(record: Record) -> Said | None:
    """Why the record cannot be stored, or None if it can."""
    size, most = len(" ".join(map(str, record.key))), KEY_LENGTH - _BRACKETS
    if size <= most:
        return None
    return Said(
        zh=f"key：有 {size} 个字符，最多 {most} 个",
        en=f"key: has {size} characters; at most {most} are kept",
    )
