"""A metric's text as it would stand in the live release, checked with everything around it."""

import msgspec

from runtime.board.preview import Problem
from runtime.offline.configuration import checked
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from schema_defs.issue import Issue
from schema_defs.loader import Loaded, load_text
from schema_defs.metric import Metric
from schema_defs.text import Said, Text


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """`configured` is the live configuration with the metric in it; without it there are errors."""

    problems: tuple[Problem, ...]
    metric: Metric | None = None
    configured: Prepared | None = None


async def draft_of(configured: Prepared, text: str) -> Draft:
    """The metric of the text. Only what is wrong in the text itself is told."""
    alone = load_text(text, "metric.yaml")
    if alone.has_errors:
        return Draft(problems=tuple(_problem(issue) for issue in alone.issues))
    metric = next(iter(alone.release.metrics.values()), None)
    if metric is None:
        return Draft(problems=(_NO_METRIC,))
    whole = await _whole(configured, text, metric)
    problems = tuple(_problem(issue) for issue in whole.issues if issue.line <= text.count("\n") + 1)
    if any(problem.level == "error" for problem in problems):
        return Draft(problems=problems)
    prepared = Prepared(configured.tenant, configured.number, whole.release, configured.org)
    return Draft(problems=problems, metric=metric, configured=prepared)


async def _whole(configured: Prepared, text: str, metric: Metric) -> Loaded:
    """The text first, so that its lines keep their numbers, then the live documents but the one that it replaces."""
    stored = (await rows(ReleaseRow, configured.tenant).get(number=configured.number)).documents
    others = [each["text"] for each in stored if (each["kind"], each["name"]) != ("metric", metric.name)]
    return checked(load_text("\n---\n".join([text, *others]), "metric.yaml", one=False))


def _problem(issue: Issue) -> Problem:
    return Problem(
        line=issue.line,
        column=issue.column,
        level=issue.level,
        code=issue.code,
        message=_text(issue.message),
        suggestion=_text(issue.suggestion) if issue.suggestion else None,
    )


def _text(said: Said) -> Text:
    return {"zh": said.zh, "en": said.en}


_NO_METRIC = Problem(
    line=1,
    column=1,
    level="error",
    code="no-metric",
    message={"zh": "预览需要一个 kind: metric 的文档", "en": "a preview needs a document of kind: metric"},
)
