"""What the scopes below a number contribute to it, and what none of them stands for."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from engine.explain.metric import metric_node
from engine.explain.tree import RecordLeaf
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import UNITS
from engine.org import COMPANY, Org
from runtime.board.drill import Share
from runtime.board.marks import name_of
from runtime.board.total_note import parts_do_not_add_up
from runtime.board.why_ground import Desk
from runtime.numbers.figures import figures_at
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared
from schema_defs.rule import ScopeKind
from schema_defs.text import Text


def parts_of(desk: Desk, metric: str, scope: ScopeKind, key: str) -> tuple[Share, ...]:
    """The next scopes below. Where contributions add up each has its share, and the last lines are what is left."""
    below = list(_below(desk.configured.org, desk.sight, desk.day, scope, key))
    if not below:
        return ()
    adding = _contributions(desk, metric, scope, key, below) if _adds_up(desk.configured, metric, below[0][0]) else None
    whole = sum(adding.values(), Fraction()) if adding is not None else Fraction()
    rows = [_row(desk, metric, kind, child, adding, whole) for kind, child in below]
    return (*rows, *(_rests(adding, whole, below) if adding is not None else ()))


def parts_note(configured: Prepared, metric: str, parts: tuple[Share, ...]) -> Text | None:
    """What to know of the parts: that they do not add up, or that a row's own number is more than what it has of this one."""
    if note := parts_do_not_add_up(configured, metric, regions=parts[0].scope == "region") if parts else None:
        return note
    own = [part for part in parts if not part.is_rest and part.adds is not None]
    return _PEOPLE if any(part.adds != part.actual for part in own) else None


def _adds_up(configured: Prepared, metric: str, below: ScopeKind) -> bool:
    """Whether what the scopes below contribute is together the whole."""
    metrics = configured.metrics
    return metric in metrics.measures and metrics.rollups[metric].of_parts(regions=below == "region").how == "sum"


def _below(org: Org, sight: Sight, day: date, scope: ScopeKind, key: str) -> Iterator[tuple[ScopeKind, str]]:
    if scope == "person":
        return
    children = org.children(None if scope == "company" else key)
    for child in children:
        yield "region", child
    if not children:
        for person in org.members(key, day):
            if "seller" in person.roles and sight.sees("person", person.key):
                yield "person", person.key


def _contributions(
    desk: Desk, metric: str, scope: ScopeKind, key: str, below: list[tuple[ScopeKind, str]]
) -> dict[str, Fraction]:
    """What each key below has of the number, exactly, in the metric's unit; `""` is of nobody, `"…"` of those not listed."""
    measure = desk.configured.metrics.measures[metric]
    listed, found = {child for _, child in below}, dict[str, Fraction]()
    for leaf in metric_node(desk.ground, metric, scope, key).parts:
        assert isinstance(leaf, RecordLeaf)
        rest = _exact(measure, leaf.adds)
        for child, share in _placed(desk, measure, leaf, below[0][0], key if scope == "region" else None, listed):
            adds = measure.contribution(leaf.known.record, share)
            mine = _exact(measure, adds) if adds is not None else Fraction()
            found[child] = found.get(child, Fraction()) + mine
            rest -= mine
        whose = _OTHERS if leaf.known.record.people and below[0][0] == "person" else _nobody(leaf, below[0][0])
        found[whose] = found.get(whose, Fraction()) + rest
    return found


def _placed(
    desk: Desk, measure: Measure, leaf: RecordLeaf, kind: ScopeKind, region: str | None, listed: set[str]
) -> list[tuple[str, float]]:
    places, record = desk.ground.places[measure.under], leaf.known.record
    placed = places.within(record, region) if kind == "person" and region else places.of(record, kind)
    return [(child, share) for child, share in placed if child in listed]


def _nobody(leaf: RecordLeaf, kind: ScopeKind) -> str:
    """A record with a region of its own that no row below has belongs to others: to the region itself, or to one that is unknown."""
    return _OTHERS if kind == "region" and leaf.known.record.region else _NOBODY


def _exact(measure: Measure, adds: Contribution) -> Fraction:
    assert isinstance(adds, int | float)
    return Fraction(adds) / (UNITS if measure.aggregate == "sum" and measure.shape.is_money else 1)


def _row(
    desk: Desk, metric: str, kind: ScopeKind, child: str, adding: dict[str, Fraction] | None, whole: Fraction
) -> Share:
    figures = figures_at(desk.configured, desk.book, desk.targets, metric, kind, child, desk.day)
    org = desk.configured.org
    return Share(
        scope=kind,
        key=child,
        label=org.label(child) if kind == "region" else name_of(desk.configured, child) or child,
        actual=figures.actual,
        adds=float(adding.get(child, Fraction())) if adding is not None else None,
        target=figures.target,
        attainment=figures.attainment,
        pace=figures.pace,
        share=float(adding.get(child, Fraction()) / whole) if adding is not None and whole else None,
    )


def _rests(adding: dict[str, Fraction], whole: Fraction, below: list[tuple[ScopeKind, str]]) -> Iterator[Share]:
    """What is of nobody, and of those who are not listed."""
    kind = below[0][0]
    for key in (_OTHERS, _NOBODY):
        if left := adding.get(key):
            yield Share(
                scope=kind,
                key=COMPANY,
                label=_LABELS[kind, key],
                actual=None,
                adds=float(left),
                share=float(left / whole) if whole else None,
                is_rest=True,
            )


_NOBODY, _OTHERS = "", "…"
_LABELS: dict[tuple[str, str], Text] = {
    ("person", _NOBODY): {"zh": "没有负责人的记录", "en": "Records without a person"},
    ("person", _OTHERS): {"zh": "其他人（已调离、其他角色）", "en": "Others (moved, left, or in another role)"},
    ("region", _NOBODY): {"zh": "没有区域的记录", "en": "Records without a region"},
    ("region", _OTHERS): {
        "zh": "直接记在本级或未知区域的记录",
        "en": "Records of this level itself, or of unknown regions",
    },
}
_PEOPLE: Text = {
    "zh": "“在这里”是各人对这个数的贡献，合计等于它；个人自己的数字是其全部业绩，可能更多。",
    "en": "“Here” is what each adds to this number, and adds up to it; a person's own number is the person's whole, and may be more.",
}
