"""Derived metrics: a formula over metrics, computed anew at every level from the values there."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.expression import Context, parse, row_function, tolerant
from engine.expression.context import Trouble
from engine.expression.values import Value
from engine.metrics.aggregate import RowValue
from engine.metrics.shape import Shape
from schema_defs.errors import AuthorError
from schema_defs.metric import Metric
from schema_defs.text import Said


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """A formula made ready to run over the values of the metrics that it names."""

    name: str
    inputs: tuple[str, ...]
    formula: RowValue
    shape: Shape
    trouble: Trouble

    def value(self, values: Mapping[str, Value]) -> Value:
        """The formula's value; a missing input is a missing value."""
        return self.formula({name: values.get(name) for name in self.inputs})


def derived_of(metric: Metric, shape: Shape) -> Derived:
    """The derived metric; raises ExpressionError when its formula is none."""
    assert metric.formula is not None
    expression, trouble = parse(metric.formula), Trouble()
    context = Context(trouble=trouble)
    return Derived(
        name=metric.name,
        inputs=tuple(sorted(expression.names)),
        formula=tolerant(row_function(expression, context), context),
        shape=shape,
        trouble=trouble,
    )


def in_order(metrics: Mapping[str, Metric], wanted: Iterable[str]) -> list[Metric]:
    """The wanted metrics and all that they are computed from, inputs first. Raises AuthorError for a circle or an unknown name."""
    ordered: dict[str, Metric] = {}
    for name in wanted:
        _visit(name, metrics, ordered, ())
    return list(ordered.values())


def _visit(name: str, metrics: Mapping[str, Metric], ordered: dict[str, Metric], path: Sequence[str]) -> None:
    if name in ordered:
        return
    if name in path:
        raise _circle([*path[path.index(name) :], name])
    metric = metrics.get(name)
    if metric is None:
        raise _unknown(name, path, metrics)
    for needed in sorted(parse(metric.formula).names) if metric.formula else ():
        _visit(needed, metrics, ordered, (*path, name))
    ordered[name] = metric


def _circle(path: Sequence[str]) -> AuthorError:
    shown = " → ".join(path)
    return AuthorError(
        Said(
            zh=f"指标互相引用成环：{shown}；请去掉其中一个引用",
            en=f"metrics refer to each other in a circle: {shown}; remove one of the references",
        )
    )


def _unknown(name: str, path: Sequence[str], metrics: Mapping[str, Metric]) -> AuthorError:
    known, used = ", ".join(metrics), f" ({path[-1]})" if path else ""
    return AuthorError(
        Said(
            zh=f"没有指标 '{name}'{used}；已有指标：{known}",
            en=f"there is no metric '{name}'{used}; the metrics are: {known}",
        )
    )
