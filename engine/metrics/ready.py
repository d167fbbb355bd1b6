"""A release's metrics made ready to run: shapes known, expressions compiled, inputs before what is computed from them."""

from collections.abc import Mapping, Sequence

import msgspec

from engine.calendar import WorkCalendar
from engine.expression import Context, parse, row_function, tolerant
from engine.expression.context import Trouble
from engine.expression.values import Value
from engine.metrics.aggregate import Measure
from engine.metrics.derive import Derived, derived_of, in_order
from engine.metrics.kind import shapes_of
from engine.metrics.partial import Partial, value_of
from engine.metrics.shape import Shape
from schema_defs.errors import AuthorError
from schema_defs.metric import Metric
from schema_defs.release import Release
from schema_defs.text import Said


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """`measures` and `derived` by name, the latter in the order of computing; `wanted` are the metrics that were asked for."""

    wanted: tuple[str, ...]
    measures: dict[str, Measure]
    derived: dict[str, Derived]
    shapes: dict[str, Shape]

    def datasets_of(self, metric: str) -> frozenset[str]:
        """The datasets that a metric is computed from, directly or through others."""
        return frozenset(self.measures[name].dataset for name in self.bases_of(metric))

    def bases_of(self, metric: str) -> frozenset[str]:
        """The base metrics that a metric is computed from; of a base metric itself."""
        return frozenset(name for name in self._behind(metric) if name in self.measures)

    def value(self, metric: str, partials: Mapping[str, Partial | None]) -> Value:
        """One metric's value from the partials of its base metrics."""
        if metric in self.measures:
            partial = partials[metric]
            return None if partial is None else value_of(partial)
        behind = self._behind(metric)
        values = self._of_bases({name: partials[name] for name in behind if name in self.measures})
        for name, derived in self.derived.items():
            if name in behind:
                values[name] = derived.value(values)
        return values[metric]

    def _behind(self, metric: str) -> frozenset[str]:
        """The metric and all that it is computed from, each visited once however often it is read."""
        found, waiting = {metric}, [metric]
        for name in waiting:
            inputs = self.derived[name].inputs if name in self.derived else ()
            waiting += (new := [each for each in inputs if each not in found])
            found.update(new)
        return frozenset(found)

    def datasets(self) -> tuple[str, ...]:
        """All datasets that are read, each once."""
        return tuple(dict.fromkeys(measure.dataset for measure in self.measures.values()))

    def values(self, partials: Mapping[str, Partial | None]) -> dict[str, Value]:
        """Every metric's value from the partials of the base ones; a base metric with no partial here is missing."""
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
        return of_measures | {name: derived.trouble for name, derived in self.derived.items()}


def ready(release: Release, wanted: Sequence[str], calendar: WorkCalendar) -> Ready:
    """The wanted metrics with their inputs. Raises AuthorError for unknown names, circles and expressions that are none."""
    metrics = in_order(release.metrics, wanted)
    shapes = shapes_of(release, metrics)
    return Ready(
        wanted=tuple(wanted),
        measures={
            metric.name: measure_of(release, metric, shapes[metric.name], calendar)
            for metric in metrics
            if not metric.is_derived
        },
        derived={metric.name: derived_of(metric, shapes[metric.name]) for metric in metrics if metric.is_derived},
        shapes=shapes,
    )


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
    )
