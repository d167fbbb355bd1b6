"""Records that fall out of a metric because a category is empty, or a raw value has none."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from engine.checks.texts import IN_MAP
from engine.expression import ExpressionError, parse
from engine.metrics.aggregate import Measure
from engine.records.numbers import parse_money
from engine.records.record import Record
from engine.records.wrong import WrongValueError
from runtime.board.preview import Unmapped
from runtime.people.rights import Sight
from runtime.records.rows import QuarantinedRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.source import Source

LOOKED_AT = 2000
"""Of so many quarantined rows, the newest are looked at."""


async def unmapped_of(
    configured: Prepared,
    sight: Sight,
    dataset: Dataset,
    measure: Measure,
    read: Sequence[str],
    counted: Sequence[Record],
) -> tuple[Unmapped, ...]:
    """Per category field that the metric reads: records without it, and quarantined raw values that nothing takes.

    Whose a quarantined row is nobody knows: only who sees everything sees their values.
    """
    source = configured.release.source_of(dataset.name)
    categories = [name for name in dict.fromkeys(read) if _is_category(dataset, source, name)]
    found = [each for name in categories for each in _empty(dataset, measure, name, counted)]
    if source is not None and sight.everything and categories:
        bad = rows(QuarantinedRow, configured.tenant).filter(dataset=dataset.name, resolved_at__isnull=True)
        given = await bad.order_by("-id").limit(LOOKED_AT).values_list("given", flat=True)
        metric = configured.release.metrics[measure.name]
        for name in categories:
            found += _refused(dataset, source, name, metric.value, given)  # type: ignore[arg-type]  # stored as objects
    return tuple(found)


def _is_category(dataset: Dataset, source: Source | None, name: str) -> bool:
    return name in dataset.fields and (
        bool(dataset.field(name).choices) or (source is not None and name in source.values)
    )


def _empty(dataset: Dataset, measure: Measure, name: str, counted: Sequence[Record]) -> Iterator[Unmapped]:
    without = [record for record in counted if record.values.get(name) is None]
    values = [measure.value(record.values) for record in without] if measure.value is not None else []
    if without:
        yield Unmapped(
            field=name,
            label=dataset.field(name).label or name,
            records=len(without),
            amount=_sum(values) if measure.aggregate == "sum" else None,
        )


def _refused(
    dataset: Dataset, source: Source, name: str, value: str | None, given: Sequence[Mapping[str, object]]
) -> Iterator[Unmapped]:
    """Raw values of the field's column that its value map, or its list of choices, does not have."""
    column = _column(source, name)
    if column is None:
        return
    amount = _column(source, value) if value is not None and value in dataset.fields else None
    known = source.values.get(name) or dict.fromkeys(dataset.field(name).choices, "")
    found: dict[str, list[object]] = defaultdict(list)
    for row in given:
        raw = str(row.get(column) or "").strip()
        if raw and raw not in known:
            found[raw].append(_amount(row.get(amount)) if amount is not None else None)
    label = dataset.field(name).label or name
    for raw, amounts in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        total = _sum(amounts) if amount is not None else None
        yield Unmapped(field=name, label=label, value=raw, records=len(amounts), amount=total)


def _column(source: Source, name: str) -> str | None:
    """The one raw column that a field is read from."""
    text = source.map.get(name)
    try:
        names = parse(text, where=IN_MAP).names if text is not None else {name}
    except ExpressionError:
        return None
    return next(iter(names)) if len(names) == 1 else None


def _amount(raw: object) -> float | None:
    try:
        return parse_money(str(raw), None) if raw is not None else None
    except WrongValueError:
        return None


def _sum(values: Sequence[object]) -> float:
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return round(math.fsum(numbers), 4)
