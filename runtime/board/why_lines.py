"""The records behind a number, dataset by dataset: what each adds to every measure, why not, and what brought it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

import msgspec

from engine.explain.metric import metric_node
from engine.explain.tree import Known, RecordLeaf
from engine.explain.why_not import Operand, failed, met
from engine.expression import Context, parse
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import UNITS, Tagged, untagged
from engine.metrics.span import At, Span, month_to
from runtime.board.columns import column_of, visible_fields
from runtime.board.drill import Field, Line, RecordTable, Sync
from runtime.board.ids import id_of
from runtime.board.return_words import return_words
from runtime.board.values import value_shown, value_words
from runtime.board.why_ground import Desk, may_open, spans_of
from runtime.records.store import key_text
from runtime.releases.prepared import Prepared
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Lang, Text, pick

Leaves = Mapping[str, Mapping[str, RecordLeaf]]
"""By measure, then by the record's key, what counts."""


def tables_of(desk: Desk, metric: str, scope: ScopeKind, key: str, page: int, per_page: int) -> tuple[RecordTable, ...]:
    """A table for each dataset that the metric reads; of each the page's lines."""
    datasets = sorted(desk.configured.metrics.datasets_of(metric))
    return tuple(_table(desk, name, metric, scope, key, page, per_page) for name in datasets)


def _table(desk: Desk, name: str, metric: str, scope: ScopeKind, key: str, page: int, per_page: int) -> RecordTable:
    configured, dataset = desk.configured, desk.configured.release.datasets[name]
    bases = sorted(configured.metrics.bases_of(metric))
    measures = [
        configured.metrics.measures[base] for base in bases if configured.metrics.measures[base].dataset == name
    ]
    spans = spans_of(configured, (metric,), name, month_to(desk.day))
    leaves: Leaves = {measure.name: _leaves(desk, measure, scope, key, spans) for measure in measures}
    every = [
        known
        for known in desk.ground.records[name]
        if any(_is_at(desk, each, known, scope, key, spans) for each in measures)
    ]
    every.sort(key=lambda known: (known.record.day, key_text(known.record.key)), reverse=True)
    counted = sum(1 for known in every if any(key_text(known.record.key) in leaves[each.name] for each in measures))
    shown = every[(page - 1) * per_page : page * per_page]
    return RecordTable(
        dataset=name,
        label=dataset.label or name,
        fields=tuple(field for _, field in visible_fields(dataset, desk.sight)),
        measures=tuple(column_of(configured, measure.name) for measure in measures),
        lines=tuple(_line(desk, dataset, measures, leaves, known) for known in shown),
        counted=counted,
        not_counted=len(every) - counted,
    )


def _is_at(desk: Desk, measure: Measure, known: Known, scope: ScopeKind, key: str, spans: Sequence[Span]) -> bool:
    """Whether the record is of the place and of the days; what the metric leaves out stands where it is itself."""
    record = measure.counted(known.record) or known.record
    placed = desk.ground.places[measure.under].of(record, scope)
    return any(a <= record.day <= b for a, b in spans) and any(place == key for place, _ in placed)


def _leaves(desk: Desk, measure: Measure, scope: ScopeKind, key: str, spans: Sequence[Span]) -> dict[str, RecordLeaf]:
    """What counts in any of the spans."""
    parts = [part for span in spans for part in metric_node(desk.ground, measure.name, scope, key, At(span)).parts]
    return {key_text(leaf.known.record.key): leaf for leaf in parts if isinstance(leaf, RecordLeaf)}


def _line(desk: Desk, dataset: Dataset, measures: Sequence[Measure], leaves: Leaves, known: Known) -> Line:
    key = key_text(known.record.key)
    mine = [leaves[measure.name].get(key) for measure in measures]
    values = (
        value_shown(desk.configured, field, known.record.values.get(name))
        for name, field in visible_fields(dataset, desk.sight)
    )
    reasons = _void(desk, dataset, known) if known.record.void else _filtered(desk, dataset, measures, mine, known)
    plain = line_of(desk, dataset, measures, known)
    return msgspec.structs.replace(
        plain,
        values=tuple(values),
        counted=any(leaf is not None for leaf in mine),
        adds=tuple(added(measure, leaf.adds) if leaf else None for measure, leaf in zip(measures, mine, strict=True)),
        decides=any(leaf is not None and leaf.decides for leaf in mine),
        reasons=tuple(reasons),
    )


def line_of(desk: Desk, dataset: Dataset, measures: Sequence[Measure], known: Known) -> Line:
    """The record with where it came from, and its address for who may open it."""
    record, configured = known.record, desk.configured
    return Line(
        key=tuple(str(part) for part in record.key),
        note=return_words(dataset, desk.sight, measures, record),
        day=record.day,
        record=id_of(key_text(record.key)) if may_open(dataset, desk.sight, record) else None,
        version=known.version,
        known_at=known.known_at.astimezone(configured.calendar.tz) if known.known_at else None,
        sync=_sync(configured, known, configured.calendar.tz),
    )


def _sync(configured: Prepared, known: Known, zone: tzinfo) -> Sync | None:
    origin = known.origin
    if origin is None:
        return None
    source = configured.release.sources.get(origin.source)
    label = (source.label if source else None) or origin.source
    return Sync(source=label, file=origin.file, at=origin.at.astimezone(zone) if origin.at else None)


def added(measure: Measure, adds: Contribution) -> float | str | bool:
    """What a record adds in the measure's unit; to a distinct count, a minimum, maximum or last its value."""
    if isinstance(adds, tuple):
        return _held(adds[1] if measure.aggregate == "last" else adds)  # type: ignore[arg-type]  # a tagged value, alone or behind its order
    return adds / UNITS if measure.shape.is_money and measure.aggregate != "count" else float(adds)


def _held(held: Tagged) -> float | str | bool:
    value = untagged(held)
    return value if isinstance(value, str | float | bool) else str(value)


def _void(desk: Desk, dataset: Dataset, known: Known) -> Iterator[Text]:
    """Which operand of the dataset's `void` is true."""
    if dataset.void is None:
        yield _VOID
        return
    operand = met(parse(dataset.void), known.record.values, _context(desk))
    words = None if operand is None else operand_words(desk, dataset, operand)
    yield _VOID if words is None else {"zh": f"已作废：{words['zh']}", "en": f"void: {words['en']}"}


def _filtered(
    desk: Desk, dataset: Dataset, measures: Sequence[Measure], mine: Sequence[RecordLeaf | None], known: Known
) -> Iterator[Text]:
    """Per measure for which the record does not count, which operand of its condition failed."""
    for measure, leaf in zip(measures, mine, strict=True):
        if leaf is None:
            words = _why_not(desk, dataset, measure, known)
            yield words if len(measures) == 1 else _of(desk, measure, words)


def _of(desk: Desk, measure: Measure, words: Text) -> Text:
    label = column_of(desk.configured, measure.name).label
    return {
        "zh": f"{pick(label, 'zh', measure.name)}：{pick(words, 'zh')}",
        "en": f"{pick(label, 'en', measure.name)}: {pick(words, 'en')}",
    }


def _why_not(desk: Desk, dataset: Dataset, measure: Measure, known: Known) -> Text:
    if measure.counted(known.record) is None:
        return _IGNORED
    if measure.where_expression is not None:
        operand = failed(measure.where_expression, known.record.values, _context(desk))
        if operand is not None:
            words = operand_words(desk, dataset, operand)
            return _FILTERED if words is None else _unmet(operand, words)
    value = desk.configured.release.metrics[measure.name].value
    return {"zh": f"{value} 没有值", "en": f"{value} has no value"}


def _unmet(operand: Operand, words: dict[Lang, str]) -> Text:
    if operand.truth is None:
        return {"zh": f"条件没有结果：{words['zh']}", "en": f"the condition has no result: {words['en']}"}
    return {"zh": f"不满足 {words['zh']}", "en": f"not met: {words['en']}"}


def operand_words(desk: Desk, dataset: Dataset, operand: Operand) -> dict[Lang, str] | None:
    """The operand with the values that it read; None where the reader may not see one of them."""
    fields = dict(visible_fields(dataset, desk.sight))
    if any(name not in fields for name, _ in operand.read):
        return None
    return {
        "zh": f"{operand.text}（{'，'.join(_read(desk, fields, operand, 'zh'))}）",
        "en": f"{operand.text} ({', '.join(_read(desk, fields, operand, 'en'))})",
    }


def _read(desk: Desk, fields: Mapping[str, Field], operand: Operand, lang: Lang) -> Iterator[str]:
    for name, value in operand.read:
        yield f"{pick(fields[name].label, lang, name)} {value_words(desk.configured, fields[name], value, lang)}"


def _context(desk: Desk) -> Context:
    return Context(is_working=desk.configured.calendar.is_working)


_IGNORED: Text = {"zh": "退货，该指标不计退货", "en": "a return: this metric leaves returns out"}
_VOID: Text = {"zh": "已作废，不计入", "en": "void: counts nowhere"}
_FILTERED: Text = {"zh": "不符合指标的条件", "en": "does not meet the metric's condition"}
