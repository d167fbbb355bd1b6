"""`test` documents name fields, scopes and days that exist."""

from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.rules.names import REFERENCES, canonical, rule_names
from schema_defs.case import Case
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said

RECORD_MARKS = ("_known_at", "_deleted")
"""Columns that every dataset's records may carry beside the fields."""


def tests(view: View) -> Iterator[Finding]:
    for case in view.release.cases.values():
        yield from _record_fields(view, case)
        yield from _scopes(case)
        if case.rule in view.release.rules:
            yield from _values(view, case)


def _record_fields(view: View, case: Case) -> Iterator[Finding]:
    metric = view.metrics.get(case.metric or "")
    dataset = view.dataset(metric.dataset) if metric else None
    if dataset is None:
        return
    for i, record in enumerate(case.records):
        for field in record:
            if field not in dataset.fields and field not in RECORD_MARKS:
                yield Finding(
                    document=case,
                    path=("records", i, field),
                    code="unknown-field",
                    message=Said(
                        zh=f"数据集 '{dataset.name}' 没有字段 '{field}'",
                        en=f"the dataset '{dataset.name}' has no field '{field}'",
                    ),
                    suggestion=did_you_mean(field, dataset.fields),
                )


def _scopes(case: Case) -> Iterator[Finding]:
    """With several scopes, expectations and silences are about one of them."""
    if not case.scope_keys:
        return
    for i, step in enumerate(case.days):
        for scope in step.expect:
            if scope not in case.scope_keys:
                yield _unknown_scope(case, ("days", i, "expect", scope), scope)
    for i, silence in enumerate(case.silences):
        if silence.scope is not None and silence.scope not in case.scope_keys:
            yield _unknown_scope(case, ("silences", i, "scope"), silence.scope)


def _values(view: View, case: Case) -> Iterator[Finding]:
    """Values are given under names that a rule can read."""
    known = rule_names(view.names("metric"))
    for path, name in _named_values(case):
        written = canonical(name)
        if written not in known and written.partition("(")[0] not in REFERENCES:
            yield Finding(
                document=case,
                path=path,
                code="unknown-value",
                level="warning",
                message=Said(zh=f"规则读不到名称 '{name}'", en=f"no rule reads the name '{name}'"),
                suggestion=did_you_mean(name, sorted(known)),
            )


def _named_values(case: Case) -> Iterator[tuple[Path, str]]:
    for i, step in enumerate(case.days):
        given: list[tuple[Path, object]] = [(("days", i, "values"), step.values)]
        given += [(("days", i, "late", day.isoformat()), values) for day, values in step.late.items()]
        for path, values in given:
            for key, value in values.items() if isinstance(values, dict) else ():
                if isinstance(value, dict):
                    yield from (((*path, key, name), name) for name in value)
                elif not case.scopes:
                    yield (*path, key), key


def _unknown_scope(case: Case, path: tuple[str | int, ...], scope: str) -> Finding:
    return Finding(
        document=case,
        path=path,
        code="unknown-scope",
        message=Said(
            zh=f"'{scope}' 不在 scopes 中：{'、'.join(case.scope_keys)}",
            en=f"'{scope}' is none of the scopes: {', '.join(case.scope_keys)}",
        ),
        suggestion=did_you_mean(scope, case.scope_keys),
    )
