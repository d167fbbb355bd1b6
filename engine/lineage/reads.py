"""What one document, field or raw column reads directly, and where it says so."""

from collections.abc import Iterator

from engine.checks.formulas import inputs_of
from engine.checks.references import references_of
from engine.checks.texts import IN_MAP
from engine.expression.errors import ExpressionError
from engine.expression.language import Expression, parse
from engine.lineage.node import Node, Step
from engine.rules.names import FIGURES, PARENT, read_rule_text
from schema_defs.base import Document, kind_of
from schema_defs.case import Case
from schema_defs.dataset import Credit, Dataset
from schema_defs.meeting import Meeting
from schema_defs.metric import Metric
from schema_defs.release import Release
from schema_defs.rule import Rule, RuleBody
from schema_defs.source import Source

_OF_A_PLAN = frozenset(FIGURES) - {"actual", "score"}
"""Figures of a rule that need the metric's target."""

CONNECTION = "connection"
"""Through what a raw column comes from its source."""


def reads_of(release: Release, document: Document) -> Iterator[tuple[Node, Step]]:
    """Every step of a document and of what is written in it: reader and what it reads."""
    own = Node(kind_of(document), document.name)
    match document:
        case Source():
            yield from _of_source(release, document)
            return
        case Dataset():
            yield from _of_dataset(document, own)
        case Metric():
            yield from _of_metric(release, document, own)
        case Rule():
            yield from ((own, step) for step in _of_rule(release, document, ""))
        case Case():
            if document.define is not None:
                yield from ((own, step) for step in _of_rule(release, document.define, "define."))
        case Meeting():
            yield from _of_meeting(release, document, own)
    for path, kind, name in references_of(document):
        if name is not None:
            yield own, Step(Node(kind, name), _place(path))


def _of_metric(release: Release, metric: Metric, own: Node) -> Iterator[tuple[Node, Step]]:
    for name in sorted(inputs_of(metric)) if metric.formula is not None else ():
        yield own, Step(Node("metric", name), "formula")
    dataset = release.datasets.get(metric.dataset or "")
    for key, text in (("value", metric.value), ("where", metric.where)) if dataset else ():
        yield from ((own, Step(Node("field", f"{metric.dataset}.{name}"), key)) for name in _names(text))


def _of_dataset(dataset: Dataset, own: Node) -> Iterator[tuple[Node, Step]]:
    """What decides whether a record counts, when, and whose it is."""
    owner = dataset.owner
    placing = [("time", dataset.time), ("region", dataset.region)]
    placing += [("owner", owner.people), ("share", owner.share)] if isinstance(owner, Credit) else [("owner", owner)]
    placing += [("key", name) for name in dataset.key_fields] + [("void", name) for name in _names(dataset.void)]
    for through, name in placing:
        if name is not None:
            yield own, Step(Node("field", f"{dataset.name}.{name}"), through)


def _of_source(release: Release, source: Source) -> Iterator[tuple[Node, Step]]:
    """Fields read raw columns, by the map or as columns of the same name; columns stand in the source."""
    own, dataset = Node("source", source.name), release.datasets.get(source.dataset)
    for field in dataset.fields if dataset else ():
        node = Node("field", f"{source.dataset}.{field}")
        text = source.map.get(field)
        columns = [field] if text is None else _names(text, mapping=True)
        through = f"fields.{field}" if text is None else f"map.{field}"
        for name in columns:
            yield node, Step(Node("column", f"{source.name}.{name}"), through)
        if not columns:
            yield node, Step(own, through)
    for column in sorted({*_raw_columns(release, source), *_names(source.deleted)}):
        yield Node("column", f"{source.name}.{column}"), Step(own, CONNECTION)


def _raw_columns(release: Release, source: Source) -> Iterator[str]:
    dataset = release.datasets.get(source.dataset)
    for field in dataset.fields if dataset else ():
        text = source.map.get(field)
        yield from [field] if text is None else _names(text, mapping=True)


def _of_rule(release: Release, rule: RuleBody, above: str) -> Iterator[Step]:
    for key, text in (("when", rule.when), ("recover_when", rule.recover_when)):
        expression = _read(text) if text is not None else None
        for metric, figure in sorted(_figures(release, rule, expression)) if expression else ():
            yield Step(Node("metric", metric), above + key)
            for plan in release.plans.values() if figure in _OF_A_PLAN else ():
                if plan.metric == metric:
                    yield Step(Node("plan", plan.name), above + key)
        if expression and any(name.removeprefix(PARENT).startswith("score") for name in expression.names):
            yield from (Step(Node("scorecard", name), above + key) for name in release.scorecards)


def _figures(release: Release, rule: RuleBody, expression: Expression) -> Iterator[tuple[str, str]]:
    """The metrics that a condition reads, each with the figure: its own name for the actual."""
    for name in expression.names:
        plain = name.removeprefix(PARENT)
        if plain in release.metrics:
            yield plain, "actual"
        elif plain in FIGURES and rule.metric is not None:
            yield rule.metric, plain
    for function, metric in expression.references:
        yield metric, function.removeprefix(PARENT).removesuffix("_of")


def _of_meeting(release: Release, meeting: Meeting, own: Node) -> Iterator[tuple[Node, Step]]:
    wanted = meeting.key_customers
    if wanted is None:
        return
    dataset = release.datasets.get(wanted.dataset)
    for key, name in (("field", wanted.field), ("by", wanted.by)):
        if dataset and name in dataset.fields:
            yield own, Step(Node("field", f"{wanted.dataset}.{name}"), f"key_customers.{key}")
        elif name in release.metrics:
            yield own, Step(Node("metric", name), f"key_customers.{key}")


def _names(text: str | None, *, mapping: bool = False) -> list[str]:
    """What an expression reads; nothing where it cannot be read, which the check tells."""
    try:
        return sorted(parse(text, where=IN_MAP if mapping else ()).names) if text is not None else []
    except ExpressionError:
        return []


def _read(text: str) -> Expression | None:
    try:
        return read_rule_text(text)
    except ExpressionError:
        return None


def _place(path: tuple[str | int, ...]) -> str:
    """The keys on the way, without the places in lists."""
    return ".".join(part for part in path if isinstance(part, str))
