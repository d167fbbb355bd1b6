"""Names that the language keeps for itself."""

from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.expression.functions import FUNCTIONS
from engine.expression.language import RESERVED
from engine.rules.names import FIGURES, PARENT, REFERENCES
from schema_defs.base import Document
from schema_defs.issue import Level
from schema_defs.text import Said

RULE_NAMES = frozenset({*FIGURES, "day", *REFERENCES})
"""What a rule reads under its own names; a metric of such a name could not be told from it."""


def names(view: View) -> Iterator[Finding]:
    for metric in view.metrics.values():
        if metric.name in RESERVED:
            yield _reserved(metric, ("name",), metric.name, _kept(metric.name))
        elif metric.name in RULE_NAMES or metric.name.startswith(PARENT):
            yield _reserved(metric, ("name",), metric.name, _OF_RULES)
    for dataset in view.release.datasets.values():
        for field in dataset.fields:
            if field in RESERVED:
                yield _reserved(dataset, ("fields", field), field, _kept(field))
            elif field in RULE_NAMES:
                yield _reserved(dataset, ("fields", field), field, _OF_RULES, level="warning")


def _kept(name: str) -> Said:
    return _OF_FUNCTIONS if name in FUNCTIONS else _OF_LANGUAGE


def _reserved(document: Document, path: Path, name: str, by: Said, level: Level = "error") -> Finding:
    return Finding(
        document=document,
        path=path,
        code="reserved-name",
        level=level,
        message=Said(zh=f"'{name}' 是保留名称（{by.zh}）", en=f"the name '{name}' is reserved ({by.en})"),
        suggestion=Said(zh=f"例如改为 '{name}_value'", en=f"for example '{name}_value'"),
    )


_OF_FUNCTIONS = Said(zh="函数名", en="it is a function")
_OF_LANGUAGE = Said(zh="表达式语言的词", en="it is a word of the expression language")
_OF_RULES = Said(zh="规则里的名称", en="rules have this name for something else")
