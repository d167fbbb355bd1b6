"""`duiqi check`: every problem of a configuration."""

from datetime import datetime
from pathlib import Path

from runtime.offline.configuration import open_configuration
from schema_defs.issue import Issue


def problems_of(path: Path | str, calendar: Path | None = None, now: datetime | None = None) -> list[Issue]:
    """All problems of the configuration at the path, in the order of files and lines; UsageError if there is nothing."""
    return list(open_configuration(path, calendar, now).issues)
