"""Events: in order, of the own tenant only, and after a break either complete or announced as a gap."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.context import Context
from runtime.database import transact
from runtime.events import GAP, KEPT, Event, Events, LocalEvents, Stream, publish_after_commit
from runtime.redis_events import RedisEvents


@pytest.fixture(params=["local", "redis"])
def address(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("redis_url")) if request.param == "redis" else None


@pytest.fixture
async def events(address: str | None) -> AsyncIterator[Events]:
    made: Events = RedisEvents(address) if address else LocalEvents()
    yield made
    await made.close()


async def take(events: Events, count: int, after: str | None = None, tenant: str = "acme") -> list[Event]:
    found: list[Event] = []
    async with aclosing(events.subscribe(tenant, after)) as stream:  # type: ignore[type-var]  # an async generator
        async for event in stream:
            found.append(event)
            if len(found) == count:
                break
    return found


async def ready(reader: "asyncio.Task[Any]") -> None:
    """Gives the reader time to subscribe."""
    await asyncio.sleep(0.15)
    assert not reader.done()


async def test_events_arrive_in_the_order_in_which_they_were_published(events: Events) -> None:
    reader = asyncio.create_task(take(events, 20))
    await ready(reader)
    for number in range(20):
        await events.publish("acme", "cells", {"n": number})
    found = await asyncio.wait_for(reader, 5)
    assert [event.data["n"] for event in found] == list(range(20))
    assert len({event.id for event in found}) == 20


async def test_every_reader_gets_every_event(events: Events) -> None:
    readers = [asyncio.create_task(take(events, 3)) for _ in range(5)]
    await ready(readers[-1])
    for number in range(3):
        await events.publish("acme", "cells", {"n": number})
    for found in await asyncio.wait_for(asyncio.gather(*readers), 5):
        assert [event.data["n"] for event in found] == [0, 1, 2]


async def test_a_tenants_events_are_nobody_elses(events: Events) -> None:
    reader = asyncio.create_task(take(events, 1, tenant="globex"))
    await ready(reader)
    await events.publish("acme", "cells", {"n": 1})
    await events.publish("globex", "cells", {"n": 2})
    assert [event.data["n"] for event in await asyncio.wait_for(reader, 5)] == [2]


async def test_after_a_break_what_was_missed_comes_first(events: Events) -> None:
    reader = asyncio.create_task(take(events, 2))
    await ready(reader)
    for number in range(5):
        await events.publish("acme", "cells", {"n": number})
    seen = await asyncio.wait_for(reader, 5)
    later = await asyncio.wait_for(take(events, 3, after=seen[-1].id), 5)
    assert [event.data["n"] for event in later] == [2, 3, 4]


async def test_an_unknown_last_id_is_a_gap(events: Events) -> None:
    reader = asyncio.create_task(take(events, 2, after="17-0"))
    await ready(reader)
    await events.publish("acme", "cells", {"n": 1})
    assert [event.kind for event in await asyncio.wait_for(reader, 5)] == [GAP, "cells"]


async def test_another_process_reads_the_same_events(redis_url: str) -> None:
    one, two = RedisEvents(redis_url), RedisEvents(redis_url)
    reader = asyncio.create_task(take(two, 2))
    await ready(reader)
    await one.publish("acme", "cells", {"n": 1})
    await one.publish("acme", "cells", {"n": 2})
    found = await asyncio.wait_for(reader, 5)
    assert [event.data["n"] for event in found] == [1, 2]
    late = RedisEvents(redis_url)
    assert [event.data["n"] for event in await asyncio.wait_for(take(late, 1, after=found[0].id), 5)] == [2]
    for each in (one, two, late):
        await each.close()


async def test_without_redis_publishing_loses_nothing_but_the_event() -> None:
    events = RedisEvents("redis://127.0.0.1:1/0")
    await events.publish("acme", "cells", {})
    await events.close()


async def test_an_event_of_a_transaction_goes_out_after_its_commit(context: Context, tenant: str) -> None:
    reader = asyncio.create_task(take(context.events, 1))
    await ready(reader)

    async def write() -> None:
        publish_after_commit(context.events, tenant, "cells", {"n": 1})
        await asyncio.sleep(0.05)
        assert not reader.done()

    await transact(write)
    assert (await asyncio.wait_for(reader, 5))[0].data == {"n": 1}


async def test_an_event_of_a_transaction_that_failed_never_goes_out(context: Context, tenant: str) -> None:
    reader = asyncio.create_task(take(context.events, 1))
    await ready(reader)

    async def write() -> None:
        publish_after_commit(context.events, tenant, "cells", {"n": 1})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await transact(write)
    await context.events.publish(tenant, "cells", {"n": 2})
    assert (await asyncio.wait_for(reader, 5))[0].data == {"n": 2}


@settings(max_examples=16, deadline=None)
@given(st.lists(st.integers(0, KEPT + 60), min_size=1, max_size=6), st.integers(0, 3))
def test_a_reader_gets_all_events_in_order_or_is_told_of_the_gap(bursts: list[int], pauses: int) -> None:
    asyncio.run(_read_bursts(bursts, pauses))


async def _read_bursts(bursts: list[int], pauses: int) -> None:
    stream, found = Stream(), []
    total = sum(bursts)

    async def read() -> None:
        async for event in stream.read(None):
            found.append(event)

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    sent = 0
    for burst in bursts:
        for _ in range(burst):
            stream.append(Event(id=str(sent), kind="cells", data={"n": sent}))
            sent += 1
        for _ in range(pauses):
            await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    reader.cancel()
    numbers = [event.data["n"] for event in found if event.kind != GAP]
    gaps = sum(event.kind == GAP for event in found)
    assert numbers == sorted(set(numbers))
    if not gaps:
        assert numbers == list(range(total))
    if total <= KEPT:
        assert gaps == 0
