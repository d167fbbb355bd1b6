"""When a message is tried again: the schedule of Standard Webhooks, about three days and three hours in all."""

from datetime import datetime, timedelta

DELAYS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip


def next_attempt(failures: int, now: datetime, retry_after: float | None = None) -> datetime | None:
    """When to try again after so many failures; None: no more. What the other side asks for is kept, at least."""
    if failures > len(DELAYS):
        return None
    return now + max(DELAYS[failures - 1], timedelta(seconds=retry_after or 0.0))


def after_throttling(now: datetime, retry_after: float | None) -> datetime:
    """When a channel that is throttled may be used again: no message is to blame, so that none ever dies of it."""
    return now + max(DELAYS[0], timedelta(seconds=retry_after or 60.0))
