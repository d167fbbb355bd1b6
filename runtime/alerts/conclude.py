"""From the verdicts of a scope to its alert: state, transitions, messages and actions, decided in one transaction."""

from datetime import date, datetime

import msgspec

from engine.routing import Scope
from engine.rules.fold import FIRING, state_of
from engine.rules.notices import Notice, Told, tell
from runtime.alerts.history import History, history_of
from runtime.alerts.judging import Bench
from runtime.alerts.notices import Address, Occasion, addresses, message_of
from runtime.alerts.rows import AlertRow, ToldRow
from runtime.alerts.transitions import note_transitions
from runtime.audit.log import note
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import put
from runtime.events import publish_after_commit
from runtime.people.directory import reach_of
from runtime.people.languages import language_of
from runtime.queue.jobs import enqueue
from runtime.tenancy import add, add_missing, rows
from schema_defs.duration import span_of
from schema_defs.rule import Rule

SYSTEM = "duiqi"
"""Who the audit log names for what nobody did by hand."""


async def conclude(context: Context, bench: Bench, scope: Scope, day: date) -> None:
    """Brings the alert of the scope to where its history says it stands, and tells whoever was told something else."""
    await transact(lambda: _Step(context, bench, scope, day).take())


class _Step:
    """One step of one scope; the row of its alert is locked, so that steps come one after the other."""

    def __init__(self, context: Context, bench: Bench, scope: Scope, day: date) -> None:
        self.context, self.bench, self.scope, self.day = context, bench, scope, day
        self.tenant, self.rule, self.now = bench.configured.tenant, bench.rule, context.clock.now()

    async def take(self) -> None:
        row = await self._lock()
        history = await history_of(self.bench, self.scope, self.day)
        state = state_of(history.alert, self.rule)
        await self._store(row, history, state)
        await note_transitions(self.tenant, self.rule.name, self.scope, history.past, self.now)
        for address in addresses(self.bench.configured, self.rule, self.scope, self.day):
            await self._tell(row.id, history, address)
        if history.alert.firing and row.state not in FIRING:
            await self._act(row.id, history)
        if row.state != state:
            changed = {"rule": self.rule.name, "scope": self.scope.kind, "key": self.scope.key, "state": state}
            publish_after_commit(self.context.events, self.tenant, "alert", changed)

    async def _lock(self) -> AlertRow:
        """The alert as it stood before, which nobody else changes until this transaction ends."""
        place = {"rule": self.rule.name, "scope": self.scope.kind, "key": self.scope.key}
        new = AlertRow(
            tenant=self.tenant, **place, severity=self.rule.severity, updated_at=self.now, day=self.day, values={}
        )
        await add_missing([new])
        return await rows(AlertRow, self.tenant).select_for_update().get(**place)

    async def _store(self, row: AlertRow, history: History, state: str) -> None:
        alert = history.alert
        values = {"run": alert.run, "clear_days": alert.clear_days, "read": history.read, "late": history.late}
        await (
            rows(AlertRow, self.tenant)
            .filter(id=row.id)
            .update(
                state=state,
                episode=alert.episode,
                since=alert.fired,
                severity=self.rule.severity,
                mark=_mark(self.rule) if alert.firing else None,
                updated_at=self.now,
                day=self.day,
                values=values,
            )
        )

    async def _tell(self, alert_id: str, history: History, address: Address) -> None:
        """Puts the notices that are due to one recipient into the outbox, and writes down what they know now."""
        told_row = await self._told_row(address)
        told = msgspec.convert(told_row.what, Told) if told_row.what else Told()
        due, after = tell(self.rule, history.past, told, self.day, about=address.about)
        if not due:
            return
        for notice in due:
            if notice.kind in address.messages:
                await self._put(alert_id, history, address, notice)
        mine = rows(ToldRow, self.tenant).filter(id=told_row.id)
        await mine.update(number=after.number, what={**told_row.what, **msgspec.to_builtins(after)})

    async def _told_row(self, address: Address) -> ToldRow:
        place = {
            "rule": self.rule.name,
            "scope": self.scope.kind,
            "key": self.scope.key,
            "recipient": address.recipient.person,
            "channel": address.channel,
        }
        query = rows(ToldRow, self.tenant)
        return await query.get_or_none(**place) or await add(ToldRow(tenant=self.tenant, what={}, **place))

    async def _put(self, alert_id: str, history: History, address: Address, notice: Notice) -> None:
        person = address.recipient.person
        reach = await reach_of(self.tenant, person, self.context.secrets)
        message, trouble = message_of(
            Occasion(
                configured=self.bench.configured,
                rule=self.rule,
                scope=self.scope,
                notice=notice,
                past=history.past,
                read=history.read,
            ),
            address,
            link=f"{self.context.settings.base_url}/alerts/{alert_id}",
            lang=await language_of(self.tenant, person),
            mobiles=(reach.dingtalk,) if reach.dingtalk else (),
            now=self.now,
        )
        if trouble is not None:
            detail = {"message": address.messages.get(notice.kind), "zh": trouble.zh, "en": trouble.en}
            await note(self.tenant, SYSTEM, "message failed", self.rule.name, detail, now=self.now)
        await put(self.tenant, message, now=self.now)
        if notice.kind == "fired" and self.rule.unanswered is not None:
            await self._wait_for_answer(alert_id, notice, message.not_before)

    async def _wait_for_answer(self, alert_id: str, notice: Notice, sent_at: datetime) -> None:
        assert self.rule.unanswered is not None
        span = span_of(self.rule.unanswered.after)
        due = self.bench.configured.calendar.after_working_hours(sent_at, span)
        args = {"alert": alert_id, "episode": f"{notice.episode}", "asked_at": self.now.isoformat()}
        await enqueue(self.tenant, "escalate", f"{alert_id}:{notice.episode}", args, now=self.now, run_after=due)

    async def _act(self, alert_id: str, history: History) -> None:
        """What else the rule asks for when it fires: a snapshot, once per episode."""
        for action in self.rule.on_fire:
            if action.snapshot is not None:
                reason = f"alert:{alert_id}:{history.alert.episode}:{action.snapshot}"
                args = {"board": action.snapshot, "reason": reason, "kind": "alert"}
                await enqueue(self.tenant, "snapshot", reason, args, now=self.now)


def _mark(rule: Rule) -> str | None:
    return next((action.mark for action in rule.on_fire if action.mark), None)
