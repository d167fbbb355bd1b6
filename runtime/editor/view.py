"""What the editor of a document shows."""

from datetime import date, datetime

import msgspec

from runtime.backtests.tried import Look as DayLook
from runtime.board.preview import Preview, Problem
from runtime.drafts.copy import Ref
from runtime.editor.form import Field
from schema_defs.text import Said, Text


class RuleScope(msgspec.Struct, frozen=True, kw_only=True):
    """A scope with its days, the oldest first, and how often the rule would have fired."""

    label: Text
    days: tuple[tuple[date, DayLook], ...]
    episodes: int


class RulePreview(msgspec.Struct, frozen=True, kw_only=True):
    """The rule as it is being written, lived over the last days: per scope its days, and what the last of them came to.

    Nothing but `hidden` for who may not see what it reads.
    """

    hidden: bool = False
    scopes: tuple[RuleScope, ...] = ()
    firing: int = 0


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The pane beside the editor: the text's problems, what it changes, who uses it, and what it would say now."""

    problems: tuple[Problem, ...] = ()
    diff: tuple[str, ...] = ()
    used_by: tuple[Ref, ...] = ()
    metric: Preview | None = None
    rule: RulePreview | None = None


class Differs(msgspec.Struct, frozen=True, kw_only=True):
    """A value in which two texts differ; empty: it is not there."""

    path: str
    mine: str
    theirs: str


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else changed the document meanwhile: who and when, and in what it differs. Nothing was overwritten."""

    said: Said
    theirs: str
    version: str | None
    fields: tuple[Differs, ...] = ()


class EditorView(msgspec.Struct, frozen=True, kw_only=True):
    """`fields` are empty while the text cannot be read; then `unreadable` says where."""

    kind: str
    name: str
    label: Text
    file: str
    text: str
    version: str
    draft: bool
    removed: bool
    may_edit: bool
    changed_by: Text | None = None
    changed_at: datetime | None = None
    fields: tuple[Field, ...] = ()
    names: dict[str, tuple[str, ...]] = {}
    unreadable: Said | None = None
    look: Look = Look()
    conflict: Conflict | None = None
    error: Said | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the document: a draft's step, or a release (`number`)."""

    what: str
    at: datetime
    by: Text
    number: int | None = None
    diff: tuple[str, ...] = ()


class HistoryView(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    label: Text
    steps: tuple[Step, ...] = ()
