"""Runs every check over a configuration and gives the problems their lines."""

from collections.abc import Callable, Iterator

from engine.checks.available import Available
from engine.checks.calendars import calendars
from engine.checks.cycles import cycles
from engine.checks.expressions import expressions
from engine.checks.finding import Finding
from engine.checks.messages import messages
from engine.checks.names import names
from engine.checks.organisation import organisation
from engine.checks.outside import outside
from engine.checks.plans import plans
from engine.checks.recipients import recipients
from engine.checks.references import references
from engine.checks.rollups import rollups
from engine.checks.rules import rules
from engine.checks.sources import sources
from engine.checks.splits import splits
from engine.checks.tests import tests
from engine.checks.view import View
from engine.checks.windows import windows
from schema_defs.base import kind_of
from schema_defs.issue import Issue
from schema_defs.loader.loaded import Loaded
from schema_defs.loader.walk import written_path

CHECKS: tuple[Callable[[View], Iterator[Finding]], ...] = (
    names,
    outside,
    references,
    expressions,
    sources,
    rules,
    messages,
    recipients,
    organisation,
    calendars,
    plans,
    cycles,
    windows,
    rollups,
    tests,
)
"""The registry of checks: adding one touches its own module and this line."""


def check(loaded: Loaded, available: Available) -> list[Issue]:
    """What is wrong with the configuration beyond its single documents, in the order of files and lines."""
    view = View(loaded, available)
    found = [finding for run in CHECKS for finding in run(view)]
    if not loaded.has_errors and not any(finding.level == "error" for finding in found):
        found += splits(view)
    issues = [_issue(loaded, finding) for finding in found]
    return sorted(issues, key=lambda issue: (issue.file, issue.line, issue.column))


def _issue(loaded: Loaded, finding: Finding) -> Issue:
    kind, name = kind_of(finding.document), finding.document.name
    if finding.offset is None:
        place = loaded.place(kind, name, finding.path)
    else:
        place = loaded.place_in_text(kind, name, finding.path, finding.offset)
    return Issue(
        code=finding.code,
        message=finding.message,
        level=finding.level,
        file=place.file,
        line=place.line,
        column=place.column,
        path=written_path(finding.path),
        suggestion=finding.suggestion,
    )
