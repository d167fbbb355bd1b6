"""Why a rule fired for a scope, or why not: any judged day, operand by operand, by how much."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from engine.explain.day import day_node, read_values, streak_node
from engine.explain.rebuild import rebuild
from engine.explain.tree import Given, Node
from engine.explain.why_not import Operand, operands
from engine.expression import Context
from engine.expression.values import Value
from engine.org import COMPANY
from engine.routing import Scope
from engine.rules.explain import explain
from engine.rules.facts import Read
from engine.rules.fold import Past
from engine.rules.names import read_rule_text
from engine.rules.scopes import above
from runtime.alerts.history import history_of
from runtime.alerts.judging import Bench, bench_of
from runtime.alerts.rows import AlertRow, JudgedDayRow
from runtime.board.alerts import StripDay
from runtime.board.alerts_page import STRIP_DAYS, VERDICTS, format_of, label_of, strip_of
from runtime.board.drill import Twig
from runtime.board.hidden import hidden_from, metrics_read
from runtime.board.marks import name_of
from runtime.board.rule_words import condition_words, recovery_words
from runtime.board.viewer import Viewer
from runtime.board.watch import Condition, ReadValue, WatchedDay, WatchView
from runtime.people.rights import Sight, sight_in
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.metric import Format
from schema_defs.rule import ScopeKind
from schema_defs.text import Text


async def build_watch(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    rule: str,
    scope: ScopeKind,
    key: str,
    day: date | None = None,
) -> WatchView | None:
    """How the rule sees the scope, with one judged day (the last one) in full; None when the reader may not see it."""
    sight, document = sight_in(configured, viewer, configured.calendar.today(now)), configured.release.rules.get(rule)
    if document is None or document.scope != scope or not sight.sees(scope, key):
        return None
    if hidden_from(configured, sight).intersection(metrics_read(configured, rule)):
        return None
    bench, place = await bench_of(configured, document), Scope(scope, key)
    strip = await strip_of(bench, place, now, day) if place in bench.scopes else ()
    wanted = day or next((each.day for each in reversed(strip) if each.verdict != "not_judged"), None)
    alert = await rows(AlertRow, configured.tenant).filter(rule=rule, scope=scope, key=key).first()
    return WatchView(
        rule=rule,
        rule_label=document.label or rule,
        condition=condition_words(configured, document),
        expression=document.when,
        recover=recovery_words(document),
        scope=scope,
        key=key,
        scope_label=_label(configured, scope, key),
        needed=document.for_,
        is_watched=place in bench.scopes,
        strip=_seen(bench, sight, place, strip),
        chosen=await _day(bench, sight, place, wanted) if wanted else None,
        alert=alert.id if alert and alert.state != "inactive" else None,
        metric=document.metric,
        release=configured.number,
    )


def rules_of(configured: Prepared, sight: Sight, metric: str, scope: ScopeKind) -> tuple[tuple[str, Text], ...]:
    """The rules that judge such a number at such scopes and that the reader may see: name and label."""
    hidden = hidden_from(configured, sight)
    return tuple(
        (name, rule.label or name)
        for name, rule in configured.release.rules.items()
        if rule.scope == scope
        and metric in {rule.metric, *metrics_read(configured, name)}
        and not hidden.intersection(metrics_read(configured, name))
    )


def _label(configured: Prepared, scope: ScopeKind, key: str) -> Text:
    if scope == "region":
        return configured.org.label(key)
    organisation = configured.release.organisation
    if scope == "company":
        return (organisation.label if organisation else None) or COMPANY
    return name_of(configured, key) or key


def _seen(bench: Bench, sight: Sight, place: Scope, strip: tuple[StripDay, ...]) -> tuple[StripDay, ...]:
    """The strip without the values of a scope above that the reader does not see."""
    return tuple(_seen_day(each, _readable(bench, sight, place, each.day)) for each in strip)


def _seen_day(day: StripDay, shown: frozenset[str]) -> StripDay:
    return msgspec.structs.replace(day, values=tuple(value for value in day.values if value.name in shown))


async def _day(bench: Bench, sight: Sight, place: Scope, day: date) -> WatchedDay | None:
    past = next((one for one in (await history_of(bench, place, day)).past if one.day == day), None)
    if past is None:
        return None
    stored = await _stored(bench, place, past.alert.episode or day, day)
    values: Mapping[str, Value] = {"day": day, **stored[day]}
    shown = _readable(bench, sight, place, day)
    return WatchedDay(
        day=day,
        verdict=VERDICTS[past.verdict],
        state=past.state,
        sentence=explain(bench.rule, past, values, tuple(name for name in bench.judge.names if name in shown)),
        when=_conditions(bench, bench.rule.when, values, day, shown),
        recover=_recovery(bench, past, values, day, shown),
        read=tuple(_value(bench, read, place, day, values) for read in bench.ready.reads if read.name in shown),
        streak=_streak(bench, stored, past, shown),
    )


async def _stored(bench: Bench, place: Scope, first: date, last: date) -> dict[date, dict[str, Value]]:
    """What each judged day read, the oldest first; nothing of a day whose source was late."""
    query = rows(JudgedDayRow, bench.configured.tenant)
    query = query.filter(rule=bench.rule.name, scope=place.kind, key=place.key, judged=True)
    found = await query.filter(day__gte=first, day__lte=last).order_by("day")
    return {row.day: {} if row.values.get("late") else row.values.get("read", {}) for row in found}


def _streak(bench: Bench, stored: Mapping[date, Mapping[str, Value]], past: Past, shown: frozenset[str]) -> Twig | None:
    """The last days of the run as a tree; None where what was stored does not give the state, as for a rule that reads texts."""
    rule = bench.rule
    node = streak_node(rule, [day_node(rule, day, read_values(rule, read)) for day, read in stored.items()])
    if rebuild(node) != past.state:
        return None
    days = tuple(_day_twig(bench, each, shown) for each in node.parts if isinstance(each, Node))
    return Twig(kind="streak", label=node.label, value=past.state, how=rule.when, parts=days[-STRIP_DAYS:])


def _day_twig(bench: Bench, node: Node, shown: frozenset[str]) -> Twig:
    read = [part for part in node.parts if isinstance(part, Given) and part.name in shown]
    return Twig(
        kind="day", label=node.label, value=str(node.value), parts=tuple(_read_twig(bench, each) for each in read)
    )


def _read_twig(bench: Bench, given: Given) -> Twig:
    form, currency = format_of(bench.configured, bench.rule, given.name)
    value = None if given.value is None else float(given.value)
    label = label_of(bench.configured, given.name)
    return Twig(kind="given", label=label, value=value, format=form, currency=currency)


def _recovery(
    bench: Bench, past: Past, values: Mapping[str, Value], day: date, shown: frozenset[str]
) -> tuple[Condition, ...]:
    text = bench.rule.recover_when
    return _conditions(bench, text, values, day, shown) if text and past.alert.firing else ()


def _readable(bench: Bench, sight: Sight, place: Scope, day: date) -> frozenset[str]:
    """The names whose values the reader may see: not those of a scope above that is not the reader's."""
    org = bench.configured.org
    parent = above(place, org.region_of(place.key, day) if place.kind == "person" else None, org)
    sees_parent = parent is not None and sight.sees(parent.kind, parent.key)
    names = {read.name for read in bench.ready.reads if sees_parent or not read.of_parent}
    return frozenset((*names, "day"))


def _conditions(
    bench: Bench, text: str, values: Mapping[str, Value], day: date, shown: frozenset[str]
) -> tuple[Condition, ...]:
    context = Context(today=day, is_working=bench.configured.calendar.is_working)
    found = operands(read_rule_text(text), values, context, read_rule_text)
    return tuple(_condition(bench, each, shown) for each in found)


def _condition(bench: Bench, operand: Operand, shown: frozenset[str]) -> Condition:
    if any(name not in shown for name, _ in operand.read):
        return Condition(text=operand.text, truth=operand.truth)
    formats: list[Format] = [
        format_of(bench.configured, bench.rule, name)[0] for name, _ in operand.read if name != "day"
    ]
    return Condition(
        text=operand.text,
        truth=operand.truth,
        format=formats[0] if formats and len(set(formats)) == 1 else "number",
        sign=operand.sign,
        left=_number(operand.left),
        right=_number(operand.right),
        short=operand.short,
    )


def _value(bench: Bench, read: Read, place: Scope, day: date, values: Mapping[str, Value]) -> ReadValue:
    form, currency = format_of(bench.configured, bench.rule, read.name)
    known = read.metric in bench.configured.metrics.shapes and not read.of_parent
    return ReadValue(
        label=label_of(bench.configured, read.name),
        value=_number(values.get(read.name)),
        format=form,
        currency=currency,
        why=f"{read.metric}:{place.kind}:{place.key}@{day}" if known else None,
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
