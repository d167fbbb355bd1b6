"""The alerts page: the list, and the why of one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from engine.metrics.span import days_on
from engine.routing import Scope
from engine.rules.fold import FIRING, Past
from engine.rules.verdict import Verdict
from runtime.alerts.answer import REASONS
from runtime.alerts.history import history_of
from runtime.alerts.judging import Bench, bench_of, last_closed, time_of
from runtime.alerts.rows import AcknowledgementRow, AlertRow, JudgedDayRow, TransitionRow
from runtime.board.alert_lines import alert_lines
from runtime.board.alerts import (
    Acknowledgement,
    AlertsView,
    AlertWhy,
    Delivery,
    Notice,
    StripDay,
    Transition,
    Value,
)
from runtime.board.alerts import Verdict as Shown
from runtime.board.clocks import complete_up_to, source_clocks
from runtime.board.columns import currency_of
from runtime.board.marks import OPEN, answer_kind, name_of
from runtime.board.rule_words import condition_words, recovery_words
from runtime.board.view import OpenAlert
from runtime.board.viewer import Viewer
from runtime.delivery.rows import NotificationRow
from runtime.people.rights import Sight, sight_in
from runtime.queue.rows import JobRow
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from runtime.wording import day as day_words
from schema_defs.metric import Format
from schema_defs.rule import Rule
from schema_defs.text import Said, Text

STRIP_DAYS = 15
CLOSED_SHOWN = 12
CLOSED_WITHIN = 45
"""So many days an alert that ended is still listed."""

Place = tuple[str, str, str]
"""Rule, scope and key."""


async def build_alerts(
    configured: Prepared, viewer: Viewer, now: datetime, *, chosen: str | None = None
) -> AlertsView | None:
    """The alerts that the reader may see; None when `chosen` is none of them."""
    day = configured.calendar.today(now)
    sight = sight_in(configured, viewer, day)
    lines, closed = await alert_lines(configured, sight), await _closed(configured, sight, day)
    found = next((line for line in (*lines, *closed) if line.id == chosen), None) if chosen else None
    if chosen and found is None:
        return None
    shown = found or next(iter(lines), None)
    rules = configured.release.rules.values()
    watched = {(scope.kind, scope.key) for rule in rules for scope in (await bench_of(configured, rule)).scopes}
    last = await rows(JudgedDayRow, configured.tenant).order_by("-day").limit(1)
    return AlertsView(
        organisation=viewer.organisation,
        open=lines,
        closed=tuple(closed),
        chosen=await _why(configured, viewer, sight, shown, now) if shown else None,
        judged_until=last[0].day if last else None,
        watched=sum(1 for scope, key in watched if sight.sees(scope, key)),
    )


async def _closed(configured: Prepared, sight: Sight, today: date) -> list[OpenAlert]:
    """Alerts that fired and ended within the last weeks, the last ones first, each with the day on which it ended."""
    ended = await _ends(configured.tenant, today - timedelta(days=CLOSED_WITHIN))
    alerts = {row.id: row for row in await rows(AlertRow, configured.tenant).filter(state="inactive")}
    found = []
    for line in await alert_lines(configured, sight, states=("inactive",)):
        day = ended.get((alerts[line.id].rule, line.scope, line.key)) if line.id in alerts else None
        if day is not None:
            found.append(msgspec.structs.replace(line, sentence=_ended(day), since=day))
    return sorted(found, key=lambda line: line.since, reverse=True)[:CLOSED_SHOWN]


async def _ends(tenant: str, since: date) -> dict[Place, date]:
    """Per alert the day on which it ended last, if it lies behind `since`.

    A line of the log may have been overtaken by what became known of the days before: what counts is the state in which each
    day was left last, day after day.
    """
    log = rows(TransitionRow, tenant).order_by("day", "at", "id")
    state, ended = dict[Place, str](), dict[Place, date]()
    for rule, scope, key, day, kind in await log.values_list("rule", "scope", "key", "day", "kind"):
        place, was_there = (rule, scope, key), state.get((rule, scope, key)) in FIRING
        state[place] = kind
        if kind in FIRING:
            ended.pop(place, None)
        elif was_there:
            ended[place] = day
    return {place: day for place, day in ended.items() if day >= since}


def _ended(day: date) -> Text:
    return {"zh": f"{day_words(day, 'zh')}回到正常", "en": f"back to normal on {day_words(day, 'en')}"}


async def _why(configured: Prepared, viewer: Viewer, sight: Sight, line: OpenAlert, now: datetime) -> AlertWhy:
    alert = await rows(AlertRow, configured.tenant).get(id=line.id)
    rule = configured.release.rules[alert.rule]
    bench = await bench_of(configured, rule)
    clocks = await source_clocks(configured, now)
    answers = await _answers(configured, alert)
    return AlertWhy(
        alert=line,
        rule=rule.name,
        condition=condition_words(configured, rule),
        expression=rule.when,
        recover=recovery_words(rule),
        strip=await strip_of(bench, Scope(alert.scope, alert.key), now),  # type: ignore[arg-type]  # written by us
        transitions=await _transitions(configured, rule, alert),
        deliveries=await _deliveries(configured, alert),
        answers=answers,
        metric=rule.metric,
        may_answer=line.state in OPEN and viewer.has("manager", "director", "seller"),
        people=_mentionable(configured, sight, viewer),
        escalates_at=None if answers else await _escalates_at(configured, alert),
        release=configured.number,
        complete_up_to=complete_up_to(clocks),
    )


async def strip_of(bench: Bench, scope: Scope, now: datetime, around: date | None = None) -> tuple[StripDay, ...]:
    """The last calendar days, or those around a day, with their verdicts, through the same fold that decides."""
    configured, rule = bench.configured, bench.rule
    last = last_closed(configured, time_of(rule, configured.release.calendar), now)
    if around is not None:
        last = min(last, days_on(around, STRIP_DAYS // 3))
    history = await history_of(bench, scope, last)
    past = {one.day: one for one in history.past}
    query = rows(JudgedDayRow, configured.tenant).filter(rule=rule.name, scope=scope.kind, key=scope.key)
    first = date.fromordinal(last.toordinal() - STRIP_DAYS + 1)
    stored = {row.day: row for row in await query.filter(day__gte=first, day__lte=last)}
    told, since = await _told_on(configured, rule.name, scope), await _first_release(configured)
    return tuple(
        _strip_day(configured, bench, day, past[day], stored[day], told.get(day, ()), watched=day >= since)
        if day in past and day in stored
        else StripDay(day=day, verdict="not_judged")
        for day in (date.fromordinal(first.toordinal() + offset) for offset in range(STRIP_DAYS))
    )


def _strip_day(
    configured: Prepared,
    bench: Bench,
    day: date,
    past: Past,
    row: JudgedDayRow,
    told: Sequence[Notice],
    *,
    watched: bool,
) -> StripDay:
    """A judged day. What is judged later than on its day was corrected, unless nobody watched then."""
    read = {name: value for name, value in row.values.get("read", {}).items() if name in bench.judge.names}
    fired: tuple[Notice, ...] = ("fired",) if past.alert.fired == day else ()
    return StripDay(
        day=day,
        verdict=VERDICTS[past.verdict],
        values=_values(configured, bench.rule, read),
        run=past.alert.run,
        corrected=watched and row.judged_at.astimezone(configured.calendar.tz).date() > day,
        notices=tuple(dict.fromkeys((*fired, *told))),
        reason=_LATE if row.values.get("late") else None,
    )


async def _told_on(configured: Prepared, rule: str, scope: Scope) -> dict[date, tuple[Notice, ...]]:
    """What was told by the rule about the scope on which day."""
    query = rows(NotificationRow, configured.tenant).filter(rule=rule, scope=scope.kind, scope_key=scope.key)
    found: dict[date, tuple[Notice, ...]] = {}
    for row in await query.filter(notice__in=list(_NOTICES)).order_by("created_at"):
        day = row.created_at.astimezone(configured.calendar.tz).date()
        found[day] = (*found.get(day, ()), _NOTICES[row.notice])
    return found


async def _first_release(configured: Prepared) -> date:
    """Since when days are watched as they come."""
    first = await rows(ReleaseRow, configured.tenant).order_by("number").first()
    return first.published_at.astimezone(configured.calendar.tz).date() if first else date.max


def _values(configured: Prepared, rule: Rule, read: dict[str, object]) -> tuple[Value, ...]:
    return tuple(
        Value(name=name, label=label_of(configured, name), value=float(value), format=form, currency=currency)
        for name, value in read.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
        for form, currency in [format_of(configured, rule, name)]
    )


def label_of(configured: Prepared, name: str) -> Text:
    """A name that a rule reads, in words."""
    if name in _NAMES:
        return {"zh": _NAMES[name].zh, "en": _NAMES[name].en}
    metric = configured.release.metrics.get(name)
    return (metric.label or name) if metric else name


def format_of(configured: Prepared, rule: Rule, name: str) -> tuple[Format, str | None]:
    """How the value of a name is written, and its currency."""
    if name in ("attainment", "pace", "gap", "score"):
        return "percent", None
    metric = configured.release.metrics.get(rule.metric or "" if name in _NAMES else name)
    form: Format = (metric.format if metric else None) or "number"
    return form, currency_of(configured) if form == "money" else None


async def _transitions(configured: Prepared, rule: Rule, alert: AlertRow) -> tuple[Transition, ...]:
    query = rows(TransitionRow, configured.tenant).filter(rule=alert.rule, scope=alert.scope, key=alert.key)
    return tuple(
        Transition(
            at=row.at.astimezone(configured.calendar.tz),
            day=row.day,
            before=row.values.get("before", "inactive"),
            after=row.kind,  # type: ignore[arg-type]  # states are written by us
            reason=_REASONS.get(row.kind, {"zh": "", "en": ""}),
        )
        for row in await query.order_by("-day", "-at").limit(10)
    )


async def _deliveries(configured: Prepared, alert: AlertRow) -> tuple[Delivery, ...]:
    query = rows(NotificationRow, configured.tenant).filter(
        rule=alert.rule, scope=alert.scope, scope_key=alert.key, notice__in=list(_NOTICES)
    )
    return tuple(_delivery(configured, row) for row in await query.order_by("-created_at").limit(20))


def _delivery(configured: Prepared, row: NotificationRow) -> Delivery:
    channel = configured.release.channels.get(row.channel)
    note: Text | None = {"zh": row.last_error["zh"], "en": row.last_error["en"]} if row.last_error else None
    at = (row.sent_at or row.created_at).astimezone(configured.calendar.tz)
    return Delivery(
        recipient=name_of(configured, row.recipient) or row.recipient,
        channel=(channel.label if channel else None) or row.channel,
        notice=_NOTICES[row.notice],
        state=row.state,  # type: ignore[arg-type]  # states are written by us
        at=at,
        key=row.key,
        attempts=row.attempts,
        note=note,
    )


async def _answers(configured: Prepared, alert: AlertRow) -> tuple[Acknowledgement, ...]:
    query = rows(AcknowledgementRow, configured.tenant).filter(alert_id=alert.id).order_by("-at")
    return tuple(
        Acknowledgement(
            at=row.at.astimezone(configured.calendar.tz),
            who=name_of(configured, row.person) or row.person,
            kind=answer_kind(row),
            text=_answer_text(row),
            promised=row.promised_on,
        )
        for row in await query.limit(20)
    )


def _answer_text(row: AcknowledgementRow) -> str:
    reason = REASONS.get(row.reason or "")
    parts = [reason.zh] if reason and row.reason != "other" else []
    return " · ".join([*parts, row.text] if row.text else parts)


def _mentionable(configured: Prepared, sight: Sight, viewer: Viewer) -> tuple[tuple[str, Text], ...]:
    people = [person for person in configured.org.people() if {"manager", "director"} & set(person.roles)]
    return tuple((person.key, person.label or person.key) for person in people if person.key != viewer.person)


async def _escalates_at(configured: Prepared, alert: AlertRow) -> datetime | None:
    key = f"{alert.id}:{alert.episode}"
    jobs = rows(JobRow, configured.tenant).filter(kind="escalate", key=key, state="queued")
    found = await jobs.limit(1)
    return found[0].run_after.astimezone(configured.calendar.tz) if found else None


VERDICTS: dict[Verdict, Shown] = {Verdict.HOLDS: "holds", Verdict.CLEAR: "clear", Verdict.NO_DATA: "no_data"}
_NOTICES: dict[str, Notice] = {
    "fired": "fired", "recovered": "recovered", "repeated": "repeated", "no_data": "no_data", "data_back": "data_back",
    "escalated": "escalated",
}  # fmt: skip
_NAMES: dict[str, Said] = {
    "actual": Said(zh="实际", en="Actual"),
    "target": Said(zh="目标", en="Target"),
    "attainment": Said(zh="完成率", en="Attainment"),
    "pace": Said(zh="应达进度", en="Pace"),
    "gap": Said(zh="进度差", en="Gap"),
    "gap_amount": Said(zh="差额", en="Gap amount"),
    "run_rate": Said(zh="所需日均", en="Run rate"),
    "projection": Said(zh="月末预测", en="Projection"),
    "score": Said(zh="得分", en="Score"),
}
_REASONS: dict[str, Text] = {
    "pending": {"zh": "条件开始成立", "en": "the condition began to hold"},
    "firing": {"zh": "连续成立的天数够了", "en": "it held for enough days in a row"},
    "recovering": {"zh": "条件不再成立，观察中", "en": "it is clear, and watched for a while"},
    "inactive": {"zh": "回到正常", "en": "back to normal"},
    "no_data": {"zh": "没有数据", "en": "no data"},
}
_LATE: Text = {"zh": "数据源延迟，当天未判定", "en": "the source was late, so the day has no data"}
