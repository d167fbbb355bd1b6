"""Publishing: checked documents become the next release, and the only live one."""

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.checks import check
from runtime.audit.log import note as audit
from runtime.calendars.table import dated_of
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.offline.available import available
from runtime.offline.configuration import ConfigurationError
from runtime.people.import_people import brings_other_people
from runtime.releases.hooks import Publishing, call_hooks
from runtime.releases.live import LiveRelease, by_the_table, demand_release, live, remember
from runtime.releases.rows import ReleaseRow
from runtime.releases.tested import failed_tests
from runtime.tenancy import add, rows
from runtime.tenants.rows import TenantRow
from schema_defs.errors import UsageError
from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.release import Release
from schema_defs.text import Said


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of publishing; `changed` is False when the live release was the same to the letter, its people included."""

    number: int
    hash: str
    changed: bool
    warnings: tuple[Issue, ...] = ()


async def publish(context: Context, tenant: str, loaded: Loaded, *, by: str, note: str = "") -> Outcome:
    """Makes the documents the live release, when nothing is wrong with them and their own tests pass.

    Raises ConfigurationError with every issue, and then nothing has changed.
    """
    by_table = msgspec.structs.replace(loaded, release=await dated_of(tenant, loaded.release))
    issues = check(by_table, available(context.clock.now()))
    _refuse(issue for issue in (*loaded.issues, *issues) if issue.level == "error")
    _refuse(await asyncio.to_thread(failed_tests, by_table))
    documents = documents_of(loaded)
    new = NewRelease(documents, hash_of(documents), loaded.release, loaded, by, note, "publish")
    outcome = await transact(lambda: put_live(context, tenant, new))
    return msgspec.structs.replace(outcome, warnings=tuple(issues))


def _refuse(errors: Iterable[Issue]) -> None:
    if found := set(errors):
        raise ConfigurationError(tuple(sorted(found, key=lambda issue: (issue.file, issue.line, issue.column))))


async def rollback(context: Context, tenant: str, number: int, *, by: str) -> Outcome:
    """Puts an earlier release in force again: its documents become the next release, so that history stays whole."""
    earlier = await demand_release(tenant, number)
    documents = (await rows(ReleaseRow, tenant).get(number=number)).documents
    new = NewRelease(documents, earlier.hash, earlier.release, None, by, f"= {number}", "rollback")
    return await transact(lambda: put_live(context, tenant, new))


async def put_live(context: Context, tenant: str, new: "NewRelease") -> Outcome:
    """Puts checked documents in force; part of the caller's transaction."""
    now = context.clock.now()
    before = await lock_live(tenant)
    if before is not None and before.hash == new.hash and not await _other_people(context, tenant, new):
        return Outcome(number=before.number, hash=new.hash, changed=False)
    row = await _add(tenant, new, now)
    stored = LiveRelease(row.number, new.release, new.hash)
    remember(tenant, row.id, stored)
    live_now = await by_the_table(tenant, stored)
    publishing = Publishing(
        context=context, tenant=tenant, now=now, live=live_now, before=before, loaded=new.loaded, by=new.by
    )
    await call_hooks(publishing)
    await audit(tenant, new.by, new.what, f"release {row.number}", {"hash": new.hash, "note": new.note}, now=now)
    publish_after_commit(context.events, tenant, "release", {"number": row.number})
    return Outcome(number=row.number, hash=new.hash, changed=True)


async def _other_people(context: Context, tenant: str, new: "NewRelease") -> bool:
    """The file of `people_from` is no document: people that changed in it go live with a release of their own."""
    return new.loaded is not None and await brings_other_people(context, tenant, new.release, new.loaded)


def hash_of(documents: list[dict[str, str]]) -> str:
    """The content's hash: the same for the same documents in any order and any file."""
    content = sorted((each["kind"], each["name"], _body(each["text"])) for each in documents)
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def _body(text: str) -> str:
    """The document without the lines that part it from its neighbours."""
    return text.strip().removeprefix("---").removesuffix("---").strip()


class NewRelease(NamedTuple):
    """What is to go live. `loaded` is what it was read from, None where no folder is at hand."""

    documents: list[dict[str, str]]
    hash: str
    release: Release
    loaded: Loaded | None
    by: str
    note: str
    what: str


def documents_of(loaded: Loaded) -> list[dict[str, str]]:
    """The documents as a release stores them."""
    return [
        {"kind": kind, "name": name, "file": _beside(written.file, loaded.folder), "text": written.text}
        for (kind, name), written in loaded.written.items()
    ]


def _beside(file: str, folder: Path | None) -> str:
    """The file's path below the folder: where the folder stood is nobody's business."""
    path = Path(file)
    if folder is not None and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name


async def lock_live(tenant: str) -> LiveRelease | None:
    """The live release, which nobody else replaces until this transaction ends."""
    await lock_tenant(tenant)
    return await live(tenant)


async def lock_tenant(tenant: str) -> None:
    """Until this transaction ends nobody else changes the tenant's configuration, drafts included."""
    if not await rows(TenantRow, tenant).filter(key=tenant, state="active").update(state="active"):
        raise UsageError(
            Said(zh=f"没有租户“{tenant}”，或已停用", en=f"there is no tenant '{tenant}', or it is suspended")
        )


async def _add(tenant: str, new: NewRelease, now: datetime) -> ReleaseRow:
    last = await rows(ReleaseRow, tenant).order_by("-number").limit(1).values("number")
    await rows(ReleaseRow, tenant).filter(live=True).update(live=False)
    number = int(last[0]["number"]) + 1 if last else 1
    return await add(
        ReleaseRow(
            tenant=tenant, number=number, hash=new.hash, documents=new.documents, note=new.note,
            published_by=new.by, published_at=now, live=True,
        )
    )  # fmt: skip
