"""What the processes of the crash tests do: a job whose effect is counted, and is to be there exactly once."""

import asyncio
from typing import Any

from tortoise.expressions import F

from runtime.alerts.rows import TransitionRow
from runtime.context import Context
from runtime.database import transact
from runtime.numbers.rows import NumbersRow
from runtime.queue.handlers import handler
from runtime.tenancy import add_missing, rows

TENANT = "acme"


@handler("count")
async def count(context: Context, tenant: str, args: dict[str, Any]) -> None:
    """Counts one up in each of its steps; a step that was done before is not done again."""
    for step in range(args["steps"]):
        await asyncio.sleep(args["pause"])
        await transact(lambda step=step: once(context, tenant, f"{args['name']}-{step}"))  # type: ignore[misc]


async def once(context: Context, tenant: str, mark: str) -> None:
    now = context.clock.now()
    row = TransitionRow(
        tenant=tenant, id=mark, rule="r", scope="s", key="k", day=now.date(), kind="done", values={}, at=now
    )
    if await rows(TransitionRow, tenant).filter(id=mark).exists():
        return
    await add_missing([row])
    await rows(NumbersRow, tenant).update(seq=F("seq") + 1)
