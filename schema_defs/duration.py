"""Spans and schedules as authors write them: `2 hours`, `every 5 minutes`."""

from datetime import timedelta

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def span_of(text: str) -> timedelta:
    """`2 hours` or `every 5 minutes` as a span; the schema has checked the form."""
    count, unit = text.removeprefix("every ").split(" ")
    return int(count) * _UNITS[unit.removesuffix("s")]
