"""From the verdicts of a scope to its alert: state, transitions, messages and actions, decided in one transaction."""

from datetime import date, datetime

import msgspec

from engine.routing import Scope
from engine.rules.fold import Alert, Past, replay, state_of
from engine.rules.notices import Notice, Told, tell
from engine.rules.timeline import transitions_of
from runtime.alerts.judging import Bench, judgement_of
from runtime.alerts.notices import Address, addresses, message_of
from runtime.alerts.rows import AlertRow, JudgedDayRow, ToldRow, TransitionRow
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import put
from runtime.events import publish_after_commit
from runtime.people.directory import reach_of
from runtime.people.languages import language_of
from runtime.queue.jobs import enqueue
from runtime.tenancy import add, add_all, add_missing, rows
from schema_defs.duration import span_of
from schema_defs.rule import Rule
from schema_defs.text import Lang


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A scope's judged days up to the step's day, replayed, with the values that the last of them read."""

    past: tuple[Past, ...]
    alert: Alert
    read: dict[str, object]
    late: bool


async def conclude(context: Context, bench: Bench, scope: Scope, day: date) -> None:
    """Brings the alert of the scope to where its history says it stands, and tells whoever was told something else."""
    history = await history_of(bench, scope, day)
    talk = [await _talk(context, bench, address) for address in addresses(bench.configured, bench.rule, scope, day)]

    async def decide() -> None:
        before, row = await _take(bench, scope, day, history, context.clock.now())
        await _note_transitions(bench, scope, history, context.clock.now())
        for each in talk:
            await _tell(context, bench, scope, day, history, row.id, each)
        await _act(context, bench.configured.tenant, bench.rule, scope, history, was_firing=before in _FIRING)
        if before != row.state:
            changed = {"rule": bench.rule.name, "scope": scope.kind, "key": scope.key, "state": row.state}
            publish_after_commit(context.events, bench.configured.tenant, "alert", changed)

    await transact(decide)


class Talk(msgspec.Struct, frozen=True):
    """One recipient over one channel, in their language, with the telephone that shall ring."""

    address: Address
    lang: Lang
    mobiles: tuple[str, ...]


async def _talk(context: Context, bench: Bench, address: Address) -> Talk:
    person, tenant = address.recipient.person, bench.configured.tenant
    reach = await reach_of(tenant, person, context.secrets)
    return Talk(address, await language_of(tenant, person), (reach.dingtalk,) if reach.dingtalk else ())


async def history_of(bench: Bench, scope: Scope, day: date) -> History:
    """Every judged day of the scope up to `day`, through the one fold."""
    query = rows(JudgedDayRow, bench.configured.tenant).filter(rule=bench.rule.name, scope=scope.kind, key=scope.key)
    judged = await query.filter(day__lte=day, judged=True).order_by("day")
    past = tuple(replay(bench.rule, [judgement_of(row) for row in judged]))
    last = judged[-1].values if judged else {}
    return History(
        past=past,
        alert=past[-1].alert if past else Alert(),
        read=last.get("read", {}),
        late=bool(last.get("late")),
    )


async def _take(bench: Bench, scope: Scope, day: date, history: History, now: datetime) -> tuple[str, AlertRow]:
    """Writes the alert's row, and with it the lock on this rule and scope; gives the state before."""
    tenant, rule = bench.configured.tenant, bench.rule
    place = {"rule": rule.name, "scope": scope.kind, "key": scope.key}
    await add_missing([AlertRow(tenant=tenant, **place, severity=rule.severity, updated_at=now, day=day, values={})])
    row = await rows(AlertRow, tenant).select_for_update().get(**place)
    before, alert = row.state, history.alert
    row.state = state_of(alert, rule)
    await (
        rows(AlertRow, tenant)
        .filter(id=row.id)
        .update(
            state=row.state,
            episode=alert.episode,
            since=alert.fired,
            severity=rule.severity,
            mark=_mark(rule) if alert.firing else None,
            updated_at=now,
            day=day,
            values={"run": alert.run, "clear_days": alert.clear_days, "read": history.read, "late": history.late},
        )
    )
    return before, row


async def _note_transitions(bench: Bench, scope: Scope, history: History, now: datetime) -> None:
    """Adds the changes that the log does not have yet; what a correction took back stays in the log as it was known."""
    tenant, rule = bench.configured.tenant, bench.rule
    query = rows(TransitionRow, tenant).filter(rule=rule.name, scope=scope.kind, key=scope.key)
    known = {(row.day, row.kind) for row in await query}
    new = [change for change in transitions_of(history.past) if (change.day, change.after) not in known]
    await add_all(
        [
            TransitionRow(
                tenant=tenant,
                rule=rule.name,
                scope=scope.kind,
                key=scope.key,
                day=change.day,
                kind=change.after,
                values={"before": change.before},
                at=now,
            )
            for change in new
        ]
    )


async def _tell(
    context: Context,
    bench: Bench,
    scope: Scope,
    day: date,
    history: History,
    alert_id: str,
    talk: Talk,
) -> None:
    """Puts the notices that are due to one recipient into the outbox, and writes down what they were told."""
    address = talk.address
    told_row = await _told_row(bench, scope, address)
    told = msgspec.convert(told_row.what, Told) if told_row.what else Told()
    due, after = tell(bench.rule, history.past, told, day, about=address.about)  # type: ignore[arg-type]  # ours
    if not due:
        return
    for notice in due:
        await _put(context, bench, scope, history, alert_id, talk, notice)
    mine = rows(ToldRow, bench.configured.tenant).filter(id=told_row.id)
    await mine.update(number=after.number, what=msgspec.to_builtins(after))


async def _told_row(bench: Bench, scope: Scope, address: Address) -> ToldRow:
    place = {
        "rule": bench.rule.name,
        "scope": scope.kind,
        "key": scope.key,
        "recipient": address.recipient.person,
        "channel": address.channel,
    }
    query = rows(ToldRow, bench.configured.tenant)
    return await query.get_or_none(**place) or await add(ToldRow(tenant=bench.configured.tenant, what={}, **place))


async def _put(
    context: Context,
    bench: Bench,
    scope: Scope,
    history: History,
    alert_id: str,
    talk: Talk,
    notice: Notice,
) -> None:
    now = context.clock.now()
    link = f"{context.settings.base_url}/alerts/{alert_id}"
    message = message_of(
        bench.configured,
        bench.rule,
        scope,
        talk.address,
        notice,
        history.past,
        history.read,
        link=link,
        lang=talk.lang,
        mobiles=talk.mobiles,
        now=now,
    )
    await put(bench.configured.tenant, message, now=now)
    if notice.kind == "fired" and bench.rule.unanswered is not None:
        due = bench.configured.calendar.after_working_hours(message.not_before, span_of(bench.rule.unanswered.after))
        args = {"rule": bench.rule.name, "scope": scope.kind, "key": scope.key, "episode": f"{notice.episode}"}
        await enqueue(bench.configured.tenant, "escalate", f"{alert_id}:{notice.episode}", args, now=now, run_after=due)


async def _act(context: Context, tenant: str, rule: Rule, scope: Scope, history: History, *, was_firing: bool) -> None:
    """What else the rule asks for when it fires: a snapshot, once per episode."""
    if was_firing or not history.alert.firing:
        return
    for action in rule.on_fire:
        if action.snapshot is not None:
            reason = f"rule:{rule.name}:{scope.kind}:{scope.key}:{history.alert.episode}"
            args = {"board": action.snapshot, "reason": reason, "kind": "alert"}
            await enqueue(tenant, "snapshot", reason, args, now=context.clock.now())


def _mark(rule: Rule) -> str | None:
    return next((action.mark for action in rule.on_fire if action.mark), None)


_FIRING = ("firing", "recovering")
