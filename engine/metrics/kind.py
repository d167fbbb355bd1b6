"""The kinds of metrics, found from their documents: money stays money through formulas, a count is a count."""

from collections.abc import Iterable, Mapping

from engine.expression import parse
from engine.expression.kinds import COUNT, DAYS, NUMBER, PERCENT, Kind, kind_of_field, measured, money
from engine.expression.static import findings
from engine.metrics.derive import in_order
from engine.metrics.shape import Shape, Unit, grows
from engine.metrics.window import keeps_growing
from schema_defs.metric import Format, Metric
from schema_defs.release import Release

_OF_FORMAT: dict[Format, Kind] = {"number": NUMBER, "money": money(), "percent": PERCENT, "days": DAYS}


def kinds_of(release: Release, metrics: Iterable[Metric]) -> dict[str, Kind]:
    """The kind of every metric's value; inputs stand before what is computed from them."""
    kinds: dict[str, Kind] = {}
    for metric in metrics:
        kinds[metric.name] = kind_of(release, metric, kinds)
    return kinds


def kind_of(release: Release, metric: Metric, kinds: Mapping[str, Kind]) -> Kind:
    """The kind of one metric's value, from the `kinds` of its inputs. A written `format` decides the unit."""
    found = _kind(release, metric, kinds)
    if metric.unit is not None and metric.format in (None, "number") and found.type in ("number", "any", "missing"):
        return measured(metric.unit) if found.unit in ("number", "free") else found
    if metric.format is None or found.type not in ("number", "any", "missing"):
        return found
    written = _OF_FORMAT[metric.format]
    keeps = metric.format == "number" or found.unit == written.unit
    return found if keeps and found.is_number else written


def shapes_of(release: Release, metrics: Iterable[Metric]) -> dict[str, Shape]:
    """How every metric's number is written and behaves; inputs stand before what is computed from them."""
    listed = list(metrics)
    kinds, shapes = kinds_of(release, listed), dict[str, Shape]()
    for metric in listed:
        rates = {name: shape.is_rate for name, shape in shapes.items()}
        shapes[metric.name] = Shape(unit=_unit(kinds[metric.name]), is_rate=_is_rate(metric, rates))
    return shapes


def shape_of(release: Release, name: str) -> Shape:
    """The shape of one metric of a release. Raises AuthorError for unknown names and circles."""
    return shapes_of(release, in_order(release.metrics, [name]))[name]


def _kind(release: Release, metric: Metric, kinds: Mapping[str, Kind]) -> Kind:
    if metric.formula is not None:
        return findings(parse(metric.formula), kinds)[0]
    if metric.of is not None:
        return NUMBER if metric.shown_as == "ratio" else kinds[metric.of]
    if metric.aggregate in ("count", "count_distinct") or metric.value is None:
        return COUNT
    dataset = release.datasets.get(metric.dataset or "")
    if dataset is None:
        return NUMBER
    fields = {name: kind_of_field(dataset.field(name)) for name in dataset.fields}
    return findings(parse(metric.value), fields)[0]


def _unit(kind: Kind) -> Unit:
    match kind.type:
        case "text" | "boolean":
            return "text"
        case "date" | "datetime":
            return "date"
        case _:
            return "number" if kind.unit == "free" else kind.unit


def _is_rate(metric: Metric, rates: Mapping[str, bool]) -> bool:
    if metric.format == "percent":
        return True
    if metric.formula is not None:
        return not grows(parse(metric.formula).tree, rates)
    if metric.of is not None:
        return rates[metric.of] or not keeps_growing(metric)
    return metric.aggregate not in ("sum", "count", "count_distinct")
