"""Puts documents together into one release; names are unique per kind, and there is one calendar and one organisation."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from schema_defs.issue import Issue
from schema_defs.loader.loaded import Loaded, Written
from schema_defs.release import release_of
from schema_defs.text import Said

_SINGLE = ("calendar", "organisation")


def assemble(documents: Iterable[Written], issues: Iterable[Issue], folder: Path | None) -> Loaded:
    """The configuration; of two documents of one kind and name the first is kept."""
    written: dict[tuple[str, str], Written] = {}
    found: list[Issue] = list(issues)
    for document in documents:
        found += _clashes(document, written)
        written.setdefault((document.kind, document.name), document)
    return Loaded(
        release=release_of(each.document for each in written.values() if each.document is not None),
        issues=tuple(found),
        written=written,
        folder=folder,
    )


def _clashes(document: Written, before: dict[tuple[str, str], Written]) -> Iterator[Issue]:
    twin = before.get((document.kind, document.name))
    if twin is not None and document.name:
        yield _clash(
            document,
            "duplicate-document",
            Said(
                zh=f"{document.kind} '{document.name}' 重复；已定义于 {_at(twin)}",
                en=f"the {document.kind} '{document.name}' is defined twice; it stands at {_at(twin)} already",
            ),
            Said(zh="改名或删掉其中一个", en="rename or remove one of the two"),
        )
        return
    other = next((each for (kind, _), each in before.items() if kind == document.kind), None)
    if document.kind in _SINGLE and other is not None:
        yield _clash(
            document,
            f"second-{document.kind}",
            Said(
                zh=f"只能有一个 {document.kind}；已定义于 {_at(other)}",
                en=f"there can be one {document.kind} only; it stands at {_at(other)} already",
            ),
            Said(zh="合并为一个", en="put the two together"),
        )


def _clash(document: Written, code: str, message: Said, suggestion: Said) -> Issue:
    entry = document.root.entries.get("name")
    line, column = entry.mark if entry else document.root.mark
    return Issue(
        code=code, message=message, file=document.file, line=line, column=column, path="name", suggestion=suggestion
    )


def _at(document: Written) -> str:
    return f"{document.file}:{document.root.mark.line}"
