"""What led to a number: from what was known at the end of an earlier day of the month, or from an earlier month."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import msgspec

from engine.explain.bridge import Bridge, Move, Step, bridge
from engine.explain.counting import Side
from engine.metrics.ready import Ready, ready
from engine.metrics.span import At, Span, days_back, month_to, same_point
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from runtime.board.drill import AttainmentChange, BridgeMove, BridgeStep, BridgeView
from runtime.board.ids import id_of
from runtime.board.why_drivers import drivers_of
from runtime.board.why_ground import Desk, known_in, may_open, spans_of
from runtime.numbers.movement import edit_words
from runtime.records.known import known_of
from runtime.records.store import key_text
from runtime.releases.live import release_numbered
from runtime.releases.rows import ReleaseRow
from runtime.targets.book import target_book
from runtime.targets.past import target_then
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Said

SHOWN = 5
"""So many records of a step are named, those that changed most."""


def since_choices(day: date) -> tuple[date, ...]:
    """The days that one asks for: yesterday, a week ago, the end of the month before."""
    eve = _eve(day)
    days = {day - timedelta(days=1), day - timedelta(days=7), eve}
    return tuple(sorted((each for each in days if each >= eve), reverse=True))


def can_ask_since(since: date, day: date) -> bool:
    """Whether a bridge from the day leads to the number of `day`: of the same month, from the end of the one before at the earliest."""
    return _eve(day) <= since < day


def month_before(day: date) -> str:
    return month_of(_eve(day))


async def bridge_of(desk: Desk, metric: str, scope: ScopeKind, key: str, since: date) -> BridgeView:
    """The bridge from the end of `since`, as it was known then; at the end of the month before, a month's number was nothing yet."""
    zone = desk.configured.calendar.tz
    then = datetime.combine(since + timedelta(days=1), time(), tzinfo=zone) - timedelta(microseconds=1)
    before, after = await _sides(desk, metric, _at(desk, metric, since), then)
    month = month_of(desk.day)
    targets = [
        await target_then(desk.configured.tenant, metric, scope, key, month, then),
        desk.targets.month(metric, scope, key, month),
    ]
    return _view(desk, metric, scope, key, before, after, _numbers(targets))


async def bridge_of_months(desk: Desk, metric: str, scope: ScopeKind, key: str, month: str) -> BridgeView:
    """The bridge from an earlier month, up to the day by whose end as many working days had gone, by what is known now."""
    earlier = month_bounds(month)
    point = same_point(desk.day, month_bounds(month_of(desk.day)), earlier, desk.configured.calendar)
    at = At((earlier[0], point))
    names = sorted(desk.configured.metrics.datasets_of(metric))
    both = {name: (*await _read(desk, metric, name, at), *_now(desk, name)) for name in names}
    once = {name: list({record.key: record for record in found}.values()) for name, found in both.items()}
    before, after = _side(desk, at, once, point), _side(desk, month_to(desk.day), once, desk.day)
    there = await target_book(desk.configured, [month], (metric,))
    targets = [there.month(metric, scope, key, month), desk.targets.month(metric, scope, key, month_of(desk.day))]
    found = _view(desk, metric, scope, key, before, after, _numbers(targets))
    return msgspec.structs.replace(found, month=month)


def _view(
    desk: Desk, metric: str, scope: ScopeKind, key: str, before: Side, after: Side, targets: list[Fraction | None]
) -> BridgeView:
    found = bridge(metric, scope, key, before, after)
    return BridgeView(
        since=before.at.day,
        start=_number(found.start),
        end=_number(found.end),
        difference=None if found.start is None or found.end is None else float(found.end - found.start),
        steps=tuple(_step(desk, step) for step in found.steps),
        attainment=_attainment(found, *targets),
        drivers=drivers_of(desk, metric, scope, key, before, after) if found.steps else (),
    )


def _attainment(found: Bridge, before: Fraction | None, after: Fraction | None) -> AttainmentChange | None:
    if not before or not after:
        return None
    plain = AttainmentChange(target_before=float(before), target_after=float(after))
    if found.start is None or found.end is None:
        return plain
    return msgspec.structs.replace(
        plain,
        before=float(found.start / before),
        after=float(found.end / after),
        of_actual=float((found.end - found.start) / before),
        of_target=float(found.end / after - found.end / before),
    )


def _eve(day: date) -> date:
    return days_back(month_bounds(month_of(day))[0], 1)


def _at(desk: Desk, metric: str, since: date) -> At:
    """Where the number stood; before its month had begun a month's number was nothing, and a window was that of the day."""
    first, _ = month_bounds(month_of(desk.day))
    return month_to(since) if metric in desk.configured.metrics.windowed else At((first, since))


async def _sides(desk: Desk, metric: str, at: At, then: datetime) -> tuple[Side, Side]:
    configured, tenant = desk.configured, desk.configured.tenant
    was, now = dict[str, list[Record]](), dict[str, list[Record]]()
    for name in sorted(configured.metrics.datasets_of(metric)):
        dataset = configured.release.datasets[name]
        old, new = await _read(desk, metric, name, at, then), _now(desk, name)
        here, there = {record.key for record in new}, {record.key for record in old}
        was[name] = old + await known_of(tenant, dataset, _texts(here - there), known_at=then)
        now[name] = new + await known_of(tenant, dataset, _texts(there - here))
    after = _side(desk, month_to(desk.day), now, desk.day)
    before = _side(desk, at, was, desk.day)
    return msgspec.structs.replace(before, ready=await _meant(desk, metric, then)), after


def _side(desk: Desk, at: At, records: dict[str, list[Record]], day: date) -> Side:
    configured = desk.configured
    names = [policy.name for dataset in records for policy in configured.policies_of(dataset)]
    places = {name: configured.places(name, day) for name in names}
    return Side(at=at, records=records, places=places, ready=configured.metrics)


async def _read(desk: Desk, metric: str, name: str, at: At, then: datetime | None = None) -> list[Record]:
    """The records from which the number is read where it stands, as known now or at a past moment."""
    dataset = desk.configured.release.datasets[name]
    spans: list[Span] = spans_of(desk.configured, (metric,), name, at)
    return [known.record for known in await known_in(desk.configured.tenant, dataset, spans, known_at=then)]


def _now(desk: Desk, name: str) -> list[Record]:
    return [known.record for known in desk.ground.records[name]]


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
    return found if set(found.policies()) <= set(configured.metrics.policies()) else configured.metrics


def _texts(keys: Collection[tuple[object, ...]]) -> list[str]:
    return [key_text(key) for key in keys]  # type: ignore[arg-type]  # a record's key is of values


def _number(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def _numbers(targets: Collection[object]) -> list[Fraction | None]:
    return [None if target is None else Fraction(target) for target in targets]  # type: ignore[call-overload]  # decimals


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
    if after is not None and after == before:
        key = "-".join(str(part) for part in after.key)
        return Said(zh=key, en=key)
    if after is None:
        assert before is not None
        return edit_words(dataset, msgspec.structs.replace(before, deleted=True), before)
    return edit_words(dataset, after, before)
