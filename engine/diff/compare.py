"""Compares two releases document by document."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from engine.diff.details import details
from engine.diff.words import kind_word
from schema_defs.base import Document, kind_of
from schema_defs.release import BY_KIND, Release
from schema_defs.text import Said, pick

How = Literal["added", "removed", "changed"]


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is different inside a document; `path` as in `parts.amount.weight`."""

    path: str
    what: Said
    before: Said
    after: Said


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one document. `scopes` is how many regions or people a rule judges, where that is known."""

    kind: str
    name: str
    label: Said
    how: How
    details: tuple[Detail, ...] = ()
    scopes: Said | None = None

    @property
    def title(self) -> Said:
        """`rule 'Behind the pace'`, with how many it is about."""
        kind, about = kind_word(self.kind), self.scopes
        zh = f"{kind.zh}“{self.label.zh}”" + (f"（{about.zh}）" if about else "")
        en = f"{kind.en} '{self.label.en}'" + (f" ({about.en})" if about else "")
        return Said(zh=zh, en=en)


def compare(before: Release, after: Release) -> tuple[Change, ...]:
    """Every document that was added, removed or changed, in the order of kinds and then of the documents."""
    was, is_ = _by_name(before), _by_name(after)
    order = {kind: place for place, kind in enumerate(BY_KIND)}
    keys = sorted(dict.fromkeys((*was, *is_)), key=lambda key: order[key[0]])
    return tuple(change for key in keys for change in _changes(was.get(key), is_.get(key), before, after))


def _by_name(release: Release) -> dict[tuple[str, str], Document]:
    return {(kind_of(document), document.name): document for document in release.documents}


def _changes(was: Document | None, is_: Document | None, before: Release, after: Release) -> Iterator[Change]:
    if was == is_:
        return
    present = is_ or was
    assert present is not None
    found: tuple[Detail, ...] = ()
    if was is not None and is_ is not None:
        found = tuple(
            Detail(path=".".join(map(str, path)), what=what, before=old, after=new)
            for path, what, old, new in details(was, is_, before, after)
        )
    yield Change(
        kind=kind_of(present),
        name=present.name,
        label=Said(zh=pick(present.label, "zh", present.name), en=pick(present.label, "en", present.name)),
        how="added" if was is None else "removed" if is_ is None else "changed",
        details=found,
        scopes=scopes_of(present, after if is_ is not None else before),
    )


def scopes_of(document: Document, release: Release) -> Said | None:
    """How many regions or people a rule judges; None for other documents, and where the organisation does not say."""
    organisation = release.organisation
    scope = getattr(document, "scope", None) if kind_of(document) == "rule" else None
    if organisation is None or scope not in ("region", "person"):
        return None
    if scope == "person":
        count = sum("seller" in person.roles for person in organisation.people)
        return Said(zh=f"{count} 人", en=f"{count} people") if count else None
    parents = {region.parent for region in organisation.regions}
    level = getattr(document, "level", None)
    above = {region.key: region.parent for region in organisation.regions}
    count = sum(_depth(key, above) == level if level else key not in parents for key in above)
    return Said(zh=f"{count} 个地区", en=f"{count} regions" if count != 1 else "1 region") if count else None


def _depth(key: str, above: dict[str, str | None]) -> int:
    seen: list[str] = []
    at: str | None = key
    while at is not None and at not in seen:
        seen.append(at)
        at = above.get(at)
    return len(seen)
