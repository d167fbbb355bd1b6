"""What a reader does, carried out by the running system."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import date

from runtime.alerts.answer import AlertAnswer, answer_alert
from runtime.audit.log import note
from runtime.backtests.page import MAY_TRY, may_read
from runtime.backtests.run import ask
from runtime.board.alerts_page import build_alerts
from runtime.board.calendar_page import MAY_EDIT
from runtime.board.records import RecordView
from runtime.board.records_page import build_record
from runtime.board.snapshots_page import MAY_FREEZE
from runtime.board.viewer import Viewer
from runtime.calendars.change import correct_day, import_days
from runtime.calendars.file import days_in, kind_of
from runtime.context import Context
from runtime.demo.desk import ErpDesk
from runtime.drafts.approval import approve
from runtime.drafts.copy import Ref
from runtime.drafts.page import MAY_APPROVE, MAY_RELEASE, MAY_WRITE
from runtime.drafts.planned import cancel_release, plan_release
from runtime.drafts.release import release_drafts
from runtime.drafts.save import discard_draft, keep_draft
from runtime.ids import new_id
from runtime.meetings.freeze import freeze
from runtime.people.rights import sight_in
from runtime.releases.prepared import demand_prepared
from runtime.releases.publish import rollback
from schema_defs.errors import RefusedError, UsageError
from schema_defs.text import Said


class RunningVerbs:
    """Answers to alerts, edits of the demo's source, and snapshots on demand."""

    def __init__(self, context: Context, *, desk: ErpDesk | None = None) -> None:
        self._context = context
        self._desk = desk

    async def answer(self, viewer: Viewer, alert: str, answer: AlertAnswer, mentioned: tuple[str, ...]) -> None:
        """Stores the answer of a reader who sees the alert."""
        configured = await demand_prepared(viewer.tenant)
        shown = await build_alerts(configured, viewer, self._context.clock.now(), chosen=alert)
        if shown is None or shown.chosen is None or not shown.chosen.may_answer:
            raise RefusedError(_NOT_YOURS)
        person = viewer.person or viewer.account
        await answer_alert(self._context, viewer.tenant, alert, person, answer, mentioned=mentioned)

    async def edit_record(
        self, viewer: Viewer, *, dataset: str, record: str, values: Mapping[str, str]
    ) -> RecordView | None:
        """Writes the raw fields to the source; with errors at its fields when a sync would not take the row."""
        configured, now = await demand_prepared(viewer.tenant), self._context.clock.now()
        if self._desk is None or await build_record(configured, viewer, now, dataset=dataset, record=record) is None:
            return None
        day = configured.calendar.today(now)
        written = self._desk.write(configured, viewer, day, dataset, record, values)
        given = None if written else values
        fields = self._desk.fields(configured, viewer, day, dataset, record, given)
        if written:
            await note(
                viewer.tenant, viewer.account, "edit-source", f"{dataset}/{record}", {"fields": list(values)}, now=now
            )
        return await build_record(configured, viewer, now, dataset=dataset, record=record, fields=fields)

    async def try_rule(self, viewer: Viewer, *, rule: str, first: date, last: date) -> None:
        """A backtest of a rule that the reader may see, for those who work with rules."""
        configured, now = await demand_prepared(viewer.tenant), self._context.clock.now()
        sight = sight_in(configured, viewer, configured.calendar.today(now))
        if not viewer.has(*MAY_TRY) or not may_read(configured, sight, rule):
            raise RefusedError(_NOT_YOURS_TO_TRY)
        await ask(self._context, viewer.tenant, rule, first, last)

    async def import_calendar(self, viewer: Viewer, file: str, content: bytes) -> list[int]:
        """Takes the file's days as whole official plans of their years."""
        if not viewer.has(*MAY_EDIT):
            raise RefusedError(_NOT_YOUR_CALENDAR)
        days = await asyncio.to_thread(days_in, file, content)
        return await import_days(self._context, viewer.tenant, days, source=file[:80], by=viewer.account)

    async def correct_calendar(self, viewer: Viewer, day: date, kind: str, name: str) -> None:
        """Says what one day is."""
        if not viewer.has(*MAY_EDIT):
            raise RefusedError(_NOT_YOUR_CALENDAR)
        await correct_day(self._context, viewer.tenant, day, kind_of(day, kind), name, by=viewer.account)

    async def release(self, viewer: Viewer, chosen: Collection[Ref], *, note: str) -> int:
        """Puts the chosen drafts in force."""
        _demand(viewer, MAY_RELEASE, _NOT_YOURS_TO_RELEASE)
        outcome = await release_drafts(self._context, viewer.tenant, chosen, by=viewer.account, note=note)
        return outcome.number

    async def plan_release(self, viewer: Viewer, chosen: Collection[Ref], *, from_day: date, note: str) -> None:
        """Has the chosen drafts go live when the day begins."""
        _demand(viewer, MAY_RELEASE, _NOT_YOURS_TO_RELEASE)
        await plan_release(self._context, viewer.tenant, chosen, by=viewer.account, from_day=from_day, note=note)

    async def cancel_release(self, viewer: Viewer, planned: str) -> None:
        _demand(viewer, MAY_RELEASE, _NOT_YOURS_TO_RELEASE)
        await cancel_release(self._context, viewer.tenant, planned, by=viewer.account)

    async def approve_drafts(self, viewer: Viewer, chosen: Collection[Ref], *, note: str) -> None:
        _demand(viewer, MAY_APPROVE, _NOT_YOURS_TO_APPROVE)
        await approve(self._context, viewer.tenant, chosen, by=viewer.account, note=note)

    async def discard_draft(self, viewer: Viewer, ref: Ref) -> None:
        _demand(viewer, MAY_WRITE, _NOT_YOURS_TO_WRITE)
        await discard_draft(self._context, viewer.tenant, kind=ref[0], name=ref[1], by=viewer.account)

    async def keep_draft(self, viewer: Viewer, ref: Ref, *, version: str) -> None:
        _demand(viewer, MAY_WRITE, _NOT_YOURS_TO_WRITE)
        await keep_draft(self._context, viewer.tenant, kind=ref[0], name=ref[1], version=version, by=viewer.account)

    async def roll_back(self, viewer: Viewer, number: int) -> int:
        _demand(viewer, MAY_RELEASE, _NOT_YOURS_TO_RELEASE)
        return (await rollback(self._context, viewer.tenant, number, by=viewer.account)).number

    async def freeze(self, viewer: Viewer) -> str:
        """A snapshot of the first board that the reader may see, now; its id."""
        if not viewer.has(*MAY_FREEZE):
            raise RefusedError(_NOT_YOURS_TO_FREEZE)
        configured = await demand_prepared(viewer.tenant)
        boards = configured.release.boards.values()
        board = next((each.name for each in boards if not each.visible_to or viewer.has(*each.visible_to)), None)
        if board is None:
            raise UsageError(_NO_BOARD)
        reason = f"asked:{viewer.person or viewer.account}:{new_id()}"
        return (await freeze(self._context, viewer.tenant, board, reason=reason)).id


def _demand(viewer: Viewer, roles: tuple[str, ...], said: Said) -> None:
    if not viewer.has(*roles):
        raise RefusedError(said)


_NOT_YOURS = Said(zh="这个告警不在您的范围内，或已经结束", en="this alert is not in your scope, or has ended")
_NOT_YOURS_TO_FREEZE = Said(
    zh="快照由经理、总监或规则作者冻结；请向他们提出",
    en="managers, directors and authors freeze snapshots; please ask one of them",
)
_NOT_YOURS_TO_TRY = Said(
    zh="规则由经理、总监或规则作者试算，且须看得到它读取的数字；请向他们提出",
    en="managers, directors and authors who see what a rule reads try it on the past; please ask one of them",
)
_NO_BOARD = Said(
    zh="当前版本没有您能看到的看板；先发布一个 board 文档",
    en="the live release has no board for you; publish a board document first",
)
_NOT_YOUR_CALENDAR = Said(zh="只有规则作者和 IT 可以修改日历", en="only the rules' authors and IT change the calendar")
_NOT_YOURS_TO_RELEASE = Said(
    zh="发布和回滚由规则作者或总监进行；请向他们提出",
    en="authors and directors release and roll back; please ask one of them",
)
_NOT_YOURS_TO_APPROVE = Said(
    zh="改动由总监或另一位规则作者批准；请向他们提出",
    en="directors and other authors approve changes; please ask one of them",
)
_NOT_YOURS_TO_WRITE = Said(
    zh="只有规则作者可以修改草稿；请向他们提出", en="only the rules' authors change drafts; please ask one of them"
)
