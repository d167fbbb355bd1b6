"""What a test that fails says."""

import pytest

from engine.cases import run_cases
from schema_defs.loader import load_text

RULE = """
kind: rule
name: behind_pace
metric: amount
when: attainment < 0.8 * pace
for: 3
recover_when: attainment >= 0.9 * pace
---
"""


def failures(test, lang="en", rule=RULE):
    loaded = load_text(rule + test, "test.yaml", one=False)
    assert loaded.issues == (), loaded.issues
    (result,) = run_cases(loaded.release)
    assert result.passed == (not result.failures)
    return [said.in_(lang) for said in result.failures]


SECOND_DAY = """
kind: test
name: t
rule: behind_pace
days:
  - {day: 2026-03-02, values: {attainment: 0.02, pace: 0.05}}
  - {day: 2026-03-03, values: {attainment: 0.05, pace: 0.14}, expect: {state: firing, notices: [fired]}}
"""


def test_day_expectation_reality_and_cause_in_english():
    assert failures(SECOND_DAY) == [
        "on 2026-03-03 expected firing, was pending, because on 2026-03-03 the condition attainment < 0.8 * pace held"
        " (attainment 0.05, pace 0.14), day 2 in a row of the 3 that it takes to fire",
        "on 2026-03-03 expected the notices [fired], got none, because on 2026-03-03 the condition attainment < 0.8 * pace"
        " held (attainment 0.05, pace 0.14), day 2 in a row of the 3 that it takes to fire",
    ]


def test_the_same_in_chinese():
    assert failures(SECOND_DAY, "zh")[0] == (
        "2026-03-03 应为 firing，实为 pending，因为 2026-03-03 条件 attainment < 0.8 * pace 成立"
        "（attainment 0.05, pace 0.14），连续第 2 天，满 3 天才预警"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("{day: 2026-03-07, values: {attainment: 0}, expect: {state: firing}}", "is no working day and is not judged"),
        ("{day: 2026-03-02, expect: {state: firing}}", "there was no data: attainment, pace missing (no_data: hold)"),
        ("{day: 2026-03-02, values: {attainment: 0, pace: x}, expect: {state: firing}}", "gave neither yes nor no"),
        ("{day: 2026-03-02, values: {attainment: 1, pace: 0.1}, expect: {state: firing}}", "was clear"),
        ("{day: 2026-03-02, expect: {notices: [fired, repeated]}}", "expected the notices [fired, repeated], got none"),
    ],
)
def test_the_cause_fits_the_case(days, words):
    (said,) = failures(f"kind: test\nname: t\nrule: behind_pace\ndays:\n  - {days}\n")
    assert words in said


def test_a_silence_is_named_as_the_cause():
    (said,) = failures(
        """
kind: test
name: t
define: {when: actual < 1}
silences: [{from: 2026-03-02, to: 2026-03-02}]
days: [{day: 2026-03-02, values: {actual: 0}, expect: {state: firing, notices: [fired]}}]
"""
    )
    assert "inside a silence, nothing is sent" in said


def test_why_it_has_not_recovered():
    (said,) = failures(
        """
kind: test
name: t
define: {when: actual < 10, recover_when: actual > 20}
days:
  - {day: 2026-03-02, values: {actual: 1}}
  - {day: 2026-03-03, values: {actual: 15}, expect: {state: inactive}}
"""
    )
    assert "actual > 20 is not met yet" in said
    assert "firing since 2026-03-02" in said


def test_the_scope_is_named():
    said = failures(
        """
kind: test
name: t
define: {when: actual < 10}
scopes: [east, west]
days:
  - {day: 2026-03-02, values: {east: {actual: 1}, west: {actual: 1}}, expect: {east: {state: firing}, west: {state: inactive}}}
"""
    )
    assert len(said) == 1
    assert said[0].startswith("west, on 2026-03-02 expected inactive, was firing")


def test_a_scope_that_the_test_does_not_have():
    said = failures(
        """
kind: test
name: t
define: {when: actual < 10}
scopes: [east, west]
days: [{day: 2026-03-02, values: {east: {actual: 1}, wset: {actual: 1}}}]
"""
    )
    assert said == ["on 2026-03-02: 'wset' is none of the test's scopes (east, west)"]


def test_a_silence_that_ends_before_it_begins():
    said = failures(
        """
kind: test
name: t
define: {when: actual < 10}
silences: [{from: 2026-03-03, to: 2026-03-02}]
"""
    )
    assert said == ["the silence from 2026-03-03 to 2026-03-02 ends before it begins"]


def test_a_rule_that_does_not_exist():
    said = failures("kind: test\nname: t\nrule: behind\n")
    assert said == ["the rule 'behind' that is tested does not exist; there are: behind_pace"]


def test_a_condition_that_is_no_expression():
    (said,) = failures("kind: test\nname: t\ndefine: {when: actual <}\n")
    assert "cannot be read" in said


METRIC = """
kind: dataset
name: orders
key: number
time: day
owner: seller
fields: {number: text, day: date, seller: person, amount: money, cost: money}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
kind: metric
name: margin
formula: (amount - cost) / amount
---
kind: metric
name: cost
dataset: orders
aggregate: sum
value: cost
---
kind: test
name: t
metric: %s
records:
  - {number: 1, day: 2026-03-02, seller: s01, amount: 100, cost: 60}
  - {number: 2, day: 2026-03-31, seller: s01, amount: 100.5, cost: 40}
  - {number: 3, day: 2026-04-01, seller: s02, amount: 10, cost: 9}
expect:
  - %s
"""


@pytest.mark.parametrize(
    ("metric", "expect"),
    [
        ("amount", "{scope: person, key: s01, period: 2026-03, value: 200.5}"),
        ("amount", "{scope: person, key: s01, period: 2026-03-31, value: 100.5}"),
        ("amount", "{scope: company, key: company, period: 2026-Q1, value: 200.5}"),
        ("amount", "{scope: company, key: company, period: 2026, value: 210.5}"),
        ("amount", "{scope: person, key: s02, period: 2026-03, value: 0}"),
        ("margin", "{scope: person, key: s02, period: 2026-03, value: null}"),
        ("margin", "{scope: person, key: s02, period: 2026-04, value: 10%}"),
        ("amount", "{scope: person, key: s02, period: 2026-04, value: 9, metric: cost}"),
    ],
)
def test_a_metrics_case_passes(metric, expect):
    assert failures(METRIC % (metric, expect), rule="") == []


def test_a_metrics_case_says_what_came():
    assert failures(METRIC % ("amount", "{scope: person, key: s01, period: 2026-03, value: 200}"), rule="") == [
        "amount of s01 in 2026-03 expected 200, was 200.5"
    ]
    assert failures(METRIC % ("amount", "{scope: person, key: s09, period: 2026-03, value: 5}"), rule="") == [
        "amount of s09 in 2026-03 expected 5, was 0 (there is no record there)"
    ]


def test_a_row_that_cannot_be_read_is_a_failure():
    text = METRIC % ("amount", "{scope: person, key: s01, period: 2026-03, value: 200.5}")
    (said,) = failures(text.replace("amount: 100.5", "amount: lots"), rule="")[:1]
    assert said.startswith("row 2 of records: amount")


def test_the_same_key_twice_is_a_failure():
    text = METRIC % ("amount", "{scope: person, key: s01, period: 2026-03, value: 200.5}")
    said = failures(text.replace("{number: 3,", "{number: 2,"), rule="")
    assert said[0].startswith("row 3 of records: the key (2) stands in line 2 already")


@pytest.mark.parametrize("period", ["2026-13", "2026-3", "2026-Q5", "2026-03-32", "26", "2026-Q1-01", "March"])
def test_a_period_that_is_none_is_refused(period):
    loaded = load_text(
        METRIC % ("amount", f"{{scope: person, key: s01, period: {period}, value: 0}}"), "t.yaml", one=False
    )
    assert [issue.code for issue in loaded.issues] == ["wrong-format"]


def test_expectations_are_per_scope_as_soon_as_values_are():
    text = """
kind: test
name: t
define: {when: actual < 10}
days: [{day: 2026-03-02, values: {east: {actual: 1}, west: {actual: 11}}, expect: %s}]
"""
    assert failures(text % "{east: {state: firing}, west: {state: inactive}}") == []
    (said,) = failures(text % "{east: {state: firing}, west: {state: firing}}")
    assert said.startswith("west, on 2026-03-02 expected firing, was inactive")
    loaded = load_text(text % "{state: firing}", "t.yaml", one=False)
    assert [issue.code for issue in loaded.issues] == ["wrong-expectation"]
