"""Mending a channel: its secret is set, and what was held for it goes out."""

from runtime.context import Context
from runtime.delivery.send import free_held


async def set_secret(context: Context, tenant: str, name: str, value: str) -> None:
    """Stores the secret and puts back the messages that were held, all with the reason of their channel."""
    await context.secrets.put(tenant, name, value)
    await free_held(tenant, context.clock.now())
