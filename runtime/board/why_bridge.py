"""What led from a number as it was known at the end of a past day to what it is now."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import msgspec

from engine.explain.bridge import Move, Side, Step, bridge
from engine.metrics.ready import Ready, ready
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from runtime.board.drill import BridgeMove, BridgeStep, BridgeView
from runtime.board.ids import id_of
from runtime.board.why_ground import Desk, may_open
from runtime.numbers.movement import edit_words
from runtime.records.known import known_between, known_of
from runtime.records.store import key_text
from runtime.releases.live import release_numbered
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Said

SHOWN = 5
"""So many records of a step are named, those that changed most."""


def since_choices(day: date) -> tuple[date, ...]:
    """The days that one asks for: yesterday, a week ago, the end of the month before."""
    first, _ = month_bounds(month_of(day))
    days = {day - timedelta(days=1), day - timedelta(days=7), first - timedelta(days=1)}
    return tuple(sorted((each for each in days if each >= first - timedelta(days=1)), reverse=True))


def can_ask_since(since: date, day: date, today: date) -> bool:
    """Whether a bridge from the day leads to the number of `day`: today's, from the end of the month before at the earliest."""
    first, _ = month_bounds(month_of(today))
    return day == today and first - timedelta(days=1) <= since < today


async def bridge_of(desk: Desk, metric: str, scope: ScopeKind, key: str, since: date) -> BridgeView:
    """The bridge from the end of `since` to now; at the end of the month before the number was nothing yet."""
    zone = desk.configured.calendar.tz
    then = datetime.combine(since + timedelta(days=1), time(), tzinfo=zone) - timedelta(microseconds=1)
    first, _ = month_bounds(month_of(desk.day))
    before, after = await _sides(desk, metric, first, since, then)
    found = bridge(metric, scope, key, before, after)
    return BridgeView(
        since=since,
        start=_number(found.start),
        end=_number(found.end),
        difference=None if found.start is None or found.end is None else float(found.end - found.start),
        steps=tuple(_step(desk, step) for step in found.steps),
    )


async def _sides(desk: Desk, metric: str, first: date, since: date, then: datetime) -> tuple[Side, Side]:
    configured, tenant = desk.configured, desk.configured.tenant
    names = sorted(configured.metrics.datasets_of(metric))
    was, now = dict[str, list[Record]](), dict[str, list[Record]]()
    for name in names:
        dataset = configured.release.datasets[name]
        old = [each.record for each in await known_between(tenant, dataset, first, since, known_at=then)]
        new = [known.record for known in desk.ground.records[name]]
        here, there = {record.key for record in new}, {record.key for record in old}
        was[name] = old + await known_of(tenant, dataset, _texts(here - there), known_at=then)
        now[name] = new + await known_of(tenant, dataset, _texts(there - here))
    places = {name: desk.ground.places[name] for name in names}
    meant = await _meant(desk, metric, then)
    return (
        Side(first=first, last=since, records=was, places=places, ready=meant),
        Side(first=first, last=desk.day, records=now, places=places, ready=configured.metrics),
    )


async def _meant(desk: Desk, metric: str, then: datetime) -> Ready:
    """The metrics of the release that was in force, where they read what is there today."""
    configured = desk.configured
    query = rows(ReleaseRow, configured.tenant).filter(published_at__lte=then).order_by("-published_at", "-number")
    row = await query.first().values("number")
    if row is None or row["number"] == configured.number:
        return configured.metrics
    old = await release_numbered(configured.tenant, row["number"])
    if old is None or metric not in old.release.metrics:
        return configured.metrics
    found = ready(old.release, (metric,), configured.calendar)
    return found if set(found.datasets()) <= set(configured.metrics.datasets_of(metric)) else configured.metrics


def _texts(keys: Collection[tuple[object, ...]]) -> list[str]:
    return [key_text(key) for key in keys]  # type: ignore[arg-type]  # a record's key is of values


def _number(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def _step(desk: Desk, step: Step) -> BridgeStep:
    moves = sorted(step.moves, key=lambda move: abs(move.by or Fraction(0)), reverse=True)
    return BridgeStep(
        kind=step.kind,
        by=_number(step.by),
        count=len(moves),
        moves=tuple(_move(desk, move) for move in moves[:SHOWN]),
    )


def _move(desk: Desk, move: Move) -> BridgeMove:
    dataset = desk.configured.release.datasets[move.dataset]
    record = move.after or move.before
    assert record is not None
    said = _words(dataset, move.before, move.after)
    return BridgeMove(
        what={"zh": said.zh, "en": said.en},
        by=_number(move.by),
        dataset=move.dataset,
        record=id_of(key_text(record.key)) if may_open(dataset, desk.sight, record) else None,
    )


def _words(dataset: Dataset, before: Record | None, after: Record | None) -> Said:
    if after is None:
        assert before is not None
        return edit_words(dataset, msgspec.structs.replace(before, deleted=True), before)
    return edit_words(dataset, after, before)
