"""A release's metrics made ready to run: shapes known, expressions compiled, inputs before what is computed from them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from engine.calendar import WorkCalendar
from engine.expression import Context, parse, row_function, tolerant
from engine.expression.context import Trouble
from engine.expression.values import Value
from engine.metrics.aggregate import Measure
from engine.metrics.derive import Derived, derived_of, in_order, inputs_of
from engine.metrics.kind import shapes_of
from engine.metrics.partial import Partial, value_of
from engine.metrics.policy import Policy, policy_of
from engine.metrics.rollup import Rollup, rollups_of
from engine.metrics.shape import Shape
from engine.metrics.span import At, Span
from engine.metrics.window import Number, Window, window_of
from engine.org import Org
from schema_defs.errors import AuthorError
from schema_defs.metric import Metric
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.text import Said

ReadBase = Callable[[str, Span], Number]
"""A base metric over a span of days."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """`measures`, `derived` and `windows` by name, `derived` in the order of computing; `wanted` are the metrics that were asked for.

    `windowed` are the windows and all that is computed from one: they are read at a day, and not from one period's partials;
    `partly` are the metrics that have no number at some scopes.
    """

    wanted: tuple[str, ...]
    measures: dict[str, Measure]
    derived: dict[str, Derived]
    windows: dict[str, Window] = {}
    shapes: dict[str, Shape]
    windowed: frozenset[str] = frozenset()
    rollups: dict[str, Rollup] = {}
    partly: frozenset[str] = frozenset()

    def datasets_of(self, metric: str) -> frozenset[str]:
        """The datasets that a metric is computed from, directly or through others."""
        return frozenset(self.measures[name].dataset for name in self.bases_of(metric))

    def policies_of(self, metric: str) -> frozenset[str]:
        """The names of the policies under which the metric's records count."""
        return frozenset(self.measures[name].under for name in self.bases_of(metric))

    def bases_of(self, metric: str) -> frozenset[str]:
        """The base metrics that a metric is computed from; of a base metric itself."""
        return frozenset(name for name in self._behind(metric) if name in self.measures)

    def inputs_of(self, metric: str) -> tuple[str, ...]:
        """What the metric is directly computed from; nothing for a base metric."""
        if metric in self.windows:
            return (self.windows[metric].of,)
        return self.derived[metric].inputs if metric in self.derived else ()

    def has_total(self, metric: str, scope: ScopeKind, key: str, org: Org) -> bool:
        """Whether the metric has a number there: not above what its document says is not put together."""
        if metric not in self.partly:
            return True
        return self.rollups[metric].has_total(scope, is_leaf=scope == "region" and not org.children(key))

    def value_at(self, metric: str, at: At, read: ReadBase) -> Number:
        """Any metric's value where it stands."""
        if metric in self.measures:
            return read(metric, at.span)
        if (window := self.windows.get(metric)) is not None:
            return window.value(at, lambda span: self.value_at(window.of, At(span, at.by), read))
        here = self._behind(metric, through_windows=False)
        values = {name: plain(self.value_at(name, at, read)) for name in here if name not in self.derived}
        for name, derived in self.derived.items():
            if name in here:
                values[name] = derived.value(values)
        return values[metric]

    def spans_at(self, metric: str, at: At) -> Iterator[tuple[str, Span]]:
        """The base metrics that the value is read from where it stands, each with the days."""
        for name in self._behind(metric, through_windows=False):
            if name in self.measures:
                yield name, at.span
            for span in self.windows[name].spans(at) if name in self.windows else ():
                yield from self.spans_at(self.windows[name].of, At(span, at.by))

    def read_at(self, metric: str) -> frozenset[str]:
        """The metric and all that it is computed from where it stands: windows, but not what they look at elsewhere."""
        return self._behind(metric, through_windows=False)

    def windows_of(self, metric: str) -> tuple[Window, ...]:
        """The windows that the metric is computed from, or is."""
        return tuple(self.windows[name] for name in sorted(self._behind(metric)) if name in self.windows)

    def value(self, metric: str, partials: Mapping[str, Partial | None]) -> Value:
        """One metric's value from the partials of its base metrics; what needs a window cannot be told from them and is missing."""
        if metric in self.measures:
            partial = partials[metric]
            return None if partial is None else value_of(partial)
        behind = self._behind(metric)
        values = self._of_bases({name: partials[name] for name in behind if name in self.measures})
        for name, derived in self.derived.items():
            if name in behind:
                values[name] = derived.value(values)
        return values.get(metric)

    def _behind(self, metric: str, *, through_windows: bool = True) -> frozenset[str]:
        """The metric and all that it is computed from, each visited once however often it is read."""
        found, waiting = {metric}, [metric]
        for name in waiting:
            inputs = self.inputs_of(name) if through_windows or name not in self.windows else ()
            waiting += (new := [each for each in inputs if each not in found])
            found.update(new)
        return frozenset(found)

    def datasets(self) -> tuple[str, ...]:
        """All datasets that are read, each once."""
        return tuple(dict.fromkeys(measure.dataset for measure in self.measures.values()))

    def policies(self) -> dict[str, Policy]:
        """By name, every policy under which records count."""
        return {each.under: each.policy for each in self.measures.values() if each.policy is not None}

    def values(self, partials: Mapping[str, Partial | None]) -> dict[str, Value]:
        """Every metric's value from the partials of the base ones, where no window is behind it; a base metric with no partial
        here is missing.
        """
        values = self._of_bases(partials)
        for name, derived in self.derived.items():
            values[name] = derived.value(values)
        return values

    @staticmethod
    def _of_bases(partials: Mapping[str, Partial | None]) -> dict[str, Value]:
        return {name: None if partial is None else value_of(partial) for name, partial in partials.items()}

    def trouble(self) -> dict[str, Trouble]:
        """What had no result while computing, per metric."""
        of_measures = {name: measure.trouble for name, measure in self.measures.items()}
        of_derived = {name: derived.trouble for name, derived in self.derived.items()}
        return of_measures | of_derived | {name: window.trouble for name, window in self.windows.items()}


def ready(release: Release, wanted: Sequence[str], calendar: WorkCalendar) -> Ready:
    """The wanted metrics with their inputs. Raises AuthorError for unknown names, circles and expressions that are none."""
    metrics = in_order(release.metrics, wanted)
    shapes, rollups = shapes_of(release, metrics), rollups_of(release, metrics)
    return Ready(
        wanted=tuple(wanted),
        measures={
            metric.name: measure_of(release, metric, shapes[metric.name], calendar)
            for metric in metrics
            if metric.is_base
        },
        derived={metric.name: derived_of(metric, shapes[metric.name]) for metric in metrics if metric.is_derived},
        windows={
            metric.name: window_of(metric, shapes[metric.name], calendar) for metric in metrics if metric.is_window
        },
        shapes=shapes,
        windowed=_windowed(metrics),
        rollups=rollups,
        partly=frozenset(name for name, each in rollups.items() if "none" in (each.people.how, each.regions.how)),
    )


def _windowed(metrics: Sequence[Metric]) -> frozenset[str]:
    """The windows and what stands on one; inputs stand before what is computed from them."""
    found: set[str] = set()
    for metric in metrics:
        if metric.is_window or not found.isdisjoint(inputs_of(metric)):
            found.add(metric.name)
    return frozenset(found)


def plain(value: Number) -> Value:
    """A number as formulas see it."""
    return float(value) if isinstance(value, Decimal) else value


def measure_of(release: Release, metric: Metric, shape: Shape, calendar: WorkCalendar) -> Measure:
    """A base metric ready to run over the records of its dataset."""
    assert metric.dataset is not None
    assert metric.aggregate is not None
    dataset = release.datasets.get(metric.dataset)
    if dataset is None:
        raise AuthorError(
            Said(
                zh=f"指标 '{metric.name}' 引用的数据集 '{metric.dataset}' 不存在",
                en=f"the metric '{metric.name}' reads the dataset '{metric.dataset}', which does not exist",
            )
        )
    trouble = Trouble()
    context = Context(is_working=calendar.is_working, trouble=trouble)
    value, where = (
        None if text is None else parse(text, tuple(dataset.fields)) for text in (metric.value, metric.where)
    )
    return Measure(
        name=metric.name,
        dataset=metric.dataset,
        aggregate=metric.aggregate,
        shape=shape,
        value=None if value is None else tolerant(row_function(value, context), context),
        where=None if where is None else tolerant(row_function(where, context), context),
        trouble=trouble,
        value_expression=value,
        where_expression=where,
        context=context,
        policy=policy_of(dataset, metric),
    )
