"""Picks what a `test` document tests, and runs it."""

from collections.abc import Iterable

from engine.calendar import calendar_of
from engine.cases.metric_case import metric_failures
from engine.cases.result import Result
from engine.cases.rule_case import rule_failures
from schema_defs.case import Case
from schema_defs.errors import AuthorError
from schema_defs.release import Release
from schema_defs.rule import RuleBody
from schema_defs.text import Said


def run_cases(release: Release, names: Iterable[str] | None = None) -> list[Result]:
    """Every test of the release (or those named), in the order in which they are listed."""
    wanted = None if names is None else set(names)
    return [run_case(case, release) for name, case in release.cases.items() if wanted is None or name in wanted]


def run_case(case: Case, release: Release) -> Result:
    """One test; what keeps it from running is a failure too."""
    try:
        return Result(case.name, tuple(_failures(case, release)))
    except AuthorError as error:
        return Result(case.name, (error.said,))


def _failures(case: Case, release: Release) -> Iterable[Said]:
    if case.metric is not None:
        return metric_failures(case, release)
    rule = _rule(case, release)
    if rule is None:
        return [_no_rule(case, release)]
    return rule_failures(case, rule, calendar_of(release.calendar))


def _rule(case: Case, release: Release) -> RuleBody | None:
    return case.define or release.rules.get(case.rule or "")


def _no_rule(case: Case, release: Release) -> Said:
    known = ", ".join(release.rules) or "-"
    return Said(
        zh=f"测试所写的规则 '{case.rule}' 不存在；现有规则：{known}",
        en=f"the rule '{case.rule}' that is tested does not exist; there are: {known}",
    )
