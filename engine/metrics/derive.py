"""Derived metrics: a formula over metrics, computed anew at every level from the values there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from engine.expression import Context, parse, row_function, tolerant
from engine.expression.context import Trouble
from engine.expression.language import Expression
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
    expression: Expression
    context: Context

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
        expression=expression,
        context=context,
    )


def inputs_of(metric: Metric) -> frozenset[str]:
    """The metrics that a metric is directly computed from; raises ExpressionError when its formula is none."""
    if metric.formula is not None:
        return parse(metric.formula).names
    return frozenset((metric.of,)) if metric.of is not None else frozenset()


def in_order(metrics: Mapping[str, Metric], wanted: Iterable[str]) -> list[Metric]:
    """The wanted metrics and all that they are computed from, inputs first. Raises AuthorError for a circle or an unknown name."""
    ordered: dict[str, Metric] = {}
    for name in wanted:
        if name not in ordered:
            _visit(name, metrics, ordered)
    return list(ordered.values())


def _visit(wanted: str, metrics: Mapping[str, Metric], ordered: dict[str, Metric]) -> None:
    """Without recursion, because formulas may stand on formulas in any depth."""
    path = {wanted: _inputs(wanted, (), metrics)}
    while path:
        name, needed = next(reversed(path.items()))
        following = next(needed, None)
        if following is None:
            ordered[name] = metrics[name]
            del path[name]
        elif following in path:
            way = list(path)
            raise _circle([*way[way.index(following) :], following])
        elif following not in ordered:
            path[following] = _inputs(following, tuple(path), metrics)


def _inputs(name: str, path: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[str]:
    metric = metrics.get(name)
    if metric is None:
        raise _unknown(name, path, metrics)
    return iter(sorted(inputs_of(metric)))


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
