"""What the pages need from the runtime. `duiqi serve` and the demo give the real things, tests give small ones."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date
from typing import Any, Literal, Protocol

import msgspec

from runtime.alerts.answer import AlertAnswer
from runtime.backtests.tried import Mode, TriedView
from runtime.board.alerts import AlertsView
from runtime.board.calendar_page import CalendarView
from runtime.board.chat import ChatView
from runtime.board.drill import WhyView
from runtime.board.preview import Preview
from runtime.board.question import Question
from runtime.board.records import RecordsView, RecordView
from runtime.board.snapshots import SnapshotsView, SnapshotView
from runtime.board.targets import TargetsView
from runtime.board.view import BoardView
from runtime.board.viewer import SignInView, Viewer
from runtime.board.watch import WatchView
from runtime.board.workbench import WorkbenchView
from runtime.drafts.copy import Ref
from runtime.drafts.page import ChangesView
from runtime.drafts.releases_page import ReleasesView
from runtime.editor.view import EditorView, HistoryView, Look
from schema_defs.text import Lang


class Pdf(msgspec.Struct, frozen=True):
    """`file_name` is safe for a header: ASCII letters, digits, `-`, `_`, `.`."""

    body: bytes
    file_name: str


class LiveEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something changed for this reader. `rows` are row ids of the board; the page fetches what it shows of them."""

    id: str
    kind: Literal["cells", "alerts", "messages", "release", "snapshots"]
    rows: tuple[str, ...] = ()
    all: bool = False
    """So much changed that a page loads everything it shows."""


class Views(Protocol):
    """Builds what a page shows, with the rights of its reader. None: there is no such thing, or not for this reader."""

    async def board(self, viewer: Viewer, *, opened: Collection[str] = ()) -> BoardView: ...
    async def why(self, viewer: Viewer, asked: Question) -> WhyView | None: ...
    async def alerts(self, viewer: Viewer, *, chosen: str | None = None) -> AlertsView | None: ...
    async def watch(
        self, viewer: Viewer, *, rule: str, scope: str, key: str, day: date | None = None
    ) -> WatchView | None: ...
    async def tried(
        self,
        viewer: Viewer,
        *,
        rule: str | None = None,
        first: date | None = None,
        last: date | None = None,
        mode: Mode = "both",
        explain: tuple[str, date] | None = None,
    ) -> TriedView | None: ...
    async def chat(self, viewer: Viewer, *, conversation: str | None = None) -> ChatView | None: ...
    async def records(
        self, viewer: Viewer, *, dataset: str | None = None, search: str = "", page: int = 1
    ) -> RecordsView | None: ...
    async def record(self, viewer: Viewer, *, dataset: str, record: str) -> RecordView | None: ...
    async def snapshots(self, viewer: Viewer) -> SnapshotsView: ...
    async def snapshot(self, viewer: Viewer, snapshot: str) -> SnapshotView | None: ...
    async def snapshot_pdf(self, viewer: Viewer, snapshot: str) -> Pdf | None: ...
    async def targets(
        self, viewer: Viewer, *, plan: str | None = None, opened: Collection[str] = ()
    ) -> TargetsView | None: ...
    async def workbench(
        self, viewer: Viewer, *, kind: str | None = None, name: str | None = None
    ) -> WorkbenchView | None: ...
    async def preview(self, viewer: Viewer, text: str) -> Preview | None: ...
    async def calendar(self, viewer: Viewer, *, year: int | None = None) -> CalendarView | None: ...
    async def changes(self, viewer: Viewer, *, only: Collection[Ref] | None = None) -> ChangesView | None: ...
    async def releases(self, viewer: Viewer, *, number: int | None = None) -> ReleasesView | None: ...


class Verbs(Protocol):
    """What a reader can do. A DuiqiError is shown as its sentence; None: there is no such thing for this reader."""

    async def answer(self, viewer: Viewer, alert: str, answer: AlertAnswer, mentioned: tuple[str, ...]) -> None: ...
    async def edit_record(
        self, viewer: Viewer, *, dataset: str, record: str, values: Mapping[str, str]
    ) -> RecordView | None:
        """Writes the raw fields to the source. The record as it stands now; with errors at its fields when nothing was written."""
        ...

    async def try_rule(self, viewer: Viewer, *, rule: str, first: date, last: date) -> None:
        """Asks for a backtest of the rule."""
        ...

    async def import_calendar(self, viewer: Viewer, file: str, content: bytes) -> list[int]:
        """Takes the file's days as whole official plans; their years."""
        ...

    async def correct_calendar(self, viewer: Viewer, day: date, kind: str, name: str) -> None: ...
    async def release(self, viewer: Viewer, chosen: Collection[Ref], *, note: str) -> int:
        """Puts the chosen drafts in force; the release's number."""
        ...

    async def plan_release(self, viewer: Viewer, chosen: Collection[Ref], *, from_day: date, note: str) -> None: ...
    async def cancel_release(self, viewer: Viewer, planned: str) -> None: ...
    async def approve_drafts(self, viewer: Viewer, chosen: Collection[Ref], *, note: str) -> None: ...
    async def discard_draft(self, viewer: Viewer, ref: Ref) -> None: ...
    async def keep_draft(self, viewer: Viewer, ref: Ref, *, version: str) -> None: ...
    async def roll_back(self, viewer: Viewer, number: int) -> int:
        """Puts an earlier release in force again, as the next one; its number."""
        ...

    async def freeze(self, viewer: Viewer) -> str:
        """Asks for a snapshot of the board now; its id."""
        ...


class Editor(Protocol):
    """Documents of the working copy, opened, changed and saved. None: there is no such document."""

    async def open(self, viewer: Viewer, kind: str, name: str) -> EditorView | None: ...
    async def change(
        self,
        viewer: Viewer,
        kind: str,
        name: str,
        *,
        text: str,
        version: str,
        posted: dict[str, str],
        do: str,
        key: str,
    ) -> EditorView | None:
        """The page with the form's inputs put into the text; nothing is saved."""
        ...

    async def save(self, viewer: Viewer, kind: str, name: str, *, text: str, version: str) -> EditorView | None:
        """None once the text is saved; else the page, with what stands against it."""
        ...

    async def create(self, viewer: Viewer, kind: str, name: str, *, like: str = "") -> None: ...
    async def remove(self, viewer: Viewer, kind: str, name: str, *, version: str) -> None: ...
    async def look(self, viewer: Viewer, kind: str, name: str, text: str) -> Look | None: ...
    async def history(self, viewer: Viewer, kind: str, name: str) -> HistoryView | None: ...
    async def complete(self, viewer: Viewer, kind: str, text: str, offset: int) -> tuple[int, tuple[str, ...]]:
        """Where the word at the offset begins, and what may stand in its place."""
        ...


class Doors(Protocol):
    """Signing in and out. A token is what the cookie holds; the server keeps the session."""

    async def page(self, lang: Lang) -> SignInView: ...
    async def sign_in_as(self, role: str, old: str | None = None) -> str | None:
        """A session of the demo's account with that role, in place of the `old` one; None where this is no demo or the role is unknown."""
        ...

    async def sign_in(self, login: str, password: str, old: str | None = None) -> str | None: ...
    async def viewer(self, token: str) -> Viewer | None: ...
    async def sign_out(self, token: str) -> None: ...
    async def set_language(self, token: str, lang: Lang) -> None: ...


class Stream(Protocol):
    def subscribe(self, viewer: Viewer, last: str | None) -> AsyncIterator[LiveEvent]:
        """What changes for this reader from now on, after `last` where it is still known."""
        ...


class Deps(msgspec.Struct, frozen=True, kw_only=True):
    views: Views
    verbs: Verbs
    doors: Doors
    stream: Stream
    ready: Any
    """An async function: True once the board can be shown."""
    secret: str
    editor: Editor | None = None
    demo: bool = False
    secure_cookies: bool = False
    chat: bool = False
    """The simulated DingTalk runs in this process and is shown."""
