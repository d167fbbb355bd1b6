"""The views of the running system: every page's content, with the rights of its reader."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

import msgspec

from admin.deps import Pdf
from runtime.backtests.page import build_tried
from runtime.backtests.tried import Mode, TriedView
from runtime.board.alerts import AlertsView
from runtime.board.alerts_page import build_alerts
from runtime.board.build import FRESH
from runtime.board.cached import Boards
from runtime.board.calendar_page import CalendarView, build_calendar
from runtime.board.chat import ChatView
from runtime.board.drill import WhyView
from runtime.board.empty import empty_board
from runtime.board.preview import Preview
from runtime.board.preview_page import preview_metric
from runtime.board.question import Question
from runtime.board.records import RecordsView, RecordView
from runtime.board.records_page import build_record, build_records
from runtime.board.snapshots import SnapshotsView, SnapshotView
from runtime.board.snapshots_page import build_snapshot, build_snapshots, snapshot_pdf
from runtime.board.targets import TargetsView
from runtime.board.targets_page import build_targets
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from runtime.board.watch import WatchView
from runtime.board.watch_page import build_watch
from runtime.board.why import build_why
from runtime.board.workbench import WorkbenchView
from runtime.board.workbench_page import build_workbench
from runtime.context import Context
from runtime.demo.desk import ErpDesk
from runtime.drafts.copy import Ref
from runtime.drafts.page import MAY_WRITE, ChangesView, build_changes
from runtime.drafts.releases_page import ReleasesView, build_releases
from runtime.releases.prepared import prepared
from schema_defs.rule import SCOPE_KINDS, ScopeKind

Chat = Callable[[Viewer, str | None], ChatView | None]


class RunningViews:
    """`chat` shows the simulated DingTalk where there is one; `desk` is the source that can be edited here, if any.

    A cell says for `fresh` what moved it, in the tenants' time.
    """

    def __init__(
        self, context: Context, *, chat: Chat | None = None, desk: ErpDesk | None = None, fresh: timedelta = FRESH
    ) -> None:
        self._context = context
        self._chat = chat
        self._desk = desk
        self._boards = Boards(fresh)

    async def board(self, viewer: Viewer, *, opened: Collection[str] = ()) -> BoardView:
        if (seen := self._boards.just_seen(viewer, opened)) is not None:
            return seen
        configured, now = await prepared(viewer.tenant), self._now()
        if configured is None:
            return empty_board(viewer, now)
        return await self._boards.board(configured, viewer, now, opened=opened)

    def changed(self, tenant: str) -> None:
        """Whoever is told of a change must be shown it."""
        self._boards.changed(tenant)

    async def why(self, viewer: Viewer, asked: Question) -> WhyView | None:
        configured = await prepared(viewer.tenant)
        return await build_why(configured, viewer, self._now(), asked) if configured else None

    async def alerts(self, viewer: Viewer, *, chosen: str | None = None) -> AlertsView | None:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return None if chosen else AlertsView(organisation=viewer.organisation)
        return await build_alerts(configured, viewer, self._now(), chosen=chosen)

    async def watch(
        self, viewer: Viewer, *, rule: str, scope: str, key: str, day: date | None = None
    ) -> WatchView | None:
        configured, kind = await prepared(viewer.tenant), _scope(scope)
        if configured is None or kind is None:
            return None
        return await build_watch(configured, viewer, self._now(), rule=rule, scope=kind, key=key, day=day)

    async def tried(
        self,
        viewer: Viewer,
        *,
        rule: str | None = None,
        first: date | None = None,
        last: date | None = None,
        mode: Mode = "both",
        explain: tuple[str, date] | None = None,
    ) -> TriedView | None:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return None
        return await build_tried(
            configured, viewer, self._now(), rule=rule, first=first, last=last, mode=mode, explain=explain
        )

    async def chat(self, viewer: Viewer, *, conversation: str | None = None) -> ChatView | None:
        return self._chat(viewer, conversation) if self._chat else None

    async def records(
        self, viewer: Viewer, *, dataset: str | None = None, search: str = "", page: int = 1
    ) -> RecordsView | None:
        configured, editable = await prepared(viewer.tenant), self._desk is not None
        if configured is None:
            return None if dataset else RecordsView()
        return await build_records(
            configured, viewer, self._now(), dataset=dataset, search=search, page=page, editable=editable
        )

    async def record(self, viewer: Viewer, *, dataset: str, record: str) -> RecordView | None:
        configured, now = await prepared(viewer.tenant), self._now()
        if configured is None:
            return None
        day = configured.calendar.today(now)
        fields = self._desk.fields(configured, viewer, day, dataset, record) if self._desk else None
        return await build_record(configured, viewer, now, dataset=dataset, record=record, fields=fields)

    async def snapshots(self, viewer: Viewer) -> SnapshotsView:
        configured = await prepared(viewer.tenant)
        return await build_snapshots(configured, viewer, self._now()) if configured else SnapshotsView()

    async def snapshot(self, viewer: Viewer, snapshot: str) -> SnapshotView | None:
        configured = await prepared(viewer.tenant)
        return await build_snapshot(configured, viewer, snapshot) if configured else None

    async def snapshot_pdf(self, viewer: Viewer, snapshot: str) -> Pdf | None:
        configured = await prepared(viewer.tenant)
        found = await snapshot_pdf(configured, viewer, snapshot) if configured else None
        return Pdf(*found) if found else None

    async def targets(
        self, viewer: Viewer, *, plan: str | None = None, opened: Collection[str] = ()
    ) -> TargetsView | None:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return None if plan else TargetsView()
        return await build_targets(configured, viewer, self._now(), plan=plan, opened=opened)

    async def workbench(
        self, viewer: Viewer, *, kind: str | None = None, name: str | None = None
    ) -> WorkbenchView | None:
        configured = await prepared(viewer.tenant)
        if configured is None:
            return None if name else WorkbenchView()
        view = await build_workbench(configured, kind=kind, name=name)
        return msgspec.structs.replace(view, may_edit=viewer.has(*MAY_WRITE)) if view else None

    async def preview(self, viewer: Viewer, text: str) -> Preview | None:
        configured = await prepared(viewer.tenant)
        return await preview_metric(configured, viewer, self._now(), text) if configured else None

    async def calendar(self, viewer: Viewer, *, year: int | None = None) -> CalendarView | None:
        configured = await prepared(viewer.tenant)
        return await build_calendar(configured, viewer, self._now(), year) if configured else None

    async def changes(self, viewer: Viewer, *, only: Collection[Ref] | None = None) -> ChangesView | None:
        configured = await prepared(viewer.tenant)
        return await build_changes(configured, viewer, self._now(), only=only) if configured else None

    async def releases(self, viewer: Viewer, *, number: int | None = None) -> ReleasesView | None:
        configured = await prepared(viewer.tenant)
        return await build_releases(configured, viewer, self._now(), number=number) if configured else None

    def _now(self) -> datetime:
        return self._context.clock.now()


def _scope(text: str) -> ScopeKind | None:
    return next((kind for kind in SCOPE_KINDS if kind == text), None)
