"""The page on which a rule is tried on the past: what the job found, as far as its reader may see it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import mean

import msgspec

from engine.explain.hindsight import DayDifference, Hindsight
from engine.explain.late import LateRecord, Moved
from engine.records.record import Record
from engine.routing import Scope
from engine.rules.backtest import Backtest
from engine.rules.fold import FIRING
from engine.rules.summary import Month, Summary
from runtime.alerts.ready_rules import ready_rules
from runtime.backtests.given import given_of
from runtime.backtests.run import Day, Result, Side
from runtime.backtests.tried import (
    Look,
    Mode,
    TriedDay,
    TriedMove,
    TriedPerson,
    TriedRecord,
    TriedScope,
    TriedSum,
    TriedView,
    TriedWhy,
)
from runtime.board.columns import column_of, hidden_fields
from runtime.board.hidden import hidden_from, metrics_read
from runtime.board.ids import id_of
from runtime.board.marks import name_of
from runtime.board.viewer import Viewer
from runtime.board.why_ground import may_open
from runtime.people.rights import Sight, sight_in
from runtime.queue.rows import JobRow
from runtime.records.store import key_text
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Text

MAY_TRY = ("manager", "director", "author")
DAYS = 90
RECORDS = 12
"""So many late records of a day are listed, those that moved the number most."""


def may_read(configured: Prepared, sight: Sight, rule: str) -> bool:
    """Whether nothing that the rule reads is hidden from the reader."""
    hidden = hidden_from(configured, sight)
    return rule in configured.release.rules and not hidden.intersection(metrics_read(configured, rule))


async def build_tried(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    rule: str | None = None,
    first: date | None = None,
    last: date | None = None,
    mode: Mode = "then",
    explain: tuple[str, date] | None = None,
) -> TriedView | None:
    """The page of a rule and its days; without days the last `DAYS` before today. None where the reader may not see the rule."""
    today = configured.calendar.today(now)
    sight = sight_in(configured, viewer, today)
    names = [name for name in configured.release.rules if may_read(configured, sight, name)]
    chosen = rule if rule is not None else next(iter(names), None)
    if chosen not in names:
        return None
    last = last or today - timedelta(days=1)
    first = first or last - timedelta(days=DAYS - 1)
    view = TriedView(
        rules=tuple((name, configured.release.rules[name].label or name) for name in names),
        rule=chosen,
        first=first,
        last=last,
        mode=mode,
        state="none",
        may_try=viewer.has(*MAY_TRY),
    )
    job = await _job(configured.tenant, chosen, first, last)
    if job is None:
        return view
    if job.state != "done":
        return _unfinished(view, job)
    found = msgspec.convert(job.result, Result)
    if found.release != configured.number:
        # What may be seen goes by the release that is live; an older one's result may hold what is hidden now.
        return msgspec.structs.replace(view, release=found.release, is_live=False)
    return await _done(configured, sight, now, view, found, explain)


async def _job(tenant: str, rule: str, first: date, last: date) -> JobRow | None:
    query = rows(JobRow, tenant).filter(kind="backtest", key=f"{rule}:{first}:{last}")
    return await query.order_by("-created_at", "-id").first()


def _unfinished(view: TriedView, job: JobRow) -> TriedView:
    if job.state == "dead":
        return msgspec.structs.replace(view, state="failed", error=job.error)
    progress = job.progress or {}
    total = progress.get("total") or 0
    # Two versions are lived, one after the other.
    return msgspec.structs.replace(
        view, state="running", done=min(1.0, progress.get("done", 0) / total) if total else 0.0
    )


async def _done(
    configured: Prepared, sight: Sight, now: datetime, view: TriedView, found: Result, explain: tuple[str, date] | None
) -> TriedView:
    kind = configured.release.rules[view.rule].scope
    seen = {day.key for day in found.days if sight.sees(kind, day.key)}
    days = [day for day in found.days if day.key in seen]
    shown = found.now if view.mode == "now" else found.then
    weeks = _weeks(configured, view)
    return msgspec.structs.replace(
        view,
        state="done",
        release=found.release,
        then=_sum(sight, found.then, seen),
        now=_sum(sight, found.now, seen),
        scopes=tuple(_scopes(configured, kind, view.mode, days)),
        weeks=weeks,
        people=tuple(_people(configured, sight, shown, weeks)),
        why=await _why(configured, sight, now, view, explain) if explain and explain[0] in seen else None,
    )


def _weeks(configured: Prepared, view: TriedView) -> tuple[date, ...]:
    start = configured.calendar.week_start
    first, last = start(view.first), start(view.last)
    return tuple(first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1))


def _sum(sight: Sight, summary: Summary, seen: set[str]) -> TriedSum:
    months = [month for month in (summary.foresight.months if summary.foresight else ()) if month.key in seen]
    hits = [month for month in months if month.missed and month.warned]
    return TriedSum(
        episodes=sum(1 for each in summary.episodes if each.key in seen),
        messages=sum(week.messages for week in summary.told if sight.sees("person", week.person)),
        missed=sum(1 for month in months if month.missed),
        caught=len(hits),
        false_alarms=sum(1 for month in months if month.warned and not month.missed),
        lead=_lead(hits),
    )


def _lead(hits: Sequence[Month]) -> float | None:
    leads = [month.lead for month in hits if month.lead is not None]
    return mean(leads) if leads else None


def _scopes(configured: Prepared, kind: ScopeKind, mode: Mode, days: Sequence[Day]) -> Iterable[TriedScope]:
    by_key: dict[str, list[Day]] = {}
    for day in days:
        by_key.setdefault(day.key, []).append(day)
    for key, some in by_key.items():
        sides = [(day, _side(day, mode)) for day in some]
        yield TriedScope(
            scope=kind,
            key=key,
            label=label_of(configured, kind, key),
            days=tuple(TriedDay(day=day.day, look=_look(side), differs=day.now is not None) for day, side in sides),
            episodes=_episodes([side for _, side in sides]),
            messages=sum(len(side.notices) for _, side in sides),
            differing=tuple(day.day for day in some if day.now is not None and day.now.verdict != day.then.verdict),
        )


def _side(day: Day, mode: Mode) -> Side:
    return day.now if mode == "now" and day.now is not None else day.then


def _look(side: Side) -> Look:
    if side.state in FIRING:
        return "firing" if side.state == "firing" else "recovering"
    match side.verdict:
        case "":
            return "not_judged"
        case "no_data":
            return "no_data"
        case "holds":
            return "pending"
        case _:
            return "clear"


def _episodes(sides: Sequence[Side]) -> int:
    """How often the alert began, one that was there on the first day among them."""
    firing = [side.state in FIRING for side in sides]
    return sum(1 for place, there in enumerate(firing) if there and not (place and firing[place - 1]))


def label_of(configured: Prepared, kind: ScopeKind, key: str) -> Text:
    if kind == "region":
        return configured.org.label(key)
    if kind == "person":
        return name_of(configured, key) or key
    organisation = configured.release.organisation
    return (organisation.label if organisation else None) or key


def _people(configured: Prepared, sight: Sight, summary: Summary, weeks: Sequence[date]) -> Iterable[TriedPerson]:
    counts = Counter({(week.person, week.week): week.messages for week in summary.told})
    people = {person for person, _ in counts if sight.sees("person", person)}
    told = [
        TriedPerson(label=name_of(configured, person) or person, weeks=tuple(counts[person, week] for week in weeks))
        for person in sorted(people)
    ]
    return sorted(told, key=lambda person: -person.messages)


async def _why(
    configured: Prepared, sight: Sight, now: datetime, view: TriedView, explain: tuple[str, date]
) -> TriedWhy | None:
    """Reads all versions again: which records lie between what was known at the day's close and today."""
    key, day = explain
    if not view.first <= day <= view.last:
        return None
    ready = next(each for each in ready_rules(configured) if each.rule.name == view.rule)
    given = await given_of(configured, ready, now, as_records=True)
    place = Scope(ready.rule.scope, key)
    difference = await asyncio.to_thread(lambda: Hindsight(Backtest(ready.rule, given), view.last).of(place, day))
    return TriedWhy(
        label=label_of(configured, place.kind, key),
        day=day,
        was_late=difference.was_late,
        moves=tuple(_move(configured, sight, moved) for moved in _seen(sight, difference)),
    )


def _seen(sight: Sight, difference: DayDifference) -> Iterable[Moved]:
    """Not what moved a scope above that the reader does not see."""
    return (moved for moved in difference.moved if sight.sees(moved.scope.kind, moved.scope.key))


def _move(configured: Prepared, sight: Sight, moved: Moved) -> TriedMove:
    column = column_of(configured, moved.metric)
    steps = [record.by for record in moved.records]
    largest = sorted(moved.records, key=lambda record: abs(record.by or Fraction(0)), reverse=True)
    return TriedMove(
        metric=column.label,
        format=column.format,
        currency=column.currency,
        then=None if moved.then is None else float(moved.then),
        now=None if moved.now is None else float(moved.now),
        total=None if None in steps else float(sum(step for step in steps if step is not None)),
        records=tuple(_record(configured, sight, record) for record in largest[:RECORDS]),
        more=max(0, len(largest) - RECORDS),
    )


def _record(configured: Prepared, sight: Sight, late: LateRecord) -> TriedRecord:
    record = late.after or late.before
    assert record is not None
    dataset = configured.release.datasets[late.dataset]
    known = record.known_at if late.after else None
    return TriedRecord(
        key="-".join(_key_parts(dataset, sight, record)),
        known=configured.calendar.local(known).date() if known else None,
        by=None if late.by is None else float(late.by),
        dataset=late.dataset,
        record=id_of(key_text(record.key)) if may_open(dataset, sight, record) else None,
    )


def _key_parts(dataset: Dataset, sight: Sight, record: Record) -> Iterable[str]:
    """The record's key without the fields that the reader may not see."""
    hidden = hidden_fields(dataset, sight)
    return ("…" if name in hidden else str(part) for name, part in zip(dataset.key_fields, record.key, strict=True))
