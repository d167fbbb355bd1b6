"""`duiqi diff`: two configurations compared in business words and as they are written."""

from difflib import unified_diff
from pathlib import Path

import msgspec

from engine.diff import Change, compare
from schema_defs.base import Document
from schema_defs.issue import Issue
from schema_defs.loader import Loaded, load_path
from schema_defs.release import BY_KIND
from schema_defs.text import Lang, Said, pick


class Compared(msgspec.Struct, frozen=True):
    """A document that differs: in words, and its text as a unified diff. Only a comment may differ, then there are no details."""

    change: Change
    raw: tuple[str, ...]

    def row(self, lang: Lang) -> dict[str, object]:
        """The document as `diff --json` prints it."""
        change = self.change
        return {
            "kind": change.kind,
            "name": change.name,
            "label": change.label.in_(lang),
            "change": change.how,
            "scopes": change.scopes.in_(lang) if change.scopes else None,
            "details": [
                {
                    "path": detail.path,
                    "what": detail.what.in_(lang),
                    "before": detail.before.in_(lang),
                    "after": detail.after.in_(lang),
                }
                for detail in change.details
            ],
            "raw": "\n".join(self.raw),
        }


def compare_paths(before: Path | str, after: Path | str) -> tuple[list[Compared], tuple[Issue, ...]]:
    """Every document that differs between two configurations, and what could not be read on either side.

    UsageError if there is nothing at one of the paths.
    """
    was, is_ = load_path(before), load_path(after)
    issues = dict.fromkeys(issue for issue in (*was.issues, *is_.issues) if issue.level == "error")
    return compare_loaded(was, is_), tuple(issues)


def compare_loaded(before: Loaded, after: Loaded) -> list[Compared]:
    """Every document that differs; documents that cannot be read by themselves are compared as texts."""
    changes = {(change.kind, change.name): change for change in compare(before.release, after.release)}
    order = {kind: place for place, kind in enumerate(BY_KIND)}
    compared = []
    for key in sorted(dict.fromkeys((*before.written, *after.written)), key=lambda key: order[key[0]]):
        raw = _raw(*key, before, after)
        change = changes.get(key)
        if change is None or not _was_read(*key, before, after):
            change = _text_only(*key, before, after)
        if key in changes or raw:
            compared.append(Compared(change, raw))
    return compared


def _was_read(kind: str, name: str, before: Loaded, after: Loaded) -> bool:
    """Whether the document could be read on every side where it is written."""
    sides = (before.written.get((kind, name)), after.written.get((kind, name)))
    return all(side is None or side.document is not None for side in sides)


def _raw(kind: str, name: str, before: Loaded, after: Loaded) -> tuple[str, ...]:
    was, is_ = _lines(before.text_of(kind, name)), _lines(after.text_of(kind, name))
    return tuple(unified_diff(was, is_, f"a/{kind}/{name}", f"b/{kind}/{name}", lineterm=""))


def _lines(text: str) -> list[str]:
    lines = text.strip().split("\n") if text.strip() else []
    return lines[1:] if lines and lines[0].startswith("---") else lines


def _text_only(kind: str, name: str, before: Loaded, after: Loaded) -> Change:
    written = after.written.get((kind, name)) or before.written[kind, name]
    document: Document | None = written.document
    label = document.label if document else None
    was, is_ = (kind, name) in before.written, (kind, name) in after.written
    return Change(
        kind=kind,
        name=name,
        label=Said(zh=pick(label, "zh", name), en=pick(label, "en", name)),
        how="changed" if was and is_ else "added" if is_ else "removed",
    )
