"""Which connectors and channel types this version has, for the checks, which may not know the connectors themselves."""

from datetime import datetime

from connectors.channels.registry import CHANNELS
from connectors.sources.registry import SOURCES
from engine.checks import Available, Needs


def available(now: datetime | None = None) -> Available:
    """What the registries of the connectors hold, and when it is asked."""
    return Available(
        connectors=tuple(SOURCES),
        channels={name: Needs(required=each.required, optional=each.optional) for name, each in CHANNELS.items()},
        now=now,
    )
