"""What changed, in business words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diff import Change, compare
from engine.diff.thresholds import thresholds
from schema_defs.loader import load_text
from schema_defs.release import Release

BEFORE = """
kind: organisation
regions:
  - {key: east, label: {zh: 华东, en: East China}, manager: m1}
  - {key: shanghai, label: 上海, parent: east}
  - {key: west, label: 西部}
people:
  - {key: m1, roles: [manager]}
---
kind: metric
name: amount
label: {zh: 签约额, en: Signed amount}
dataset: orders
aggregate: sum
value: amount
where: amount - cost >= 0.1 * amount
---
kind: metric
name: share
formula: amount / amount
format: percent
---
kind: scorecard
name: seller_score
parts:
  - {metric: amount, weight: 40%, cap: 150%}
  - {metric: share, weight: 60%}
---
kind: plan
name: sales
metric: amount
year: 2026
total: 530000000
regions: {east: {weight: 14}, west: {weight: 9}}
---
kind: plan
name: shares
metric: share
year: 2026
value: 45%
---
kind: rule
name: behind
label: {zh: 连续落后进度, en: Behind the pace}
metric: amount
when: attainment < 0.8 * pace
for: 3
recover_when: attainment >= 0.9 * pace
on_fire:
  - {notify: manager}
---
kind: message
name: hello
title: {zh: 你好, en: Hello}
body: Text
"""


def release(text: str) -> Release:
    loaded = load_text(text, one=False)
    assert loaded.issues == ()
    return loaded.release


def changes(old: str, new: str) -> tuple[Change, ...]:
    assert old in BEFORE
    return compare(release(BEFORE), release(BEFORE.replace(old, new, 1)))


WORDS = {
    # before, after: what, before, after (English), what (Chinese)
    ("< 0.8 *", "< 0.75 *"): ("threshold", "80 %", "75 %", "门槛"),
    (">= 0.9 *", ">= 0.95 *"): ("threshold of recovery", "90 %", "95 %", "恢复门槛"),
    ("attainment < 0.8 * pace", "attainment < 0.8"): (
        "condition",
        "attainment < 0.8 * pace",
        "attainment < 0.8",
        "触发条件",
    ),
    ("for: 3", "for: 5"): ("days in a row", "3", "5", "连续天数"),
    ("for: 3", "for: 3\nurgent: true"): ("urgent", "no", "yes", "紧急"),
    ("{notify: manager}", "{notify: director}"): ("actions when it fires · no. 1 · tells", "manager", "director", "触发动作 · 第 1 项 · 通知"),
    ("cap: 150%", "cap: 120%"): ("Signed amount · cap", "150 %", "120 %", "签约额 · 上限"),
    ("total: 530000000", "total: 540000000.5"): ("year's total", "530,000,000", "540,000,000.5", "全年总额"),
    ("east: {weight: 14}", "east: {weight: 15}"): ("East China · weight", "14", "15", "华东 · 权重"),
    ("value: 45%", "value: 47.5%"): ("value", "45 %", "47.5 %", "值"),
    ("manager: m1", "deputy: m1, manager: m1"): ("East China · deputy", "nothing", "m1", "华东 · 代理人"),
    (">= 0.1 *", ">= 0.15 *"): ("number in the filter", "0.1", "0.15", "筛选条件中的数字"),
    ("body: Text", "body: Other text"): ("text", "Text", "Other text", "正文"),
    ("west: {weight: 9}", "west: {weight: 9}, north: {weight: 3}"): ("north", "nothing", "weight: 3", "north"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_a_change_is_told_in_business_words(old: str, new: str) -> None:
    what, before, after, chinese = WORDS[old, new]
    [change] = changes(old, new)
    assert change.how == "changed"
    [detail] = change.details
    assert (detail.what.en, detail.before.en, detail.after.en) == (what, before, after)
    assert detail.what.zh == chinese


def test_a_rule_says_how_many_regions_it_is_about() -> None:
    [change] = changes("for: 3", "for: 4")
    assert change.title.en == "rule 'Behind the pace' (2 regions)"
    assert change.title.zh == "规则“连续落后进度”（2 个地区）"


def test_two_weights_that_move_are_two_lines() -> None:
    after = BEFORE.replace("weight: 40%", "weight: 35%").replace("weight: 60%", "weight: 65%")
    [change] = compare(release(BEFORE), release(after))
    assert [(d.what.en, d.before.en, d.after.en) for d in change.details] == [
        ("Signed amount · weight", "40 %", "35 %"),
        ("share · weight", "60 %", "65 %"),
    ]


def test_added_and_removed_documents_are_named() -> None:
    without = BEFORE[: BEFORE.index("---\nkind: message")]
    [removed] = compare(release(BEFORE), release(without))
    [added] = compare(release(without), release(BEFORE))
    assert (removed.how, added.how) == ("removed", "added")
    assert added.title.en == "message 'hello'"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("for: 3", "for: 3 # working days"),
        ("{zh: 你好, en: Hello}", "{en: Hello, zh: 你好}"),
    ],
)
def test_what_is_only_written_differently_is_no_change(old: str, new: str) -> None:
    assert compare(release(BEFORE), release(BEFORE.replace(old, new))) == ()


def test_regions_that_are_only_listed_in_another_order_say_so() -> None:
    lines = BEFORE.split("\n")
    shuffled = BEFORE.replace(lines[4] + "\n" + lines[5], lines[5] + "\n" + lines[4])
    [change] = compare(release(BEFORE), release(shuffled))
    assert [detail.what.en for detail in change.details] == ["regions · order"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("attainment < 0.8 * pace", "attainment < 0.7 * pace", [(0.8, 0.7, True)]),
        ("attainment < 0.8", "attainment < 0.7", [(0.8, 0.7, True)]),
        ("actual < 0.8 * target", "actual < 0.7 * target", [(0.8, 0.7, True)]),
        ("actual < 1000", "actual < 900", [(1000.0, 900.0, False)]),
        ("actual < 1000 and pace > 0.5", "actual < 900 and pace > 0.6", [(0.5, 0.6, True), (1000.0, 900.0, False)]),
        ("attainment_of('m') < 2", "attainment_of('m') < 3", [(2.0, 3.0, False)]),
        ("attainment < 0.8", "attainment <= 0.8", None),
        ("attainment < 0.8", "pace < 0.8", None),
        ("attainment_of('m') < 2", "attainment_of('n') < 2", None),
        ("a(", "b", None),
        ("attainment < 0.8", "attainment < 0.8", []),
    ],
)
def test_numbers_are_thresholds_when_nothing_else_changed(
    before: str, after: str, found: list[tuple[float, float, bool]] | None
) -> None:
    result = thresholds(before, after)
    listed = None if result is None else sorted((each.before, each.after, each.is_share) for each in result)
    assert listed == (None if found is None else sorted(found))


@given(st.integers(1, 9).map(lambda n: n / 10), st.integers(1, 30), st.integers(1, 10**9))
@settings(max_examples=8, deadline=None)
def test_comparing_there_and_back_swaps_before_and_after(factor: float, days: int, total: int) -> None:
    text = BEFORE.replace("0.8 * pace", f"{factor} * pace").replace("for: 3", f"for: {days}")
    text = text.replace("total: 530000000", f"total: {total}")
    one, other = release(BEFORE), release(text)
    there = [(d.path, d.before, d.after) for change in compare(one, other) for d in change.details]
    back = [(d.path, d.after, d.before) for change in compare(other, one) for d in change.details]
    assert there == back
    assert (there == []) == (one == other)
