"""The releases as a page: what each changed, and what going back to one would do."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from runtime.board.marks import name_of
from runtime.board.viewer import Viewer
from runtime.drafts.effects import Effect, effects_of
from runtime.drafts.page import MAY_RELEASE
from runtime.drafts.seen import seen_effects
from runtime.offline.comparing import Compared, compare_loaded
from runtime.releases.live import release_numbered
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.releases.texts import loaded_of
from runtime.tenancy import rows
from schema_defs.text import Text

SHOWN = 40


class ReleaseEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list."""

    number: int
    at: datetime
    by: Text
    note: str
    digest: str
    live: bool


class ChosenRelease(msgspec.Struct, frozen=True, kw_only=True):
    """What a release changed against the one before it; for an earlier one, what rolling back to it changes, and what becomes of alerts."""

    entry: ReleaseEntry
    changes: tuple[Compared, ...]
    back: tuple[Compared, ...] = ()
    effects: tuple[Effect, ...] = ()


class ReleasesView(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first; `more` are older ones that the list leaves out."""

    entries: tuple[ReleaseEntry, ...] = ()
    chosen: ChosenRelease | None = None
    more: int = 0
    may_release: bool = False


async def build_releases(
    configured: Prepared, viewer: Viewer, now: datetime, *, number: int | None = None
) -> ReleasesView | None:
    """The newest releases, and one of them in full; None for a number that there is not."""
    query = rows(ReleaseRow, configured.tenant).order_by("-number")
    columns = ("number", "published_at", "published_by", "note", "hash", "live")
    found = [_entry(configured, *values) for values in await query.values_list(*columns)]
    wanted = found[0].number if number is None and found else number
    entry = next((each for each in found if each.number == wanted), None)
    if entry is None:
        return None if number is not None else ReleasesView()
    return ReleasesView(
        entries=tuple(found[:SHOWN]),
        chosen=await _chosen(configured, viewer, entry, now),
        more=max(0, len(found) - SHOWN),
        may_release=viewer.has(*MAY_RELEASE),
    )


def _entry(
    configured: Prepared, number: int, at: datetime, by: str, note: str, digest: str, live: bool
) -> ReleaseEntry:
    return ReleaseEntry(
        number=number, at=at.astimezone(configured.calendar.tz), by=name_of(configured, by) or by, note=note,
        digest=digest[:12], live=live,
    )  # fmt: skip


async def _chosen(configured: Prepared, viewer: Viewer, entry: ReleaseEntry, now: datetime) -> ChosenRelease:
    tenant, number = configured.tenant, entry.number
    changes = await changes_between(tenant, number - 1, number)
    if entry.live:
        return ChosenRelease(entry=entry, changes=changes)
    earlier = await release_numbered(tenant, number)
    assert earlier is not None
    effects = await effects_of(tenant, configured.release, earlier.release, now)
    return ChosenRelease(
        entry=entry,
        changes=changes,
        back=await changes_between(tenant, configured.number, number),
        effects=seen_effects(configured, viewer, earlier.release, effects, now),
    )


async def changes_between(tenant: str, before: int, after: int) -> tuple[Compared, ...]:
    """What differs between two releases; number 0 stands for none yet."""
    return tuple(
        compare_loaded(loaded_of(await _documents(tenant, before)), loaded_of(await _documents(tenant, after)))
    )


async def _documents(tenant: str, number: int) -> Sequence[dict[str, str]]:
    row = await rows(ReleaseRow, tenant).get_or_none(number=number)
    return row.documents if row else ()
