"""Record keys as parts of an address."""

import base64
import binascii

import msgspec


def id_of(key_text: str) -> str:
    """The key's canonical JSON as letters that are safe in an address."""
    return base64.urlsafe_b64encode(key_text.encode()).decode().rstrip("=")


def key_of(record_id: str) -> str | None:
    """The key's canonical JSON again; None for an address that never was one."""
    try:
        text = base64.urlsafe_b64decode(record_id + "=" * (-len(record_id) % 4)).decode()
        return text if msgspec.json.decode(text, type=list[object]) else None
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
