"""Broken documents, one file per fault, each answered with its place, its cause and its mend in both languages."""

from pathlib import Path

import pytest

from runtime.offline.configuration import open_configuration

FOLDER = Path(__file__).parents[2] / "testdata" / "documents"

BROKEN = {
    # file: (code, line, column, what the message names, what the suggestion says)
    "broken.json": ("json-syntax", 4, 12, "NaN", "JSON"),
    "channel.type-not-here.yaml": ("unknown-channel-type", 3, 7, "'email'", "dingtalk_robot"),
    "dataset.bad-field-name.yaml": ("bad-name", 8, 3, "net amount", "net_amount"),
    "dataset.choice-without-choices.yaml": ("missing-choices", 8, 11, "choice", "choices: [A, B]"),
    "dataset.reserved-field-name.yaml": ("reserved-name", 8, 10, "'round'", "round_value"),
    "dataset.time-is-no-field.yaml": ("unknown-field", 4, 7, "'orderd'", "'ordered'"),
    "dataset.unknown-field-type.yaml": ("not-allowed", 7, 12, "'dat'", "'date'"),
    "document.anchor-and-alias.yaml": ("anchor", 3, 8, "&t", "out"),
    "document.defined-twice.yaml": ("duplicate-document", 7, 1, "document.defined-twice.yaml:1", "rename"),
    "document.directive.yaml": ("directive", 1, 1, "%YAML", "%"),
    "document.duplicate-key.yaml": ("duplicate-key", 5, 1, "line 3", "remove"),
    "document.full-width-colon.yaml": ("not-a-document", 1, 1, "mapping", "full-width colon"),
    "document.key-not-text.yaml": ("key-not-text", 6, 10, "274", '"274"'),
    "document.merge-key.yaml": ("merge-key", 5, 1, "<<", "out"),
    "document.missing-kind.yaml": ("missing-kind", 1, 1, "metric", "kind: metric"),
    "document.not-a-mapping.yaml": ("not-a-document", 1, 1, "mapping", "kind: metric"),
    "document.tab-indented.yaml": ("yaml-syntax", 5, 1, "tab", "spaces"),
    "document.tag.yaml": ("tag", 3, 8, "os.system", "leave the tag out"),
    "document.two-calendars.yaml": ("second-calendar", 6, 1, ":1", "together"),
    "document.unclosed-quote.yaml": ("yaml-syntax", 3, 8, "quotation mark", "closing"),
    "document.unknown-kind.yaml": ("unknown-kind", 1, 7, "'metrik'", "'metric'"),
    "doubled.json": ("duplicate-key", 4, 3, "'name'", "remove"),
    "meeting.agenda-too-long.yaml": ("agenda-too-long", 5, 1, "20 minutes", "minutes: 20"),
    "metric.attribute-access.yaml": ("expression-forbidden", 4, 3, "attribute", "functions"),
    "metric.base-and-derived.yaml": ("base-and-derived", 4, 8, "where", "where"),
    "metric.formula-in-a-circle.yaml": ("metric-cycle", 3, 10, "a → b → a", "dataset"),
    "metric.full-width-name.yaml": ("bad-name", 2, 7, "ｓａｌｅｓ", "'sales'"),
    "metric.missing-name.yaml": ("missing-key", 1, 1, "'name'", "name: …"),
    "metric.not-allowed-aggregate.yaml": ("not-allowed", 4, 12, "count_distinct", "for example"),
    "metric.reserved-name.yaml": ("reserved-name", 2, 7, "'attainment'", "attainment_value"),
    "metric.unknown-dataset.yaml": ("unknown-dataset", 3, 10, "'ordrs'", "'orders'"),
    "metric.unknown-field.yaml": ("expression-name", 11, 8, "amuont", "'amount'"),
    "metric.unknown-key.yaml": ("unknown-key", 4, 1, "'agregate'", "'aggregate'"),
    "organisation.impossible-date.yaml": ("bad-date", 6, 30, "2025-02-30", "2026-03-31"),
    "organisation.parents-in-a-circle.yaml": ("parent-cycle", 3, 25, "east → shanghai → east", "remove"),
    "organisation.role-not-a-list.yaml": ("wrong-type", 5, 12, "'seller'", "[seller]"),
    "organisation.unknown-manager.yaml": ("unknown-person", 3, 26, "'m1'", "'m01'"),
    "plan.eleven-months.yaml": ("twelve-weights", 6, 1, "11", "each month"),
    "plan.negative-weight.yaml": ("negative-weight", 8, 18, "-1", "positive"),
    "plan.not-a-number.yaml": ("wrong-type", 5, 8, ".nan", "1234.5"),
    "plan.thousands-separator.yaml": ("wrong-type", 5, 8, "530,000,000", "1234.5"),
    "plan.unknown-region.yaml": ("unknown-region", 16, 3, "'eest'", "'east'"),
    "rule.for-zero-days.yaml": ("out-of-range", 9, 6, "1 to 366", "1 to 366"),
    "rule.time-without-quotes.yaml": ("wrong-format", 9, 16, "'6pm'", "18:00"),
    "rule.two-actions-in-one.yaml": ("one-action", 10, 29, "notify / mark", "own"),
    "rule.unknown-metric.yaml": ("unknown-metric", 7, 9, "'salse'", "'sales'"),
    "rule.unknown-name.yaml": ("expression-name", 8, 7, "attainmnet", "'attainment'"),
    "rule.unknown-recipient.yaml": ("unknown-recipient", 14, 14, "'manger'", "'manager'"),
    "scorecard.weights-not-100.yaml": ("weights-not-100", 3, 1, "90%", "10 points"),
    "source.connector-not-here.yaml": ("unknown-connector", 10, 12, "'salesforce'", "'file'"),
    "test.unknown-scope.yaml": ("unknown-scope", 6, 70, "'wset'", "'west'"),
}


def test_every_broken_file_has_an_expectation() -> None:
    assert sorted(BROKEN) == sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_answered_with_place_cause_and_mend(name: str) -> None:
    code, line, column, named, mend = BROKEN[name]
    issues = [issue for issue in open_configuration(FOLDER / name).issues if issue.code == code]
    assert issues, [issue.code for issue in open_configuration(FOLDER / name).issues]
    issue = issues[0]
    assert (issue.line, issue.column, issue.level) == (line, column, "error")
    assert issue.file.endswith(name)
    assert named in issue.message.en
    assert issue.suggestion is not None
    assert mend in issue.suggestion.en


@pytest.mark.parametrize("name", BROKEN)
def test_every_problem_is_told_in_both_languages_with_a_mend(name: str) -> None:
    for issue in open_configuration(FOLDER / name).issues:
        assert any("\u4e00" <= char <= "\u9fff" for char in issue.message.zh), issue
        assert issue.message.en.isascii() or "→" in issue.message.en or "ｓ" in issue.message.en, issue
        assert issue.suggestion is not None, issue
        assert issue.suggestion.zh != issue.suggestion.en, issue
