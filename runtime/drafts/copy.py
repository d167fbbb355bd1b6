"""The working copy: the live release with the drafts laid over it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import msgspec

from runtime.drafts.rows import DraftRow
from runtime.releases.rows import ReleaseRow
from runtime.releases.texts import body, loaded_of, version_of
from runtime.tenancy import rows
from schema_defs.loader import Loaded

Ref = tuple[str, str]
"""Kind and name of a document."""
GONE = "removed"
"""The version of a document that is to go."""


class WorkingDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as its editors see it. `base_text` is the live one, None for a new document.

    `overtaken`: the live document became another one after the draft was begun.
    """

    kind: str
    name: str
    file: str
    text: str
    version: str
    base_text: str | None = None
    draft: bool = False
    removed: bool = False
    overtaken: bool = False
    changed_by: str | None = None
    changed_at: datetime | None = None

    @property
    def ref(self) -> Ref:
        return self.kind, self.name

    @property
    def stored(self) -> dict[str, str]:
        """As a release holds it."""
        return {"kind": self.kind, "name": self.name, "file": self.file, "text": self.text}


class WorkingCopy(msgspec.Struct, frozen=True, kw_only=True):
    """All documents, live and drafted. `number` is the live release's, 0 before the first."""

    tenant: str
    number: int
    documents: dict[Ref, WorkingDocument]

    @property
    def drafts(self) -> dict[Ref, WorkingDocument]:
        return {ref: each for ref, each in self.documents.items() if each.draft}

    def before(self) -> Loaded:
        """The live configuration."""
        return loaded_of(self._live())

    def loaded(self, chosen: Collection[Ref] | None = None) -> Loaded:
        """The configuration as it would be with the chosen drafts, or with all of them."""
        return loaded_of(self.stored(chosen))

    def stored(self, chosen: Collection[Ref] | None = None) -> list[dict[str, str]]:
        """The documents of a release with the chosen drafts, or with all of them."""
        return [kept for each in self.documents.values() if (kept := self._kept(each, chosen))]

    def _kept(self, each: WorkingDocument, chosen: Collection[Ref] | None) -> dict[str, str] | None:
        if each.draft and chosen is not None and each.ref not in chosen:
            return None if each.base_text is None else {**each.stored, "text": each.base_text}
        return None if each.removed else each.stored

    def _live(self) -> Iterator[dict[str, str]]:
        for each in self.documents.values():
            if each.base_text is not None:
                yield {**each.stored, "text": each.base_text}


async def working_copy(tenant: str) -> WorkingCopy:
    """What all editors of a tenant work on."""
    return await copy_with(tenant, await rows(DraftRow, tenant).order_by("kind", "name"))


async def copy_with(tenant: str, drafts: Iterable[DraftRow]) -> WorkingCopy:
    """The live release with these drafts over it."""
    found = await rows(ReleaseRow, tenant).filter(live=True).first()
    documents = {(each["kind"], each["name"]): _live(each) for each in found.documents} if found else {}
    for row in drafts:
        documents[row.kind, row.name] = _drafted(row, documents.get((row.kind, row.name)))
    return WorkingCopy(tenant=tenant, number=found.number if found else 0, documents=documents)


async def working_document(tenant: str, kind: str, name: str) -> WorkingDocument | None:
    """One document of the working copy; None where neither the release nor a draft holds it."""
    return (await working_copy(tenant)).documents.get((kind, name))


def _live(stored: dict[str, str]) -> WorkingDocument:
    text = body(stored["text"])
    return WorkingDocument(
        kind=stored["kind"], name=stored["name"], file=stored["file"], text=text, version=version_of(text),
        base_text=text,
    )  # fmt: skip


def _drafted(row: DraftRow, live: WorkingDocument | None) -> WorkingDocument:
    return WorkingDocument(
        kind=row.kind, name=row.name, file=row.file, text=row.text,
        version=GONE if row.removed else version_of(row.text), base_text=live.text if live else None, draft=True, removed=row.removed,
        overtaken=row.base != (live.version if live else ""), changed_by=row.changed_by, changed_at=row.changed_at,
    )  # fmt: skip
