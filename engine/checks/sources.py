"""A source maps onto fields that its dataset has."""

from collections.abc import Collection, Iterator

from engine.checks.finding import Finding, Path
from engine.checks.texts import IN_MAP
from engine.checks.view import View
from engine.expression.errors import ExpressionError
from engine.expression.language import parse
from schema_defs.dataset import Field
from schema_defs.nearest import did_you_mean
from schema_defs.source import Source
from schema_defs.text import Said


def sources(view: View) -> Iterator[Finding]:
    for source in view.release.sources.values():
        dataset = view.dataset(source.dataset)
        for key, given in (("map", source.map), ("values", source.values)):
            for field in given if dataset else ():
                if dataset and field not in dataset.fields:
                    yield _no_field(source, (key, field), field, dataset.fields)
        for field in source.values if dataset else ():
            if dataset and field in dataset.fields:
                yield from _strange_values(source, field, dataset.field(field))
        for field, text in source.map.items():
            if _uses_value_map(text) and field not in source.values:
                yield _no_value_map(source, field)


def _strange_values(source: Source, field: str, of: Field) -> Iterator[Finding]:
    """Values that the field's choices do not have: every such row would be put aside."""
    for key, value in source.values[field].items() if of.type == "choice" and of.choices else ():
        if value not in of.choices:
            listed = ", ".join(of.choices)
            yield Finding(
                document=source,
                path=("values", field, key),
                code="value-not-a-choice",
                level="warning",
                message=Said(
                    zh=f"'{value}' 不在字段 '{field}' 的可选值中：{listed}",
                    en=f"'{value}' is none of the choices of '{field}': {listed}",
                ),
                suggestion=did_you_mean(str(value), of.choices),
            )


def _uses_value_map(text: str) -> bool:
    try:
        return "map_value" in parse(text, None, where=IN_MAP).functions
    except ExpressionError:
        return False


def _no_value_map(source: Source, field: str) -> Finding:
    return Finding(
        document=source,
        path=("map", field),
        code="no-value-map",
        message=Said(
            zh=f"map_value 需要 values 里 '{field}' 的对照表",
            en=f"map_value needs the value map of '{field}' in values",
        ),
        suggestion=Said(zh=f"加上 values: {{{field}: {{…}}}}", en=f"add values: {{{field}: {{…}}}}"),
    )


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
