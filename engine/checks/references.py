"""Names of other documents must lead somewhere."""

from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from schema_defs.base import Document
from schema_defs.board import Board
from schema_defs.case import Case
from schema_defs.meeting import Meeting
from schema_defs.metric import Metric
from schema_defs.nearest import did_you_mean
from schema_defs.plan import Plan
from schema_defs.rule import Action, Rule, RuleBody
from schema_defs.scorecard import Scorecard
from schema_defs.source import Source
from schema_defs.text import Said

Reference = tuple[Path, str, str | None]
"""Where a name stands, which kind of document it means, and the name."""


def references(view: View) -> Iterator[Finding]:
    for document in view.release.documents:
        for path, kind, name in references_of(document):
            if name is not None and name not in view.names(kind):
                yield _unknown(view, document, path, kind, name)
    yield from _key_customers(view)
    yield from _returns(view)


def _returns(view: View) -> Iterator[Finding]:
    """A metric that does something with returns needs a dataset that says which rows they are."""
    for metric in view.metrics.values():
        dataset = view.dataset(metric.dataset)
        if dataset is not None and dataset.returns is None and metric.returns in ("original", "ignore"):
            yield Finding(
                document=metric,
                path=("returns",),
                code="no-returns",
                message=Said(
                    zh=f"数据集 '{dataset.name}' 没有说明哪些行是退货，returns: {metric.returns} 不起作用",
                    en=f"the dataset '{dataset.name}' does not say which rows are returns, so returns: {metric.returns} means nothing",
                ),
                suggestion=Said(
                    zh=f"在数据集 '{dataset.name}' 中写 returns: {{when: 表达式, of: 原单键字段}}，或删掉这里的 returns",
                    en=f"write returns: {{when: EXPRESSION, of: FIELD}} in the dataset '{dataset.name}', or leave returns out here",
                ),
            )


def references_of(document: Document) -> Iterator[Reference]:
    """Every name of another document that the document writes down, outside its expressions."""
    match document:
        case Metric():
            yield ("dataset",), "dataset", document.dataset
            yield ("of",), "metric", document.of
        case Source():
            yield ("dataset",), "dataset", document.dataset
        case Plan():
            yield ("metric",), "metric", document.metric
        case Scorecard():
            for i, part in enumerate(document.parts):
                yield ("parts", i, "metric"), "metric", part.metric
        case Rule():
            yield from _of_rule(document)
        case Board():
            for i, section in enumerate(document.sections):
                for j, name in enumerate(section.metrics):
                    yield ("sections", i, "metrics", j), "metric", name
        case Meeting():
            yield from _of_meeting(document)
        case Case():
            yield from _of_case(document)


def _of_rule(rule: RuleBody) -> Iterator[Reference]:
    yield ("metric",), "metric", rule.metric
    for key, actions in (("on_fire", rule.on_fire), ("on_recover", rule.on_recover)):
        for i, action in enumerate(actions):
            yield from _of_action((key, i), action)
    if rule.unanswered:
        yield ("unanswered", "channel"), "channel", rule.unanswered.channel
        yield ("unanswered", "message"), "message", rule.unanswered.message


def _of_action(path: Path, action: Action) -> Iterator[Reference]:
    yield (*path, "channel"), "channel", action.channel
    yield (*path, "message"), "message", action.message
    yield (*path, "snapshot"), "board", action.snapshot
    yield (*path, "webhook"), "channel", action.webhook


def _of_meeting(meeting: Meeting) -> Iterator[Reference]:
    if meeting.snapshot:
        yield ("snapshot", "board"), "board", meeting.snapshot.board
        if send := meeting.snapshot.send:
            yield ("snapshot", "send", "channel"), "channel", send.channel
            yield ("snapshot", "send", "message"), "message", send.message
    if meeting.key_customers:
        yield ("key_customers", "dataset"), "dataset", meeting.key_customers.dataset
    for i, section in enumerate(meeting.agenda):
        yield ("agenda", i, "metric"), "metric", section.metric


def _of_case(case: Case) -> Iterator[Reference]:
    yield ("rule",), "rule", case.rule
    yield ("metric",), "metric", case.metric
    if case.define:
        yield ("define", "metric"), "metric", case.define.metric
    for i, expected in enumerate(case.expect):
        yield ("expect", i, "metric"), "metric", expected.metric


def _key_customers(view: View) -> Iterator[Finding]:
    """The field of a meeting's key customers is one of the dataset; they are ranked by a metric or by another field."""
    for meeting in view.release.meetings.values():
        wanted = meeting.key_customers
        dataset = view.dataset(wanted.dataset) if wanted else None
        if wanted and dataset and wanted.field not in dataset.fields:
            yield Finding(
                document=meeting,
                path=("key_customers", "field"),
                code="unknown-field",
                message=Said(
                    zh=f"数据集 '{dataset.name}' 没有字段 '{wanted.field}'",
                    en=f"the dataset '{dataset.name}' has no field '{wanted.field}'",
                ),
                suggestion=did_you_mean(wanted.field, dataset.fields),
            )
        if wanted and dataset and wanted.by not in dataset.fields and wanted.by not in view.names("metric"):
            yield _unknown(view, meeting, ("key_customers", "by"), "metric", wanted.by)


def _unknown(view: View, document: Document, path: Path, kind: str, name: str) -> Finding:
    known = view.names(kind)
    suggestion = did_you_mean(name, known) or Said(
        zh=f"还没有任何 {kind} 文档；请新建一个，name: {name}",
        en=f"there is no {kind} document yet; add one with the name {name}",
    )
    return Finding(
        document=document,
        path=path,
        code=f"unknown-{kind}",
        message=Said(zh=f"没有名为 '{name}' 的 {kind} 文档", en=f"there is no {kind} named '{name}'"),
        suggestion=suggestion,
    )
