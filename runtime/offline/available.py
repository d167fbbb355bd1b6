"""Which connectors and channel types this version has, for the checks, which may not know the connectors themselves."""

from connectors.channels.registry import CHANNELS
from connectors.sources.registry import SOURCES
from engine.checks import Available, Needs


def available() -> Available:
    """What the registries of the connectors hold."""
    return Available(
        connectors=tuple(SOURCES),
        channels={name: Needs(required=each.required, optional=each.optional) for name, each in CHANNELS.items()},
    )
