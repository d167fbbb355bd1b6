"""What of the outside this version can reach; the caller, who knows the connectors, says so."""

from datetime import datetime

import msgspec


class Needs(msgspec.Struct, frozen=True):
    """The secrets that a channel type must have, and those that it may have."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class Available(msgspec.Struct, frozen=True):
    """The connectors and, with the secrets they need, the channel types that this version has.

    `now` is when the documents are checked; without it nothing is said of the year that is running.
    """

    connectors: tuple[str, ...]
    channels: dict[str, Needs]
    now: datetime | None = None
