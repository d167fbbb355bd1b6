"""What the tables cannot hold: half characters, the character NUL, and keys that are too long."""

from engine.records.record import Record
from runtime.columns import KEY_LENGTH
from schema_defs.text import Said


def unstorable(record: Record) -> tuple[Said, ...]:
    """Why the record cannot be stored, empty if it can."""
    texts = [value for value in record.values.values() if isinstance(value, str)]
    keys = [("key", " ".join(map(str, record.key))), ("region", record.region or "")]
    keys += [("owner", person) for person, _ in record.people]
    long = [_too_long(name, text) for name, text in keys if len(text) > KEY_LENGTH - _BRACKETS]
    if _is_text("".join(texts)):
        return tuple(long)
    wrong = [name for name, value in record.values.items() if isinstance(value, str) and not _is_text(value)]
    return (*(_no_text(name) for name in wrong), *long)


_BRACKETS = 100
"""Room for the quotes, commas and escapes of a key that is written as JSON."""


def _is_text(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_text(name: str) -> Said:
    return Said(
        zh=f"{name}：含有半个字符或空字符（NUL），无法保存",
        en=f"{name}: holds half a character or a NUL, which cannot be stored",
    )


def _too_long(name: str, text: str) -> Said:
    most = KEY_LENGTH - _BRACKETS
    return Said(
        zh=f"{name}：有 {len(text)} 个字符，最多 {most} 个",
        en=f"{name}: has {len(text)} characters; at most {most} are kept",
    )
