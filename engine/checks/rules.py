"""Rules that could never say anything, or would say it twice."""

from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.satisfiable import outcomes
from engine.checks.view import View
from engine.expression.errors import ExpressionError
from engine.rules.names import FIGURES, PARENT, read_rule_text
from schema_defs.base import Document
from schema_defs.rule import Rule, RuleBody
from schema_defs.text import Said


def rules(view: View) -> Iterator[Finding]:
    for rule in view.release.rules.values():
        for key, text in (("when", rule.when), ("recover_when", rule.recover_when)):
            if text is not None:
                yield from _condition(view, rule, (key,), text)
        yield from _told_twice(rule)


def _condition(view: View, rule: Rule, path: Path, text: str) -> Iterator[Finding]:
    try:
        expression = read_rule_text(text)
    except ExpressionError:
        return
    names = expression.names
    if not names:
        yield _reads_nothing(rule, path, text)
    elif (possible := outcomes(expression)) is not None and len(possible) == 1:
        yield _always(rule, path, text, True in possible)
    if rule.scope == "company" and (above := sorted(name for name in names if name.startswith(PARENT))):
        yield _nothing_above(rule, path, above[0])
    figures = sorted(names & {*FIGURES, *(f"{PARENT}{figure}" for figure in FIGURES)})
    if rule.metric is None and figures and figures != ["score"]:
        yield _no_metric(rule, path, figures[0])
    if "score" in names and not view.names("scorecard"):
        yield _no_scorecard(rule, path)


def _told_twice(rule: RuleBody) -> Iterator[Finding]:
    for key, actions in (("on_fire", rule.on_fire), ("on_recover", rule.on_recover)):
        for i, action in enumerate(actions):
            if action in actions[:i]:
                yield Finding(
                    document=rule,
                    path=(key, i),
                    code="same-action-twice",
                    level="warning",
                    message=Said(zh=f"{key} 里的同一个动作写了两次", en=f"the same action stands twice in {key}"),
                    suggestion=Said(zh="删掉其中一个", en="remove one of the two"),
                )


def _reads_nothing(rule: Document, path: Path, text: str) -> Finding:
    return Finding(
        document=rule,
        path=path,
        code="condition-reads-nothing",
        level="warning",
        message=Said(
            zh=f"条件 '{text}' 不读任何数值，结果永远相同",
            en=f"the condition '{text}' reads no value and is always the same",
        ),
        suggestion=Said(zh="例如 attainment < 0.8 * pace", en="for example attainment < 0.8 * pace"),
    )


def _always(rule: Document, path: Path, text: str, holds: bool) -> Finding:
    return Finding(
        document=rule,
        path=path,
        code="condition-always-holds" if holds else "condition-never-holds",
        level="warning",
        message=Said(
            zh=f"条件 '{text}' 对任何数值都{'成立' if holds else '不成立'}",
            en=f"the condition '{text}' {'holds' if holds else 'fails'} whatever the values are",
        ),
        suggestion=Said(
            zh="检查比较的方向，以及 and 和 or", en="look at the directions of the comparisons, and at and / or"
        ),
    )


def _nothing_above(rule: Document, path: Path, name: str) -> Finding:
    return Finding(
        document=rule,
        path=path,
        code="nothing-above",
        message=Said(
            zh=f"公司没有上级，'{name}' 永远没有值", en=f"nothing is above the company: '{name}' has no value"
        ),
        suggestion=Said(zh="写 scope: region 或 person", en="write scope: region or person"),
    )


def _no_metric(rule: Document, path: Path, figure: str) -> Finding:
    return Finding(
        document=rule,
        path=path,
        code="figure-without-metric",
        message=Said(
            zh=f"'{figure}' 是规则的指标的数值，但规则没有 metric",
            en=f"'{figure}' is about the rule's metric, but the rule has no metric",
        ),
        suggestion=Said(zh="加上 metric: …", en="add metric: …"),
    )


def _no_scorecard(rule: Document, path: Path) -> Finding:
    return Finding(
        document=rule,
        path=path,
        code="score-without-scorecard",
        level="warning",
        message=Said(
            zh="条件用到 score，但没有 scorecard 文档", en="the condition reads score, but there is no scorecard"
        ),
        suggestion=Said(zh="新建一个 kind: scorecard 的文档", en="add a document of kind: scorecard"),
    )
