"""The application over sample views: what the pages show without a database. `python tests/admin/sample_app.py PORT` serves it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import sample_views as sample
from litestar import Litestar

from admin.app import create_app
from admin.deps import Deps, LiveEvent, Pdf
from runtime.alerts.answer import AlertAnswer
from runtime.board.preview import Preview
from runtime.board.viewer import SignInView, Viewer
from runtime.calendars.file import days_in, kind_of
from schema_defs.errors import RefusedError
from schema_defs.text import Said

ROLES = ("seller", "manager", "director", "author", "it")


class SampleViews:
    """`mode` is full, empty, or quiet (as on a normal day)."""

    def __init__(self, mode: str = "quiet") -> None:
        self.mode = mode
        self.touched = False

    @property
    def empty(self) -> bool:
        return self.mode == "empty"

    async def board(self, viewer, *, opened=()):
        if self.empty:
            return sample.empty_board()
        if self.mode == "full" or self.touched:
            return sample.full_board()
        return sample.board(tuple(opened))

    async def why(self, viewer, asked):
        known = {column.metric for column in sample.COLUMNS}
        return (
            None
            if asked.metric not in known or asked.key == "nowhere"
            else sample.why(
                asked.metric,
                day=asked.day,
                since=asked.since or (asked.against and date(2026, 10, 23)),
                against=asked.against,
            )
        )

    async def alerts(self, viewer, *, chosen=None):
        if chosen is not None and chosen not in {alert.id for alert in sample.open_alerts()}:
            return None
        return sample.alerts(chosen, empty=self.empty)

    async def watch(self, viewer, *, rule, scope, key, day=None):
        return sample.watch(day) if (rule, key) == ("behind_pace", "shanghai") else None

    async def tried(self, viewer, *, rule=None, first=None, last=None, mode="both", explain=None):
        return None if rule == "none" else sample.tried(self.mode, mode, explain)

    async def chat(self, viewer, *, conversation=None):
        return sample.chat(empty=self.empty)

    async def records(self, viewer, *, dataset=None, search="", page=1):
        return sample.records(empty=self.empty or search == "没有的")

    async def record(self, viewer, *, dataset, record):
        return sample.record() if record == "SO-1182.1" else None

    async def snapshots(self, viewer):
        return sample.snapshots(empty=self.empty)

    async def snapshot(self, viewer, snapshot):
        return sample.snapshot() if snapshot == "sn-102" else None

    async def snapshot_pdf(self, viewer, snapshot):
        return Pdf(b"%PDF-1.7 sample", "war-room.pdf") if snapshot == "sn-102" else None

    async def targets(self, viewer, *, plan=None, opened=()):
        return sample.targets(empty=self.empty)

    async def workbench(self, viewer, *, kind=None, name=None):
        if name == "unknown":
            return None
        return sample.WorkbenchView() if self.empty else sample.workbench()

    async def preview(self, viewer, text):
        return None if self.empty else Preview(metric=text, value=1.5)

    async def calendar(self, viewer, *, year=None):
        return sample.calendar(year or 2026, may_edit=viewer.has("author", "it"))


class SampleVerbs:
    def __init__(self) -> None:
        self.answers: list[tuple[str, AlertAnswer, tuple[str, ...]]] = []
        self.edits: list[dict[str, str]] = []
        self.frozen = 0

    async def answer(self, viewer: Viewer, alert: str, answer: AlertAnswer, mentioned: tuple[str, ...]) -> None:
        if viewer.has("seller"):
            raise RefusedError(
                Said(zh="只有区域经理可以回应这条告警", en="only the region's manager can answer this alert")
            )
        self.answers.append((alert, answer, mentioned))

    async def edit_record(self, viewer, *, dataset, record, values):
        if record != "SO-1182.1":
            return None
        self.edits.append(dict(values))
        return sample.record(error=values.get("amount") == "12,3x")

    async def try_rule(self, viewer: Viewer, *, rule: str, first: date, last: date) -> None:
        self.tried = (rule, first, last)

    async def import_calendar(self, viewer, file, content):
        if not viewer.has("author", "it"):
            raise RefusedError(Said(zh="只有规则作者和 IT", en="only authors and IT"))
        self.edits.append({"file": file, "days": str(len(days_in(file, content)))})
        return [2027]

    async def correct_calendar(self, viewer, day, kind, name):
        self.edits.append({"day": day.isoformat(), "kind": kind_of(day, kind), "name": name})

    async def freeze(self, viewer: Viewer) -> str:
        self.frozen += 1
        return "sn-104"


class SampleDoors:
    """Tokens are the roles; a real door makes random ones."""

    def __init__(self, *, demo: bool = True) -> None:
        self.demo = demo
        self.languages: dict[str, str] = {}
        self.ended: set[str] = set()

    async def page(self, lang) -> SignInView:
        return sample.sign_in(demo=self.demo)

    async def sign_in_as(self, role: str, old: str | None = None) -> str | None:
        return f"token-{role}" if self.demo and role in ROLES else None

    async def sign_in(self, login: str, password: str, old: str | None = None) -> str | None:
        return "token-director" if (login, password) == ("director", "right") else None

    async def viewer(self, token: str) -> Viewer | None:
        role = token.removeprefix("token-")
        return (
            sample.viewer(role, self.languages.get(token, "zh")) if role in ROLES and token not in self.ended else None
        )

    async def sign_out(self, token: str) -> None:
        self.ended.add(token)

    async def set_language(self, token: str, lang) -> None:
        self.languages[token] = lang


class SampleStream:
    """Tells every reader what a test says, from whichever thread."""

    def __init__(self) -> None:
        self.readers: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[LiveEvent]]] = []

    def tell(self, event: LiveEvent) -> None:
        for loop, queue in self.readers:
            loop.call_soon_threadsafe(queue.put_nowait, event)

    async def subscribe(self, viewer: Viewer, last: str | None) -> AsyncIterator[LiveEvent]:
        queue: asyncio.Queue[LiveEvent] = asyncio.Queue()
        self.readers.append((asyncio.get_running_loop(), queue))
        while True:
            yield await queue.get()


class Sample:
    """The application and its parts, for tests to look into."""

    def __init__(
        self, mode: str = "quiet", *, demo: bool = True, secret: str = "a sample secret of some length"
    ) -> None:
        self.views, self.verbs, self.doors, self.stream = (
            SampleViews(mode),
            SampleVerbs(),
            SampleDoors(demo=demo),
            SampleStream(),
        )
        self.is_ready = True

        async def ready() -> bool:
            return self.is_ready

        self.app: Litestar = create_app(
            Deps(
                views=self.views, verbs=self.verbs, doors=self.doors, stream=self.stream, ready=ready, secret=secret,
                demo=demo, chat=True,
            )
        )  # fmt: skip


def serve(port: int, mode: str) -> None:
    import uvicorn

    uvicorn.run(Sample(mode).app, port=port, log_level="warning")


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "quiet")
