"""Every expression of a configuration, with what it may read there and what it has to give."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

import msgspec

from engine.checks.finding import Path
from engine.checks.kinds import field_kinds, rule_kinds
from engine.checks.view import View
from engine.expression.functions import Where
from engine.expression.kinds import Kind, Type
from engine.expression.language import Expression, parse
from engine.rules.names import read_rule_text, rule_names
from schema_defs.base import Document
from schema_defs.dataset import FieldType
from schema_defs.rule import RuleBody

IN_MAP: tuple[Where, ...] = ("map",)
_NUMERIC = ("sum", "average")
_READ_AS: dict[FieldType, tuple[Type, ...]] = {
    **dict.fromkeys(("number", "money", "percent"), ("number", "text")),
    **dict.fromkeys(("date", "datetime"), ("date", "datetime", "text", "number")),
    "boolean": ("boolean", "text", "number"),
}
"""What a field reads, its own type first: files hold text, and a workbook's dates may be numbers. The others read anything as text."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """An expression at `path`. `names` is what it may read (None: anything), `kinds` what is known of that, `gives` the types
    that it may have (empty: any), `choices` the list that a written text it gives must be of (empty: any)."""

    document: Document
    path: Path
    text: str
    read: Callable[[], Expression]
    names: Collection[str] | None = None
    kinds: Mapping[str, Kind] = {}
    gives: tuple[Type, ...] = ()
    choices: tuple[str, ...] = ()


def texts(view: View) -> Iterator[Written]:
    yield from _datasets(view)
    yield from _metrics(view)
    yield from _sources(view)
    for rule in view.release.rules.values():
        yield from _rule(view, rule, rule, (), view.names("metric"))
    for case in view.release.cases.values():
        if case.define is not None:
            yield from _rule(view, case, case.define, ("define",), None)


def _datasets(view: View) -> Iterator[Written]:
    for dataset in view.release.datasets.values():
        if dataset.void is not None:
            yield _plain(dataset, ("void",), dataset.void, dataset.fields, field_kinds(dataset), ("boolean",))
        if dataset.returns is not None:
            when = dataset.returns.when
            yield _plain(dataset, ("returns", "when"), when, dataset.fields, field_kinds(dataset), ("boolean",))


def _metrics(view: View) -> Iterator[Written]:
    for metric in view.metrics.values():
        if metric.formula is not None:
            names = view.names("metric")
            yield _plain(metric, ("formula",), metric.formula, names, view.metric_kinds, ("number",))
            continue
        dataset = view.dataset(metric.dataset)
        fields, kinds = (dataset.fields, field_kinds(dataset)) if dataset else (None, {})
        if metric.value is not None:
            gives: tuple[Type, ...] = ("number",) if metric.aggregate in _NUMERIC else ()
            yield _plain(metric, ("value",), metric.value, fields, kinds, gives)
        if metric.where is not None:
            yield _plain(metric, ("where",), metric.where, fields, kinds, ("boolean",))


def _sources(view: View) -> Iterator[Written]:
    for source in view.release.sources.values():
        dataset = view.dataset(source.dataset)
        for name, text in source.map.items():
            read = partial(parse, text, None, where=IN_MAP)
            field = dataset.field(name) if dataset and name in dataset.fields else None
            yield Written(
                document=source,
                path=("map", name),
                text=text,
                read=read,
                gives=_READ_AS.get(field.type, ()) if field else (),
                choices=field.choices if field else (),
            )
        if source.deleted is not None:
            yield _plain(source, ("deleted",), source.deleted, None, {}, ("boolean",))


def _rule(
    view: View, document: Document, rule: RuleBody, above: Path, metrics: Collection[str] | None
) -> Iterator[Written]:
    """The conditions of a rule; one that stands in a test may also read whatever the test gives values for."""
    for key, text in (("when", rule.when), ("recover_when", rule.recover_when)):
        if text is not None:
            yield Written(
                document=document,
                path=(*above, key),
                text=text,
                read=partial(read_rule_text, text, metrics),
                names=None if metrics is None else rule_names(metrics),
                kinds=rule_kinds(rule.metric, view.metric_kinds) if metrics is not None else {},
                gives=("boolean",),
            )


def _plain(
    document: Document,
    path: Path,
    text: str,
    names: Collection[str] | None,
    kinds: Mapping[str, Kind],
    gives: tuple[Type, ...],
) -> Written:
    return Written(
        document=document, path=path, text=text, read=partial(parse, text, names), names=names, kinds=kinds, gives=gives
    )
