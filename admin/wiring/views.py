"""The views of the running system: every page's content, with the rights of its reader."""

from collections.abc import Callable, Collection

from admin.deps import Pdf
from runtime.board.alerts import AlertsView
from runtime.board.alerts_page import build_alerts
from runtime.board.cached import cached_board
from runtime.board.chat import ChatView
from runtime.board.drill import WhyView
from runtime.board.records import RecordsView, RecordView
from runtime.board.records_page import build_record, build_records
from runtime.board.snapshots import SnapshotsView, SnapshotView
from runtime.board.snapshots_page import build_snapshot, build_snapshots, snapshot_pdf
from runtime.board.targets import TargetsView
from runtime.board.targets_page import build_targets
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from runtime.board.why import build_why
from runtime.board.workbench import WorkbenchView
from runtime.board.workbench_page import build_workbench
from runtime.context import Context
from runtime.demo.desk import ErpDesk
from runtime.releases.prepared import Prepared, demand_prepared
from schema_defs.rule import SCOPE_KINDS, ScopeKind

Chat = Callable[[Viewer, str | None], ChatView | None]


class RunningViews:
    """`chat` shows the simulated DingTalk where there is one; `desk` is the source that can be edited here, if any."""

    def __init__(self, context: Context, *, chat: Chat | None = None, desk: ErpDesk | None = None) -> None:
        self._context = context
        self._chat = chat
        self._desk = desk

    async def board(self, viewer: Viewer, *, opened: Collection[str] = ()) -> BoardView:
        return await cached_board(await self._configured(viewer), viewer, self._context.clock.now(), opened=opened)

    async def why(self, viewer: Viewer, *, metric: str, scope: str, key: str, page: int = 1) -> WhyView | None:
        kind = _scope(scope)
        if kind is None:
            return None
        now = self._context.clock.now()
        return await build_why(
            await self._configured(viewer), viewer, now, metric=metric, scope=kind, key=key, page=page
        )

    async def alerts(self, viewer: Viewer, *, chosen: str | None = None) -> AlertsView | None:
        return await build_alerts(await self._configured(viewer), viewer, self._context.clock.now(), chosen=chosen)

    async def chat(self, viewer: Viewer, *, conversation: str | None = None) -> ChatView | None:
        return self._chat(viewer, conversation) if self._chat else None

    async def records(
        self, viewer: Viewer, *, dataset: str | None = None, search: str = "", page: int = 1
    ) -> RecordsView | None:
        return await build_records(
            await self._configured(viewer),
            viewer,
            self._context.clock.now(),
            dataset=dataset,
            search=search,
            page=page,
            editable=self._desk is not None,
        )

    async def record(self, viewer: Viewer, *, dataset: str, record: str) -> RecordView | None:
        configured, now = await self._configured(viewer), self._context.clock.now()
        day = configured.calendar.today(now)
        fields = self._desk.fields(configured, viewer, day, dataset, record) if self._desk else None
        return await build_record(configured, viewer, now, dataset=dataset, record=record, fields=fields)

    async def snapshots(self, viewer: Viewer) -> SnapshotsView:
        return await build_snapshots(await self._configured(viewer), viewer, self._context.clock.now())

    async def snapshot(self, viewer: Viewer, snapshot: str) -> SnapshotView | None:
        return await build_snapshot(await self._configured(viewer), viewer, snapshot)

    async def snapshot_pdf(self, viewer: Viewer, snapshot: str) -> Pdf | None:
        found = await snapshot_pdf(await self._configured(viewer), viewer, snapshot)
        return Pdf(*found) if found else None

    async def targets(
        self, viewer: Viewer, *, plan: str | None = None, opened: Collection[str] = ()
    ) -> TargetsView | None:
        now = self._context.clock.now()
        return await build_targets(await self._configured(viewer), viewer, now, plan=plan, opened=opened)

    async def workbench(
        self, viewer: Viewer, *, kind: str | None = None, name: str | None = None
    ) -> WorkbenchView | None:
        return await build_workbench(await self._configured(viewer), kind=kind, name=name)

    async def _configured(self, viewer: Viewer) -> Prepared:
        return await demand_prepared(viewer.tenant)


def _scope(text: str) -> ScopeKind | None:
    return next((kind for kind in SCOPE_KINDS if kind == text), None)
