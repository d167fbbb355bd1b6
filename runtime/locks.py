"""One at a time: a lock by name that lasts as long as the caller's transaction."""

import hashlib

from runtime.database import connection, in_a_transaction, is_sqlite


async def hold(tenant: str, name: str) -> None:
    """Waits until nobody else holds the tenant's `name`. On SQLite a transaction is alone from its first moment anyway."""
    assert in_a_transaction(), "a lock ends with its transaction"
    if not is_sqlite():
        digest = hashlib.blake2b(f"{tenant}\0{name}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest, signed=True)
        await connection().execute_query("SELECT pg_advisory_xact_lock($1)", [number])
