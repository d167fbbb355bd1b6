"""Why a number is what it is: its formula, its inputs, its parts, and the orders behind it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from engine.metrics.adding import adds_up
from engine.metrics.aggregate import Measure
from engine.org import COMPANY
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from runtime.board import view
from runtime.board.clocks import complete_up_to, source_clocks
from runtime.board.columns import column_of, hidden_labels, visible_fields
from runtime.board.drill import Field, Input, Line, Place, Share, WhyView
from runtime.board.hidden import hidden_from
from runtime.board.marks import marks_of, name_of
from runtime.board.viewer import Viewer
from runtime.numbers.figures import figures_at
from runtime.numbers.read import Book, book_of
from runtime.numbers.rows import MovementRow
from runtime.people.rights import Sight, sight_in
from runtime.records.store import key_text, records_between
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook, target_book
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind
from schema_defs.text import Text, pick

PER_PAGE = 25


async def build_why(
    configured: Prepared, viewer: Viewer, now: datetime, *, metric: str, scope: ScopeKind, key: str, page: int = 1
) -> WhyView | None:
    """The explanation of one number; None for a number that does not exist or that the reader may not see."""
    day = configured.calendar.today(now)
    sight = sight_in(configured, viewer, day)
    hidden = hidden_from(configured, sight)
    if metric not in configured.metrics.shapes or metric in hidden:
        return None
    if not sight.sees(scope, key) or not _exists(configured, scope, key):
        return None
    inputs = {metric, *_inputs_of(configured, metric)}
    book = await book_of(configured, inputs, [month_of(day)])
    targets = await target_book(configured, [month_of(day)], inputs)
    dataset = _dataset(configured, metric)
    lines = await _lines(configured, dataset, metric, scope, key, now) if dataset else []
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = min(max(page, 1), pages)
    clocks = await source_clocks(configured, now)
    desk = _Desk(configured, book, targets, day, hidden)
    return WhyView(
        column=column_of(configured, metric),
        path=_path(configured, sight, scope, key),
        month=month_of(day),
        day=day,
        cell=await _cell(desk, metric, scope, key),
        formula=formula_words(configured, metric),
        expression=_expression(configured, metric),
        inputs=_inputs(desk, metric, scope, key),
        parts=(parts := tuple(_parts(desk, sight, metric, scope, key))),
        parts_note=_parts_note(configured, metric, parts, scope),
        dataset=dataset.name if dataset else None,
        dataset_label=(dataset.label or dataset.name) if dataset else None,
        fields=tuple(field for _, field in visible_fields(dataset, sight)) if dataset else (),
        lines=tuple(_shown(desk, dataset, sight, *line) for line in lines[(page - 1) * PER_PAGE : page * PER_PAGE])
        if dataset
        else (),
        counted=sum(1 for _, amount, reason in lines if reason is None),
        not_counted=sum(1 for _, amount, reason in lines if reason is not None),
        page=page,
        pages=pages,
        changes=await _changes(configured, metric, scope, key),
        sources=tuple(clock for clock in clocks if _feeds(configured, clock.name, metric)),
        complete_up_to=complete_up_to(clocks),
        release=configured.number,
        hidden=hidden_labels(dataset, sight) if dataset else (),
    )


class _Desk(msgspec.Struct, frozen=True):
    """What one explanation reads."""

    configured: Prepared
    book: Book
    targets: TargetBook
    day: date
    hidden: frozenset[str]


def formula_words(configured: Prepared, name: str) -> Text:
    """The metric in a sentence of both languages."""
    metric = configured.release.metrics[name]
    if metric.formula is not None:
        return {"zh": f"每一级都重新计算：{metric.formula}", "en": f"Computed anew at every level: {metric.formula}"}
    dataset = configured.release.datasets[metric.dataset or ""]
    zh, en = _AGGREGATES[metric.aggregate or "count"]
    value = {lang: _value_words(dataset, metric.value, lang) for lang in ("zh", "en")}
    source = {lang: pick(dataset.label, lang, dataset.name) for lang in ("zh", "en")}
    where = {"zh": f"，条件：{metric.where}", "en": f", where {metric.where}"} if metric.where else {"zh": "", "en": ""}
    return {
        "zh": f"本月{source['zh']}的{zh.format(value=value['zh'])}{where['zh']}",
        "en": f"{en.format(value=value['en'])} over {source['en']} of this month{where['en']}",
    }


_AGGREGATES: dict[str, tuple[str, str]] = {
    "sum": ("{value}之和", "The sum of {value}"),
    "count": ("条数", "The number of records"),
    "count_distinct": ("不同{value}的个数", "The number of different values of {value}"),
    "average": ("{value}的平均值", "The average of {value}"),
    "minimum": ("最小的{value}", "The smallest {value}"),
    "maximum": ("最大的{value}", "The largest {value}"),
    "last": ("最近的{value}", "The latest {value}"),
}


def _value_words(dataset: Dataset, value: str | None, lang: str) -> str:
    if value is None:
        return ""
    return pick(dataset.field(value).label, "zh" if lang == "zh" else "en", value) if value in dataset.fields else value


def _exists(configured: Prepared, scope: ScopeKind, key: str) -> bool:
    match scope:
        case "company":
            return key == COMPANY
        case "region":
            return configured.org.has_region(key)
        case "person":
            return configured.org.person(key) is not None


def _inputs_of(configured: Prepared, metric: str) -> tuple[str, ...]:
    derived = configured.metrics.derived.get(metric)
    return derived.inputs if derived else ()


def _dataset(configured: Prepared, metric: str) -> Dataset | None:
    names = sorted(configured.metrics.datasets_of(metric))
    return configured.release.datasets[names[0]] if names else None


def _expression(configured: Prepared, metric: str) -> str | None:
    found = configured.release.metrics[metric]
    if found.formula is not None:
        return found.formula
    inner = f"{found.aggregate}({found.value or ''})"
    return f"{inner} where {found.where}" if found.where else inner


async def _cell(desk: _Desk, metric: str, scope: ScopeKind, key: str) -> view.Cell:
    figures = figures_at(desk.configured, desk.book, desk.targets, metric, scope, key, desk.day)
    marks = (await marks_of(desk.configured, desk.hidden)).get((scope, key), ())
    return view.Cell(
        metric=metric,
        actual=figures.actual,
        target=figures.target,
        attainment=figures.attainment,
        pace=figures.pace,
        gap=figures.gap,
        gap_amount=figures.gap_amount,
        run_rate=figures.run_rate,
        projection=figures.projection,
        mark=next((mark for mark in marks if mark.metric == metric), None),
    )


def _inputs(desk: _Desk, metric: str, scope: ScopeKind, key: str) -> tuple[Input, ...]:
    """What a derived number is made of, and what the number is held against."""
    found = [_input(desk, name, scope, key) for name in _inputs_of(desk.configured, metric)]
    column = column_of(desk.configured, metric)
    target = desk.targets.month(metric, scope, key, month_of(desk.day))
    if target is not None:
        found.append(Input(label=_TARGET, value=float(target), format=column.format, currency=column.currency))
        pace = desk.targets.pace(metric, scope, key, desk.day)
        found.append(Input(label=_PACE, value=pace, format="percent"))
    return tuple(found)


def _input(desk: _Desk, name: str, scope: ScopeKind, key: str) -> Input:
    column = column_of(desk.configured, name)
    value = desk.book.value(name, scope, key, desk.day)
    return Input(label=column.label, value=value, format=column.format, metric=name, currency=column.currency)


def _parts(desk: _Desk, sight: Sight, metric: str, scope: ScopeKind, key: str) -> Iterator[Share]:
    """The next scopes below, with what each contributes where contributions add up."""
    whole = desk.book.value(metric, scope, key, desk.day)
    for kind, child in _below(desk, sight, scope, key):
        figures = figures_at(desk.configured, desk.book, desk.targets, metric, kind, child, desk.day)
        adds_up = _adds_up(desk.configured, metric, kind) and whole and figures.actual is not None
        yield Share(
            scope=kind,
            key=child,
            label=desk.configured.org.label(child) if kind == "region" else name_of(desk.configured, child) or child,
            actual=figures.actual,
            target=figures.target,
            attainment=figures.attainment,
            pace=figures.pace,
            share=(figures.actual or 0.0) / whole if adds_up and whole else None,
        )


def _below(desk: _Desk, sight: Sight, scope: ScopeKind, key: str) -> Iterator[tuple[ScopeKind, str]]:
    org = desk.configured.org
    if scope == "person":
        return
    children = org.children(None if scope == "company" else key)
    for child in children:
        yield "region", child
    if not children:
        for person in org.members(key, desk.day):
            if "seller" in person.roles and sight.sees("person", person.key):
                yield "person", person.key


def _adds_up(configured: Prepared, metric: str, below: ScopeKind) -> bool:
    measure: Measure | None = configured.metrics.measures.get(metric)
    return measure is not None and adds_up(measure, configured.release.datasets[measure.dataset], below)


def _parts_note(configured: Prepared, metric: str, parts: Sequence[Share], scope: ScopeKind) -> Text | None:
    below = parts[0].scope if parts else "person"
    if not _adds_up(configured, metric, below):
        return _SHARED if _is_count(configured, metric) else _NO_TOTAL
    return _PEOPLE if scope == "region" else None


def _is_count(configured: Prepared, metric: str) -> bool:
    measure = configured.metrics.measures.get(metric)
    return measure is not None and measure.aggregate == "count"


async def _lines(
    configured: Prepared, dataset: Dataset, metric: str, scope: ScopeKind, key: str, now: datetime
) -> list[tuple[Record, float | None, Text | None]]:
    """Every record of the month at the place: what it adds, or why it does not count. Newest first."""
    day = configured.calendar.today(now)
    first, _ = month_bounds(month_of(day))
    records = await records_between(configured.tenant, dataset, first, day)
    places = configured.places(dataset.name)
    measures = [configured.metrics.measures[name] for name in {metric, *_inputs_of(configured, metric)}
                if name in configured.metrics.measures and configured.metrics.measures[name].dataset == dataset.name]  # fmt: skip
    found = []
    for record in records:
        share = next((part for place, part in places.of(record, scope) if place == key), None)
        if share is not None:
            found.append((record, *_contribution(measures, record, share)))
    return sorted(found, key=lambda line: (line[0].day, key_text(line[0].key)), reverse=True)


def _contribution(measures: list[Measure], record: Record, share: float) -> tuple[float | None, Text | None]:
    if record.void:
        return None, _VOID
    contributions = [(measure, measure.contribution(record, share)) for measure in measures]
    counted = [(measure, each) for measure, each in contributions if each is not None]
    if not counted:
        return None, _FILTERED
    measure, added = counted[0]
    if isinstance(added, int | float):
        return (added / 10_000 if measure.shape.is_money else float(added)), None
    return None, None


def _shown(
    desk: _Desk, dataset: Dataset, sight: Sight, record: Record, amount: float | None, reason: Text | None
) -> Line:
    values = tuple(
        value_shown(desk.configured, field, record.values.get(name)) for name, field in visible_fields(dataset, sight)
    )
    return Line(
        key=tuple(str(part) for part in record.key),
        day=record.day,
        values=values,
        counted=reason is None,
        amount=amount,
        reason=reason,
    )


def value_shown(configured: Prepared, field: Field, value: object) -> Text | float | bool | None:
    """A value as a table shows it: people and regions by name, days as ISO text."""
    if isinstance(value, str) and field.kind == "person":
        return name_of(configured, value)
    if isinstance(value, str) and field.kind == "region":
        return configured.org.label(value) if configured.org.has_region(value) else value
    if value is None or isinstance(value, str | float | bool):
        return value
    return str(value)


async def _changes(configured: Prepared, metric: str, scope: ScopeKind, key: str) -> tuple[view.Change, ...]:
    names = [metric, *_inputs_of(configured, metric)]
    query = rows(MovementRow, configured.tenant).filter(metric__in=names, scope=scope, key=key).order_by("-at")
    return tuple(
        view.Change(
            at=row.at.astimezone(configured.calendar.tz),
            delta=row.delta if row.metric == metric else None,
            reason={"zh": row.reason["zh"], "en": row.reason["en"]},
        )
        for row in await query.limit(5)
    )


def _feeds(configured: Prepared, source: str, metric: str) -> bool:
    return configured.release.sources[source].dataset in configured.metrics.datasets_of(metric)


def _path(configured: Prepared, sight: Sight, scope: ScopeKind, key: str) -> tuple[Place, ...]:
    """From the highest scope that the reader sees down to the number's own."""
    organisation = configured.release.organisation
    label = (organisation.label if organisation else None) or COMPANY
    chain: list[Place] = [Place(scope="company", key=COMPANY, label=label)]
    if scope == "region":
        above = reversed(configured.org.ancestors(key))
    elif scope == "person":
        home = configured.org.region_of(key, date.max)
        above = reversed(configured.org.ancestors(home)) if home else iter(())
    else:
        above = iter(())
    chain += [Place(scope="region", key=each, label=configured.org.label(each)) for each in above]
    if scope == "person":
        chain.append(Place(scope="person", key=key, label=name_of(configured, key) or key))
    seen = [place for place in chain if sight.sees(place.scope, place.key)]
    return tuple(seen)


_TARGET: Text = {"zh": "本月目标", "en": "Target of the month"}
_PACE: Text = {"zh": "到今天应达", "en": "Expected by today"}
_VOID: Text = {"zh": "已作废，不计入", "en": "void: counts nowhere"}
_FILTERED: Text = {"zh": "不符合指标的条件", "en": "does not meet the metric's condition"}
_NO_TOTAL: Text = {
    "zh": "这个数在每一级重新计算，下级不能相加。",
    "en": "This number is computed anew at every level; those below do not add up to it.",
}
_SHARED: Text = {
    "zh": "一条记录可以归几个人，每人都计一条，下级不能相加。",
    "en": "A record may be credited to several people, and counts for each: those below do not add up to it.",
}
_PEOPLE: Text = {
    "zh": "个人数字是其全部业绩；区域按订单的区域计算，两者可能不等。",
    "en": "A person's number is the person's whole; a region counts by its records, so the two may differ.",
}
