"""Whether a source is late."""

from datetime import datetime, timedelta

from schema_defs.duration import span_of
from schema_defs.source import Source


def is_late(source: Source, watermark: datetime | None, now: datetime) -> bool:
    """Whether the source is older than its `fresh_within`; one that never came is late, too."""
    if source.fresh_within is None:
        return False
    limit: timedelta = span_of(source.fresh_within)
    return watermark is None or now - watermark > limit
