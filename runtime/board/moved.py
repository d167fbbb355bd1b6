"""What moved the numbers last."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from runtime.bulk import Condition, read_many
from runtime.numbers.rows import MovementRow
from runtime.releases.prepared import Prepared
from schema_defs.text import Text

_READ = ("metric", "scope", "key", "delta", "reason", "at")


class Movement(msgspec.Struct, frozen=True):
    """The last change of one number; `at` is in the tenant's zone."""

    metric: str
    scope: str
    key: str
    delta: float | None
    reason: Text
    at: datetime


async def fresh_movements(configured: Prepared, since: datetime) -> dict[tuple[str, str, str], Movement]:
    """The movements since a moment, by metric, scope and key."""
    found = await _read(configured, [("at", ">=", since)])
    return {(each.metric, each.scope, each.key): each for each in found}


async def newest_movements(
    configured: Prepared, metrics: Collection[str], regions: Collection[str], limit: int
) -> tuple[Movement, ...]:
    """The last movements of the metrics in the regions, newest first."""
    where: list[Condition] = [
        ("metric", "in", sorted(metrics)),
        ("scope", "=", "region"),
        ("key", "in", sorted(regions)),
    ]
    return tuple(await _read(configured, where, limit))


async def _read(configured: Prepared, where: list[Condition], limit: int | None = None) -> list[Movement]:
    found = await read_many(MovementRow, configured.tenant, _READ, where, order=("-at",), limit=limit)
    return [_movement(configured, *row) for row in found]


def _movement(configured: Prepared, metric: str, scope: str, key: str, delta: Any, reason: str, at: Any) -> Movement:
    words = msgspec.json.decode(reason, type=dict[str, str])
    text: Text = {"zh": words.get("zh", ""), "en": words.get("en", "")}
    return Movement(metric, scope, key, delta, text, at.astimezone(configured.calendar.tz))
