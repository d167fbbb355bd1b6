"""The walk tells every problem of a document at once, each at its own place."""

import pytest

from schema_defs.loader import load_text

MANY = """\
kind: rule
name: behind pace
metrik: amount
when: attainment < 0.8
for: three
days: workdays
severity: [warning]
on_fire:
  - {notify: manager, chanel: dingtalk}
  - {mark: blue}
unanswered: {after: soon, notify: director}
"""


def test_all_problems_are_told_at_once_each_at_its_place() -> None:
    issues = load_text(MANY, "rule.yaml").issues
    assert sorted((issue.line, issue.column, issue.code, issue.path) for issue in issues) == [
        (2, 7, "bad-name", "name"),
        (3, 1, "unknown-key", "metrik"),
        (5, 6, "wrong-type", "for"),
        (6, 7, "not-allowed", "days"),
        (7, 1, "wrong-type", "severity"),
        (9, 23, "unknown-key", "on_fire[0].chanel"),
        (10, 12, "not-allowed", "on_fire[1].mark"),
        (11, 21, "wrong-format", "unanswered.after"),
    ]


def test_a_document_with_an_unknown_key_is_still_read() -> None:
    loaded = load_text("kind: message\nname: x\ntitle: a\nbody: b\ncolour: red")
    assert loaded.has_errors
    assert loaded.release.messages["x"].title == "a"
    assert not loaded.is_sound("message", "x")


def test_a_mistyped_key_is_not_also_told_as_missing() -> None:
    [issue] = load_text("kind: message\nname: x\ntitel: a\nbody: b").issues
    assert issue.code == "unknown-key"
    assert issue.suggestion is not None
    assert issue.suggestion.en == "did you mean 'title'?"


def test_a_missing_key_is_told_at_the_part_that_lacks_it() -> None:
    [issue] = load_text("kind: scorecard\nname: x\nparts:\n  - metric: a\n    of: value").issues
    assert (issue.code, issue.line, issue.column, issue.path) == ("missing-key", 4, 5, "parts[0].weight")


@pytest.mark.parametrize(
    ("label", "sound"),
    [
        ("高毛利", True),
        ("{zh: 高毛利, en: High margin}", True),
        ("{zh: 高毛利}", True),
        ("{fr: marge}", False),
        ("[a]", False),
        ("3", False),
    ],
)
def test_a_label_is_a_text_or_a_text_per_language(label: str, sound: bool) -> None:
    loaded = load_text(f"kind: message\nname: x\ntitle: a\nbody: b\nlabel: {label}")
    assert loaded.has_errors is not sound


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("amount", True), ("签约额", True), ("größe", True), ("x2", True), ("продажи", True),
        ("2x", False), ("a-b", False), ("a b", False), ("_a", False), ("ａ", False), ("a.b", False), ("ﬁx", False), ("x" * 65, False), ("''", False),
    ],
)  # fmt: skip
def test_a_name_is_an_identifier_of_any_script_in_its_own_form(name: str, sound: bool) -> None:
    loaded = load_text(f"kind: message\nname: {name}\ntitle: a\nbody: b")
    assert loaded.has_errors is not sound


def test_two_hours_need_both_ends() -> None:
    [issue] = load_text('kind: calendar\nworking_hours: ["08:30"]').issues
    assert (issue.code, issue.line) == ("wrong-length", 2)
