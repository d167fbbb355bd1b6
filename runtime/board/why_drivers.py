"""Who drove a change: the regions or people below a number, or a person's customers."""

from engine.explain.counting import Side
from engine.explain.drivers import Driver, GroupOf, drivers
from engine.metrics.aggregate import Measure
from engine.records.record import Record
from runtime.board.columns import visible_fields
from runtime.board.drill import BridgeDriver
from runtime.board.marks import name_of
from runtime.board.why_ground import Desk
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Text

SHOWN = 12
"""So many groups are listed, those that changed most; the others are one line."""


def drivers_of(
    desk: Desk, metric: str, scope: ScopeKind, key: str, before: Side, after: Side
) -> tuple[BridgeDriver, ...]:
    """The difference by the places below; of a person by customer. Nothing where there is no more than one group."""
    kind, group_of = _grouping(desk, metric, scope, key)
    if group_of is None:
        return ()
    found = drivers(metric, scope, key, before, after, group_of)
    if len(found.groups) < 2:
        return ()
    shown = [_line(desk, metric, kind, driver) for driver in found.groups[:SHOWN]]
    rest = [driver.by for driver in found.groups[SHOWN:] if driver.by is not None]
    return (*shown, *([BridgeDriver(label=_OTHERS, by=float(sum(rest)))] if rest else ()))


def _grouping(desk: Desk, metric: str, scope: ScopeKind, key: str) -> tuple[ScopeKind | None, GroupOf | None]:
    org = desk.configured.org
    if scope == "person":
        return None, _by_customer(desk)
    ready = desk.configured.metrics
    measures = {ready.measures[base].dataset: ready.measures[base] for base in sorted(ready.bases_of(metric))}
    if children := frozenset(org.children(None if scope == "company" else key)):
        return "region", lambda dataset, record: _region(desk, measures[dataset], record, children)
    return "person", lambda dataset, record: _person(desk, measures[dataset].counted(record) or record)


def _region(desk: Desk, measure: Measure, record: Record, children: frozenset[str]) -> str | None:
    """The region below that the record belongs to, as one of the metrics counts it; nothing for one that is booked higher up or nowhere."""
    places = desk.ground.places[measure.under]
    own = places.own_region(measure.counted(record) or record)
    return next((each for each in places.chain(own) if each in children), None) if own else None


def _person(desk: Desk, record: Record) -> str | None:
    """The first owner, if the reader sees the person."""
    first = next((person for person, _ in record.people), None)
    return first if first and desk.sight.sees("person", first) else None


def _by_customer(desk: Desk) -> GroupOf | None:
    """By the first field of a customer that the reader may see."""
    fields = {name: _customer(desk, desk.configured.release.datasets[name]) for name in desk.ground.records}
    if not any(fields.values()):
        return None
    return lambda dataset, record: _text(record, fields[dataset])


def _customer(desk: Desk, dataset: Dataset) -> str | None:
    seen = (name for name, _ in visible_fields(dataset, desk.sight))
    return next((name for name in seen if dataset.field(name).type == "customer"), None)


def _text(record: Record, field: str | None) -> str | None:
    value = record.values.get(field) if field else None
    return None if value is None else str(value)


def _line(desk: Desk, metric: str, kind: ScopeKind | None, driver: Driver) -> BridgeDriver:
    by = None if driver.by is None else float(driver.by)
    if driver.group is None:
        return BridgeDriver(label=_OTHERS, by=by)
    may_ask = kind is not None and desk.sight.sees(kind, driver.group)
    return BridgeDriver(
        label=_label(desk, kind, driver.group), by=by, why=f"{metric}:{kind}:{driver.group}" if may_ask else None
    )


def _label(desk: Desk, kind: ScopeKind | None, key: str) -> Text:
    if kind == "region":
        return desk.configured.org.label(key)
    return (name_of(desk.configured, key) if kind == "person" else None) or key


_OTHERS: Text = {"zh": "其他", "en": "Others"}
