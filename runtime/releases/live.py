"""The release that is in force, and any earlier one."""

from datetime import datetime

import msgspec

from runtime.calendars.table import dated_of
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from schema_defs.errors import UsageError
from schema_defs.loader import load_text
from schema_defs.release import Release, release_of
from schema_defs.text import Said

_REMEMBERED = 64


class LiveRelease(msgspec.Struct, frozen=True):
    """A release as it runs."""

    number: int
    release: Release
    hash: str


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list of releases."""

    number: int
    hash: str
    note: str
    published_by: str
    published_at: datetime
    live: bool
    documents: int


_read: dict[tuple[str, str, int], LiveRelease] = {}
"""By tenant, row id and number: releases never change, so that what was read once holds."""


async def live(tenant: str) -> LiveRelease | None:
    """The tenant's live release; None before the first one was published. Reading it again costs a small query or two."""
    found = await rows(ReleaseRow, tenant).filter(live=True).values("id", "number")
    return await by_the_table(tenant, await _release(tenant, found[0]["id"], found[0]["number"])) if found else None


async def by_the_table(tenant: str, stored: LiveRelease) -> LiveRelease:
    """The release with the days off that the tenant's table has now."""
    release = await dated_of(tenant, stored.release)
    return stored if release is stored.release else msgspec.structs.replace(stored, release=release)


async def demand_live(tenant: str) -> LiveRelease:
    """The live release, or an error that says how to get one."""
    found = await live(tenant)
    if found is None:
        raise UsageError(_none(tenant))
    return found


async def release_numbered(tenant: str, number: int) -> LiveRelease | None:
    """An earlier release, as snapshots and past numbers need it."""
    found = await rows(ReleaseRow, tenant).filter(number=number).values("id", "number")
    return await by_the_table(tenant, await _release(tenant, found[0]["id"], number)) if found else None


async def demand_release(tenant: str, number: int) -> LiveRelease:
    """A release, or an error that says which there are."""
    found = await release_numbered(tenant, number)
    if found is None:
        last = await rows(ReleaseRow, tenant).order_by("-number").limit(1).values("number")
        raise UsageError(_no_release(number, int(last[0]["number"]) if last else 0))
    return found


async def list_releases(tenant: str) -> list[Published]:
    """All releases, the newest first."""
    return [
        Published(
            number=row.number, hash=row.hash, note=row.note, published_by=row.published_by,
            published_at=row.published_at, live=row.live, documents=len(row.documents),
        )
        for row in await rows(ReleaseRow, tenant).order_by("-number")
    ]  # fmt: skip


async def _release(tenant: str, row_id: str, number: int) -> LiveRelease:
    known = _read.get((tenant, row_id, number))
    if known is None:
        row = await rows(ReleaseRow, tenant).get(id=row_id)
        known = LiveRelease(number=number, release=read_documents(row.documents), hash=row.hash)
        remember(tenant, row_id, known)
    return known


def remember(tenant: str, row_id: str, release: LiveRelease) -> None:
    """Keeps a release that was just read, or just written: its documents need not be read again."""
    if len(_read) >= _REMEMBERED:
        _read.pop(next(iter(_read)))
    _read[(tenant, row_id, release.number)] = release


def read_documents(documents: list[dict[str, str]]) -> Release:
    """The release of stored documents, each as it was written."""
    read = [load_text(each["text"], each["file"]).release.documents for each in documents]
    return release_of(document for found in read for document in found)


def _no_release(number: int, last: int) -> Said:
    there = (f"有 1 到 {last}", f"there are 1 to {last}") if last else ("还没有发布过", "nothing was published yet")
    return Said(zh=f"没有第 {number} 版；{there[0]}", en=f"there is no release {number}; {there[1]}")


def _none(tenant: str) -> Said:
    return Said(
        zh=f"租户“{tenant}”还没有发布任何配置；先运行 `duiqi publish 文件夹 --tenant {tenant}`",
        en=f"tenant '{tenant}' has published nothing yet; run `duiqi publish FOLDER --tenant {tenant}` first",
    )
