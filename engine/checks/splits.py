"""Plans that need no data are split on trial, so that what cannot be split is found before it is published."""

from collections.abc import Iterator

from engine.calendar import calendar_of
from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.org import org_of
from engine.targets.faults import PlanError
from engine.targets.plan import targets_of, uses_history
from schema_defs.errors import AuthorError
from schema_defs.plan import Plan
from schema_defs.text import Said


def splits(view: View) -> Iterator[Finding]:
    """What splitting refuses; only of use when nothing else is wrong."""
    organisation = view.organisation
    if organisation is None or organisation.people_from is not None:
        return
    org, calendar = org_of(organisation), calendar_of(view.release.calendar)
    for plan in view.release.plans.values():
        if plan.targets_from is not None or uses_history(plan):
            continue
        try:
            targets_of(plan, view.release, org, calendar)
        except PlanError as error:
            yield from _findings(plan, error)
        except AuthorError as error:
            yield _finding(plan, (), "plan-cannot-be-split", error.said, None)


def _findings(plan: Plan, error: PlanError) -> Iterator[Finding]:
    for fault in error.faults:
        yield _finding(plan, fault.path, fault.issue.code, fault.issue.message, fault.issue.suggestion)


def _finding(plan: Plan, path: Path, code: str, message: Said, suggestion: Said | None) -> Finding:
    return Finding(document=plan, path=path, code=code, message=message, suggestion=suggestion or _CHANGE)


_CHANGE = Said(zh="修改这里的数值", en="change the value here")
