"""The head of a metric and of a dataset's fields, as pages show them."""

from runtime.board import view
from runtime.board.drill import Field
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared
from schema_defs.board import Shown
from schema_defs.dataset import Dataset
from schema_defs.metric import Format
from schema_defs.text import Text

SHOWN: tuple[Shown, ...] = ("actual", "target", "attainment", "trend")
_FORMATS: dict[str, Format] = {"money": "money", "percent": "percent", "days": "days"}


def column_of(configured: Prepared, name: str, shown: tuple[Shown, ...] = SHOWN) -> view.Column:
    """The metric's head."""
    metric, shape = configured.release.metrics[name], configured.metrics.shapes[name]
    return view.Column(
        metric=name,
        label=metric.label or name,
        format=metric.format or _FORMATS.get(shape.unit, "number"),
        currency=currency_of(configured) if shape.is_money else None,
        unit=metric.unit,
        better=metric.better,
        shown=shown,
        meaning=metric.meaning,
        is_rate=shape.is_rate,
    )


def currency_of(configured: Prepared) -> str:
    organisation = configured.release.organisation
    return organisation.currency if organisation else "CNY"


def visible_fields(dataset: Dataset, sight: Sight) -> tuple[tuple[str, Field], ...]:
    """The fields that the reader may see, in the author's order."""
    return tuple(
        (name, _field(dataset, name)) for name in dataset.fields if sight.sees_field(dataset.field(name).visible_to)
    )


def hidden_fields(dataset: Dataset, sight: Sight) -> tuple[str, ...]:
    """The names of the others: nothing from which they can be derived is shown either."""
    return tuple(name for name in dataset.fields if not sight.sees_field(dataset.field(name).visible_to))


def hidden_labels(dataset: Dataset, sight: Sight) -> tuple[Text, ...]:
    return tuple(dataset.field(name).label or name for name in hidden_fields(dataset, sight))


def _field(dataset: Dataset, name: str) -> Field:
    found = dataset.field(name)
    return Field(name=name, label=found.label or name, kind=found.type, currency=found.currency)
