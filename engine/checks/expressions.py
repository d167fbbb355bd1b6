"""Every expression can be read, and reads only what is there."""

import re
from collections.abc import Collection, Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.expression.errors import ExpressionError
from engine.expression.functions import FUNCTIONS, Where
from engine.expression.language import Expression, parse
from engine.rules.names import FIGURES, read_rule_text, rule_names
from schema_defs.base import Document
from schema_defs.case import Case
from schema_defs.nearest import did_you_mean
from schema_defs.rule import RuleBody
from schema_defs.source import Source
from schema_defs.text import Said

_WORD = re.compile(r"\w+")
_IN_MAP: tuple[Where, ...] = ("map",)


def expressions(view: View) -> Iterator[Finding]:
    for dataset in view.release.datasets.values():
        if dataset.void is not None:
            yield from _read(dataset, ("void",), dataset.void, dataset.fields)
    yield from _metrics(view)
    for source in view.release.sources.values():
        yield from _source(view, source)
    for rule in view.release.rules.values():
        yield from _rule(view, rule, rule, ())
    for case in view.release.cases.values():
        if case.define is not None:
            yield from _defined(view, case, case.define)


def _metrics(view: View) -> Iterator[Finding]:
    known = view.names("metric")
    for metric in view.metrics.values():
        if metric.formula is not None:
            yield from _read(metric, ("formula",), metric.formula, known)
            continue
        dataset = view.dataset(metric.dataset)
        fields = dataset.fields if dataset else None
        for key, text in (("value", metric.value), ("where", metric.where)):
            if text is not None:
                yield from _read(metric, (key,), text, fields)


def _source(view: View, source: Source) -> Iterator[Finding]:
    dataset = view.dataset(source.dataset)
    for field, text in source.map.items():
        if dataset and field not in dataset.fields:
            yield _no_field(source, ("map", field), field, dataset.fields)
        yield from _mapping(source, field, text)
    for field in source.values:
        if dataset and field not in dataset.fields:
            yield _no_field(source, ("values", field), field, dataset.fields)
    if source.deleted is not None:
        yield from _read(source, ("deleted",), source.deleted, None)


def _mapping(source: Source, field: str, text: str) -> Iterator[Finding]:
    try:
        read = parse(text, None, where=_IN_MAP)
    except ExpressionError as error:
        yield _wrong(source, ("map", field), error, text)
        return
    if "map_value" in read.functions and field not in source.values:
        yield Finding(
            document=source,
            path=("map", field),
            code="no-value-map",
            message=Said(
                zh=f"map_value 需要 values 里 '{field}' 的对照表",
                en=f"map_value needs the value map of '{field}' in values",
            ),
            suggestion=Said(zh=f"加上 values: {{{field}: {{…}}}}", en=f"add values: {{{field}: {{…}}}}"),
        )


def _rule(view: View, document: Document, rule: RuleBody, above: Path) -> Iterator[Finding]:
    for key, text in (("when", rule.when), ("recover_when", rule.recover_when)):
        if text is None:
            continue
        try:
            read = read_rule_text(text, view.names("metric"))
        except ExpressionError as error:
            yield _wrong(document, (*above, key), error, text, rule_names(view.names("metric")))
            continue
        yield from _references(view, document, (*above, key), read)
        if rule.metric is None and (used := sorted(read.names & set(FIGURES))):
            yield _no_metric(document, (*above, key), used[0])


def _defined(view: View, case: Case, rule: RuleBody) -> Iterator[Finding]:
    """A rule that stands in a test may also read whatever the test gives values for."""
    for key, text in (("when", rule.when), ("recover_when", rule.recover_when)):
        if text is not None:
            try:
                read_rule_text(text)
            except ExpressionError as error:
                yield _wrong(case, ("define", key), error, text)


def _references(view: View, document: Document, path: Path, read: Expression) -> Iterator[Finding]:
    for function, metric in sorted(read.references):
        if metric not in view.names("metric"):
            yield Finding(
                document=document,
                path=path,
                code="unknown-metric",
                offset=max(0, read.text.find(function)),
                message=Said(
                    zh=f"{function} 里没有名为 '{metric}' 的指标",
                    en=f"in {function} there is no metric named '{metric}'",
                ),
                suggestion=did_you_mean(metric, view.names("metric")),
            )


def _read(document: Document, path: Path, text: str, names: Collection[str] | None) -> Iterator[Finding]:
    try:
        parse(text, names)
    except ExpressionError as error:
        yield _wrong(document, path, error, text, names)


def _wrong(
    document: Document, path: Path, error: ExpressionError, text: str, names: Collection[str] | None = None
) -> Finding:
    return Finding(
        document=document,
        path=path,
        code=f"expression-{error.kind}",
        message=error.said,
        suggestion=_mend(error, text, names),
        offset=error.at or 0,
    )


def _mend(error: ExpressionError, text: str, names: Collection[str] | None) -> Said:
    """The known name that the one at the error's place is near to, else what an expression looks like."""
    written = _WORD.match(text, error.at) if error.at is not None else None
    known = sorted(names or ()) if error.kind == "name" else FUNCTIONS if error.kind == "function" else ()
    near = did_you_mean(written.group(), known) if written else None
    return near or _EXAMPLES.get(error.kind, _EXAMPLE)


def _no_field(source: Source, path: Path, field: str, fields: Collection[str]) -> Finding:
    return Finding(
        document=source,
        path=path,
        code="unknown-field",
        message=Said(
            zh=f"数据集 '{source.dataset}' 没有字段 '{field}'",
            en=f"the dataset '{source.dataset}' has no field '{field}'",
        ),
        suggestion=did_you_mean(field, fields),
    )


def _no_metric(document: Document, path: Path, figure: str) -> Finding:
    return Finding(
        document=document,
        path=path,
        code="figure-without-metric",
        message=Said(
            zh=f"'{figure}' 是规则的指标的数值，但规则没有 metric",
            en=f"'{figure}' is about the rule's metric, but the rule has no metric",
        ),
        suggestion=Said(zh="加上 metric: …", en="add metric: …"),
    )


_EXAMPLE = Said(zh="例如 amount - cost >= 0.1 * amount", en="for example amount - cost >= 0.1 * amount")
_EXAMPLES = {
    "forbidden": Said(
        zh="只用数字、文本、名称、运算符和列出的函数，例如 attainment < 0.8 * pace",
        en="use numbers, texts, names, operators and the listed functions only, as in attainment < 0.8 * pace",
    ),
    "limit": Said(zh="拆成几个指标", en="split it into several metrics"),
}
