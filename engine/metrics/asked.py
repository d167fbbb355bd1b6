"""What a full computation is asked for."""

from datetime import date, datetime

import msgspec

from engine.periods import By
from schema_defs.rule import ScopeKind


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to compute. `first` and `last` are included; `known` asks for the records as they were known then.

    `today` decides under `attribution: now`; windows stand at `until` in the period that is not over by then.
    """

    metrics: tuple[str, ...]
    by: By
    scopes: tuple[ScopeKind, ...]
    today: date
    first: date | None = None
    last: date | None = None
    known: date | datetime | None = None
    until: date | None = None
