"""`test` documents name fields, scopes and days that exist."""

from collections.abc import Iterator

from engine.checks.finding import Finding
from engine.checks.view import View
from schema_defs.case import Case
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said

RECORD_MARKS = ("_known_at", "_deleted")
"""Columns that every dataset's records may carry beside the fields."""


def tests(view: View) -> Iterator[Finding]:
    for case in view.release.cases.values():
        yield from _record_fields(view, case)
        yield from _scopes(case)


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
    """With `scopes`, expectations and silences are about one of them."""
    if not case.scopes:
        return
    for i, step in enumerate(case.days):
        for scope in step.expect:
            if scope not in case.scopes:
                yield _unknown_scope(case, ("days", i, "expect", scope), scope)
    for i, silence in enumerate(case.silences):
        if silence.scope is not None and silence.scope not in case.scopes:
            yield _unknown_scope(case, ("silences", i, "scope"), silence.scope)


def _unknown_scope(case: Case, path: tuple[str | int, ...], scope: str) -> Finding:
    return Finding(
        document=case,
        path=path,
        code="unknown-scope",
        message=Said(
            zh=f"'{scope}' 不在 scopes 中：{'、'.join(case.scopes)}",
            en=f"'{scope}' is none of the scopes: {', '.join(case.scopes)}",
        ),
        suggestion=did_you_mean(scope, case.scopes),
    )
