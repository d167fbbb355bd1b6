"""Datasets that are attributed "as organised now": when somebody's region becomes another, their numbers move along."""

from datetime import date, datetime, time
from typing import Any

from engine.org import Org
from runtime.context import Context
from runtime.database import transact
from runtime.numbers.recompute import mark_datasets
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.releases.prepared import Prepared, prepared


@on_publish
async def plan_moves(publishing: Publishing) -> None:
    """The organisation's next change is waited for."""
    await enqueue(publishing.tenant, "attribute", "now", now=publishing.now)


@handler("attribute")
async def attribute(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, str] | None:
    """Marks the datasets' records when the organisation of today differs from that of the last look; plans the next look."""
    configured, now = await prepared(tenant), context.clock.now()
    datasets = _attributed_now(configured) if configured else []
    if configured is None or not datasets:
        return None
    today, due = configured.calendar.today(now), args.get("due")
    following = next_change(configured.org, today)

    async def write() -> None:
        if due is not None:
            await mark_datasets(tenant, datasets, now)
        if following is not None:
            moment = datetime.combine(following, time(), tzinfo=configured.calendar.tz)
            await enqueue(tenant, "attribute", "now", {"due": following.isoformat()}, now=now, run_after=moment)

    await transact(write)
    return {"next": f"{following}"}


def next_change(org: Org, today: date) -> date | None:
    """The next day on which somebody's region becomes another."""
    return min((day for person in org.people() for day in org.changes(person.key) if day > today), default=None)


def _attributed_now(configured: Prepared) -> list[str]:
    policies = configured.metrics.policies().values()
    return sorted({policy.dataset.name for policy in policies if policy.dataset.attribution == "now"})
