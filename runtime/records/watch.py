"""Watching the tenants' folders: a file that changed is pulled at once, not at the next turn of the schedule."""

import asyncio

import structlog

from runtime.context import Context
from runtime.database import transact
from runtime.queue.jobs import enqueue
from runtime.records.folder import files_of, signature
from runtime.releases.live import live
from runtime.tenants.store import list_tenants
from schema_defs.errors import DuiqiError
from schema_defs.source import Source

PAUSE = 0.15
"""Seconds between two looks."""
LOOKS_PER_RELEASE = 20
"""After so many looks the tenants and their sources are read anew."""

log = structlog.get_logger()


async def watch_folders(context: Context) -> None:
    """Looks at the files of all file sources, for ever; a change becomes a `sync` job."""
    seen: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    sources: list[tuple[str, Source]] = []
    looks = 0
    while True:
        if looks % LOOKS_PER_RELEASE == 0:
            sources = await _file_sources()
        looks += 1
        for tenant, source in sources:
            await _look(context, tenant, source, seen)
        await asyncio.sleep(PAUSE)


async def _look(
    context: Context, tenant: str, source: Source, seen: dict[tuple[str, str], list[tuple[str, int, int]]]
) -> None:
    try:
        found = list(signature(files_of(context.settings, tenant, source)))
    except (OSError, DuiqiError) as error:
        log.warning("watch.unreadable", tenant=tenant, source=source.name, reason=str(error))
        return
    before = seen.get((tenant, source.name))
    seen[tenant, source.name] = found
    if before is not None and before != found:
        now = context.clock.now()
        await transact(lambda: enqueue(tenant, "sync", source.name, {"source": source.name}, now=now))


async def _file_sources() -> list[tuple[str, Source]]:
    found = []
    for tenant in await list_tenants():
        release = await live(tenant.key) if tenant.state == "active" else None
        sources = release.release.sources.values() if release else ()
        found += [(tenant.key, source) for source in sources if source.connector == "file"]
    return found
