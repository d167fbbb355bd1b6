"""Passwords: only their argon2 hashes are kept."""

import asyncio
import os
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schema_defs.errors import UsageError
from schema_defs.text import Said

SHORTEST = 8
LONGEST = 256

_hasher = PasswordHasher()
_at_once = asyncio.Semaphore(max(1, (os.cpu_count() or 2) // 2))
_dummy: str | None = None


async def hash_password(password: str) -> str:
    """The hash to keep. Takes a third of a second of another thread, and as many at once as the machine bears."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(_LENGTH)
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed. Takes as long when there is none, so that nobody learns which logins exist."""
    if len(password) > LONGEST:
        return False
    async with _at_once:
        return await asyncio.to_thread(_fits, password, password_hash)


def _fits(password: str, password_hash: str | None) -> bool:
    global _dummy
    if password_hash is None:
        _dummy = _dummy or _hasher.hash(secrets.token_hex(16))
    try:
        _hasher.verify(password_hash or _dummy or "", password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


_LENGTH = Said(zh=f"密码需要 {SHORTEST} 到 {LONGEST} 个字符", en=f"a password has {SHORTEST} to {LONGEST} characters")
