"""Watching the tenants' folders: a file that changed is pulled at once, not at the next turn of the schedule."""

import asyncio

import structlog

from runtime.context import Context
from runtime.database import transact
from runtime.queue.jobs import enqueue
from runtime.records.folder import files_of, signature
from runtime.releases.live import live
from runtime.releases.rows import ReleaseRow
from runtime.settings import Settings
from runtime.tenancy import across_tenants
from runtime.tenants.rows import TenantRow
from schema_defs.errors import DuiqiError
from schema_defs.source import Source

PAUSE = 0.15
"""Seconds between two looks."""
LOOKS_PER_RELEASE = 20
"""After so many looks the tenants and their sources are read anew."""

Watched = dict[tuple[str, str], Source]
Look = tuple[tuple[str, str], ...]
"""Every file of a source with its time and size."""

log = structlog.get_logger()


class Watcher:
    """Looks at the files of all file sources. The first look at a source counts as a change: nobody knows what came before."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._releases: dict[str, int] = {}
        self._sources: Watched = {}
        self._seen: dict[tuple[str, str], Look] = {}

    async def refresh(self) -> None:
        """Takes in new tenants and new releases: two queries for everybody, and one per tenant that has something new."""
        active = {row.key for row in await across_tenants(TenantRow).filter(state="active")}
        found = await across_tenants(ReleaseRow).filter(live=True).values_list("tenant", "number")
        releases = {str(tenant): int(number) for tenant, number in found if tenant in active}
        changed = [tenant for tenant, number in releases.items() if self._releases.get(tenant) != number]
        gone = self._releases.keys() - releases.keys()
        self._sources = {place: each for place, each in self._sources.items() if place[0] not in {*changed, *gone}}
        for tenant in changed:
            release = await live(tenant)
            sources = release.release.sources.values() if release else ()
            self._sources |= {(tenant, each.name): each for each in sources if each.connector == "file"}
        self._releases = releases

    async def look(self) -> None:
        """Has every source pulled whose files changed since the last look."""
        looks = await asyncio.to_thread(_looks, self._context.settings, dict(self._sources))
        now = self._context.clock.now()
        for (tenant, source), seen in looks.items():
            if self._seen.get((tenant, source)) != seen:
                self._seen[tenant, source] = seen
                await transact(lambda t=tenant, s=source: enqueue(t, "sync", s, {"source": s}, now=now))  # type: ignore[misc]


async def watch_folders(context: Context) -> None:
    """Looks for ever; a database that is away for a while is waited for."""
    watcher, looks = Watcher(context), 0
    while True:
        try:
            if looks % LOOKS_PER_RELEASE == 0:
                await watcher.refresh()
            looks += 1
            await watcher.look()
        except Exception:
            log.exception("watch.failed")
            await asyncio.sleep(1)
        await asyncio.sleep(PAUSE)


def _looks(settings: Settings, sources: Watched) -> dict[tuple[str, str], Look]:
    found: dict[tuple[str, str], Look] = {}
    for (tenant, name), source in sources.items():
        try:
            found[tenant, name] = tuple(signature(files_of(settings, tenant, source)))
        except (OSError, DuiqiError) as error:
            log.warning("watch.unreadable", tenant=tenant, source=name, reason=str(error))
    return found
