"""A metric's case: rows of its datasets go through the same reader and computation as real ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.calendar import WorkCalendar, calendar_of
from engine.expression.values import Value, equal
from engine.metrics.compute import Asked, Row, compute
from engine.metrics.partial import value_of
from engine.metrics.ready import Ready, ready
from engine.metrics.span import Span, month_to
from engine.org import org_of
from engine.periods import By
from engine.records.doubles import Doubles
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from schema_defs.case import Case, ExpectedValue
from schema_defs.dataset import Dataset
from schema_defs.release import Release
from schema_defs.text import Said

_Found = dict[tuple[str, str, str, str], Row]


def metric_failures(case: Case, release: Release) -> list[Said]:
    """Rows that cannot be read, then values that are not as expected. Raises AuthorError for metrics that cannot be computed."""
    assert case.metric is not None
    calendar = calendar_of(release.calendar)
    names = tuple(dict.fromkeys((case.metric, *(one.metric for one in case.expect if one.metric))))
    metrics = ready(release, names, calendar)
    records, failures = _records(case, release, metrics, calendar)
    found = _computed(case, release, names, records, calendar)
    for expected in case.expect:
        failures += _compared(expected, expected.metric or case.metric, found, metrics)
    return failures


def _records(
    case: Case, release: Release, metrics: Ready, calendar: WorkCalendar
) -> tuple[dict[str, list[Record]], list[Said]]:
    """The records by dataset; a row goes to every dataset whose key and time it has, or to the only one."""
    failures: list[Said] = []
    records: dict[str, list[Record]] = {}
    datasets = [release.datasets[name] for name in metrics.datasets()]
    for dataset in datasets:
        reader, doubles = RecordReader(dataset, None, calendar), Doubles()
        for position, raw in enumerate(case.records):
            if len(datasets) > 1 and not _belongs(raw, dataset):
                continue
            match reader.read(raw):
                case BadRow(reasons=reasons):
                    failures += [_bad_row(position, reason) for reason in reasons]
                case Record() as record if refusal := doubles.refusal(record, position + 1):
                    failures.append(_bad_row(position, refusal))
                case Record() as record:
                    records.setdefault(dataset.name, []).append(record)
    return records, failures


def _belongs(raw: Mapping[str, object], dataset: Dataset) -> bool:
    return all(raw.get(name) is not None for name in (*dataset.key_fields, dataset.time))


def _computed(
    case: Case,
    release: Release,
    names: tuple[str, ...],
    records: Mapping[str, Sequence[Record]],
    calendar: WorkCalendar,
) -> _Found:
    org = org_of(release.organisation)
    today = max((record.day for of_one in records.values() for record in of_one), default=date.min)
    scopes = tuple(dict.fromkeys(one.scope for one in case.expect))
    found: _Found = {}
    for by in dict.fromkeys(size_of(one.period) for one in case.expect):
        asked = Asked(metrics=names, by=by, scopes=scopes, today=today)
        for row in compute(release, records, asked, org, calendar).rows:
            found[row.metric, row.scope, row.key, row.period] = row
    return found


def size_of(period: str) -> By:
    """How large the named period is: `2026-03-02`, `2026-03`, `2026-Q1`, `2026`."""
    if "Q" in period:
        return "quarter"
    sizes: dict[int, By] = {4: "year", 7: "month"}
    return sizes.get(len(period), "day")


def _compared(expected: ExpectedValue, metric: str, found: _Found, metrics: Ready) -> Iterator[Said]:
    row = found.get((metric, expected.scope, expected.key, expected.period))
    actual = row.value if row else _of_nothing(metric, metrics)
    if not equal(_number(actual), _number(expected.value)):
        yield _differs(expected, metric, actual, row is not None)


def _of_nothing(metric: str, metrics: Ready) -> Value:
    """The value where there is no record: 0 for sums and counts, else missing."""

    def read(name: str, span: Span) -> Value:
        return value_of(metrics.measures[name].partial(()))

    value = metrics.value_at(metric, month_to(date(2000, 1, 31)), read)
    return float(value) if isinstance(value, Decimal) else value


def _number(value: Value | Decimal) -> Value:
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


def _differs(expected: ExpectedValue, metric: str, actual: Value | Decimal, is_there: bool) -> Said:
    wanted, got = _shown(expected.value), _shown(actual)
    nothing = Said(zh="", en="") if is_there else Said(zh="（那里没有记录）", en=" (there is no record there)")
    return Said(
        zh=f"{expected.key} 在 {expected.period} 的 {metric} 应为 {wanted}，实为 {got}{nothing.zh}",
        en=f"{metric} of {expected.key} in {expected.period} expected {wanted}, was {got}{nothing.en}",
    )


def _shown(value: Value | Decimal) -> str:
    match value:
        case None:
            return "null"
        case Decimal():
            return f"{value.normalize():f}"
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def _bad_row(position: int, reason: Said) -> Said:
    return Said(zh=f"records 第 {position + 1} 行：{reason.zh}", en=f"row {position + 1} of records: {reason.en}")
