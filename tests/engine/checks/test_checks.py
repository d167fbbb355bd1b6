"""What is wrong only when the documents are seen together."""

from collections.abc import Callable

import pytest

from engine.checks.cycles import circular, ring_through
from schema_defs.issue import Issue

Problems = Callable[[str], list[Issue]]

CASES = {
    # what is wrong: (document, code, level)
    "a metric of a dataset that is not there": ("{kind: metric, name: x, dataset: ordres, aggregate: count}", "unknown-dataset", "error"),
    "a scorecard of an unknown metric": ("{kind: scorecard, name: x, parts: [{metric: amuont, weight: 100%}]}", "unknown-metric", "error"),
    "a scorecard for an unknown role": ("{kind: scorecard, name: x, for: sellr, parts: [{metric: amount, weight: 100%}]}", "unknown-role", "error"),
    "a board of an unknown metric": ("{kind: board, name: x, sections: [{table: regions, metrics: [amount, line]}]}", "unknown-metric", "error"),
    "a board for an unknown role": ("{kind: board, name: x, visible_to: [boss], sections: [{alerts: open}]}", "unknown-role", "error"),
    "a message that is not there": ("{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{notify: manager, message: hello}]}", "unknown-message", "error"),
    "a channel that is not there": ("{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{notify: manager, channel: hello}]}", "unknown-channel", "error"),
    "a board that is not there": ("{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{snapshot: hello}]}", "unknown-board", "error"),
    "an unknown person": ("{kind: rule, name: x, metric: amount, when: actual < 1, unanswered: {after: 8 hours, notify: m2}}", "unknown-recipient", "error"),
    "the subject of a region": ("{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{notify: subject}]}", "subject-without-person", "error"),
    "a figure without a metric": ("{kind: rule, name: x, when: attainment < 1}", "figure-without-metric", "error"),
    "the parent of the company": ("{kind: rule, name: x, metric: amount, scope: company, when: parent_attainment < 1}", "nothing-above", "error"),
    "an unknown metric in a reference": ("{kind: rule, name: x, metric: amount, when: \"target_of('amuont') > 1\"}", "unknown-metric", "error"),
    "a condition that reads nothing": ("{kind: rule, name: x, metric: amount, when: 1 < 2}", "condition-reads-nothing", "warning"),
    "the same action twice": ("{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{notify: manager}, {notify: manager}]}", "same-action-twice", "warning"),
    "a condition that is a number": ("{kind: rule, name: x, metric: amount, when: actual + 1}", "expression-type", "error"),
    "text against number": ("{kind: metric, name: x, dataset: orders, aggregate: count, where: status > 3}", "expression-type", "error"),
    "money plus a count": ("{kind: metric, name: x, formula: amount + lines}", "expression-unit", "error"),
    "the sum of a text": ("{kind: metric, name: x, dataset: orders, aggregate: sum, value: status}", "expression-type", "error"),
    "a choice that is none": ("{kind: metric, name: x, dataset: orders, aggregate: count, where: \"status == 'opne'\"}", "expression-type", "warning"),
    "an unknown function": ("{kind: metric, name: x, dataset: orders, aggregate: sum, value: abs_(amount)}", "expression-function", "error"),
    "map_value outside of a map": ("{kind: metric, name: x, dataset: orders, aggregate: count, where: map_value(status) is None}", "expression-function", "error"),
    "a metric called like a function": ("{kind: metric, name: round, formula: amount}", "reserved-name", "error"),
    "a metric called like a figure": ("{kind: metric, name: pace, formula: amount}", "reserved-name", "error"),
    "a metric called like the parent's": ("{kind: metric, name: parent_amount, formula: amount}", "reserved-name", "error"),
    "a metric called like a word": ("{kind: metric, name: lambda, formula: amount}", "reserved-name", "error"),
    "a metric that needs itself": ("{kind: metric, name: x, formula: x + 1}", "metric-cycle", "error"),
    "a window on a metric that is not there": ("{kind: metric, name: x, of: amuont, over: quarter}", "unknown-metric", "error"),
    "a window on itself": ("{kind: metric, name: x, of: x, over: quarter}", "metric-cycle", "error"),
    "a window over nothing": ("{kind: metric, name: x, of: amount}", "over-or-compared", "error"),
    "a window over two things": ("{kind: metric, name: x, of: amount, over: month, compared: last_year}", "over-or-compared", "error"),
    "a window without a metric": ("{kind: metric, name: x, dataset: orders, aggregate: count, over: month}", "window-without-of", "error"),
    "a window with a formula": ("{kind: metric, name: x, formula: amount, of: amount}", "base-and-derived", "error"),
    "a window with a dataset": ("{kind: metric, name: x, of: amount, over: month, dataset: orders}", "base-and-window", "error"),
    "a window shown as a ratio to nothing": ("{kind: metric, name: x, of: amount, over: month, as: ratio}", "as-without-compared", "error"),
    "a window of no days": ("{kind: metric, name: x, of: amount, over: {days: 0}}", "out-of-range", "error"),
    "a window over a week": ("{kind: metric, name: x, of: amount, over: week}", "not-allowed", "error"),
    "a comparison with nothing known": ("{kind: metric, name: x, of: amount, compared: last_month}", "not-allowed", "error"),
    "people counted twice": ("{kind: metric, name: x, dataset: orders, aggregate: count_distinct, value: status, roll_up: {people: sum}}", "cannot-be-summed", "error"),
    "averages added up": ("{kind: metric, name: x, dataset: orders, aggregate: average, value: amount, roll_up: {regions: sum, people: none}}", "cannot-be-summed", "error"),
    "a ratio added up over time": ("{kind: metric, name: x, formula: amount / lines, roll_up: {time: sum}}", "cannot-be-summed", "error"),
    "rolling days added up over time": ("{kind: metric, name: x, of: amount, over: {days: 7}, roll_up: {time: sum, regions: sum}}", "cannot-be-summed", "error"),
    "no time at all": ("{kind: metric, name: x, formula: amount, roll_up: {time: none}}", "not-allowed", "error"),
    "a source of a field that is not there": ("{kind: source, name: x, dataset: orders, connector: file, map: {amuont: net}}", "unknown-field", "error"),
    "a map that gives a condition for an amount": ("{kind: source, name: x, dataset: orders, connector: file, map: {amount: net > 0}}", "expression-type", "error"),
    "a map that gives a day for an amount": ("{kind: source, name: x, dataset: orders, connector: file, map: {amount: \"date('2026-01-02')\"}}", "expression-type", "error"),
    "a map that gives a condition for a day": ("{kind: source, name: x, dataset: orders, connector: file, map: {ordered: not net}}", "expression-type", "error"),
    "a map that multiplies a text": ("{kind: source, name: x, dataset: orders, connector: file, map: {amount: \"net * 'a'\"}}", "expression-type", "error"),
    "a map onto what is no choice": ("{kind: source, name: x, dataset: orders, connector: file, map: {status: \"coalesce(raw, 'done' if net > 0 else 'opne')\"}}", "value-not-a-choice", "warning"),
    "a choice of a list that is none": ("{kind: metric, name: x, dataset: orders, aggregate: count, where: \"status in ['done', 'opne']\"}", "expression-type", "warning"),
    "two metrics in units that differ": ("{kind: metric, name: y, formula: h + k}\n---\n{kind: metric, name: h, formula: lines / lines, unit: h}\n---\n{kind: metric, name: k, formula: lines / lines, unit: km}", "expression-unit", "error"),
    "a value map that is not there": ("{kind: source, name: x, dataset: orders, connector: file, map: {status: map_value(raw)}}", "no-value-map", "error"),
    "a value map onto what is no choice": ("{kind: source, name: x, dataset: orders, connector: file, map: {status: map_value(raw)}, values: {status: {'1': opne}}}", "value-not-a-choice", "warning"),
    "a choice in short without choices": ("{kind: dataset, name: x, key: id, time: made, fields: {id: text, made: date, sort: choice}}", "missing-choices", "error"),
    "a language that is none": ("{kind: metric, name: x, label: {fr: montant}, formula: amount}", "not-allowed", "error"),
    "a connector of another version": ("{kind: source, name: x, dataset: orders, connector: sap}", "unknown-connector", "error"),
    "a channel type of another version": ("{kind: channel, name: x, type: wecom_app}", "unknown-channel-type", "error"),
    "a channel without its secret": ("{kind: channel, name: x, type: dingtalk_robot}", "missing-secret", "error"),
    "a secret that nobody reads": ("{kind: channel, name: x, type: inbox, secrets: {url: y}}", "unknown-secret", "warning"),
    "a template that calls": ("{kind: message, name: x, title: '{{ cycler() }}', body: b}", "template", "error"),
    "a plan of an unknown metric": ("{kind: plan, name: x, metric: amuont, year: 2026, total: 12}", "unknown-metric", "error"),
    "a region at the wrong level": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {shanghai: {weight: 1}}}", "misplaced-region", "error"),
    "a person who is not there": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, people: {s2: {weight: 1}}}", "unknown-person", "error"),
    "a floor above the cap": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {east: {floor: 3, cap: 2}}}", "floor-above-cap", "error"),
    "a pin of another year": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {east: {pins: {'2025-03': 1}}}}", "pin-outside-year", "error"),
    "a unit of nothing": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, unit: 0}", "unit-not-positive", "error"),
    "months without weight": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, months: [0,0,0,0,0,0,0,0,0,0,0,0]}", "no-weight", "error"),
    "a value in a split plan": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {east: {value: 3}}}", "split-and-declared", "error"),
    "a total finer than the unit": ("{kind: plan, name: x, metric: amount, year: 2026, total: 12.5, unit: 1}", "finer-than-unit", "error"),
    "a return policy without returns": ("{kind: metric, name: x, dataset: orders, aggregate: count, returns: original}", "no-returns", "error"),
    "a year nobody has announced": ("{kind: plan, name: x, metric: amount, year: 2027, total: 12}\n---\n{kind: calendar, name: c, country: CN}", "predicted-year", "warning"),
    "half an official plan": ("{kind: calendar, name: c, country: CN, years: [{year: 2027, off: [2027-01-01]}]}", "year-not-whole", "error"),
    "key customers of an unknown field": ("{kind: meeting, name: x, at: {weekday: monday, time: '10:00'}, key_customers: {dataset: orders, field: customer, by: amount}}", "unknown-field", "error"),
    "attendees that are nobody": ("{kind: meeting, name: x, at: {weekday: monday, time: '10:00'}, attendees: [managers]}", "unknown-recipient", "error"),
    "a test of an unknown rule": ("{kind: test, name: x, rule: y}", "unknown-rule", "error"),
    "a test record with an unknown field": ("{kind: test, name: x, metric: amount, records: [{order_number: a, amuont: 1}]}", "unknown-field", "error"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", CASES)
def test_a_fault_is_found_at_its_document_with_a_mend(wrong: str, problems: Problems) -> None:
    document, code, level = CASES[wrong]
    [issue] = problems(document)
    assert (issue.code, issue.level) == (code, level)
    assert issue.file == "added.yaml"
    assert issue.line == 33
    assert issue.suggestion is not None


WINDOWS = """kind: metric
name: rolling
of: amount
over: {days: 30}
---
"""


@pytest.mark.parametrize(
    ("document", "code", "names"),
    [
        ("{kind: metric, name: x, of: rolling, compared: last_year}", "window-of-window", "rolling"),
        ("{kind: metric, name: x, formula: rolling / amount}\n---\n{kind: metric, name: y, of: x, over: year}", "window-of-window", "rolling"),
        ("{kind: metric, name: x, dataset: orders, aggregate: last, value: status}\n---\n{kind: metric, name: y, of: x, compared: last_year}", "compared-is-no-number", "text"),
        ("{kind: plan, name: x, metric: rolling, year: 2026, total: 12}", "window-has-no-total", "rolling"),
    ],
)  # fmt: skip
def test_what_a_window_cannot_be_is_refused_with_its_reason(
    document: str, code: str, names: str, problems: Problems
) -> None:
    [issue] = problems(WINDOWS + document)
    assert (issue.code, issue.level) == (code, "error")
    assert names in issue.message.en
    assert issue.suggestion is not None


FINE = [
    "{kind: metric, name: x, formula: amount - 2 * amount / 3, roll_up: {people: sum, regions: recompute, time: sum}}",
    "{kind: metric, name: x, of: amount, over: {days: 366}}",
    "{kind: metric, name: x, of: lines, compared: last_year, as: ratio, format: percent}",
    "{kind: metric, name: x, of: amount, over: month}\n---\n{kind: plan, name: p, metric: x, year: 2026, total: 12}",
    "{kind: rule, name: x, metric: amount, when: attainment < 0.8 * pace and amount > 3 and day is not None}",
    "{kind: rule, name: x, metric: amount, scope: person, when: \"parent_attainment > target_of('lines') / 3\"}",
    "{kind: rule, name: x, when: amount > 3, on_fire: [{notify: manager_of(2)}, {notify: s1}, {notify: director}]}",
    "{kind: metric, name: x, formula: amount / lines}",
    "{kind: metric, name: amount_2, dataset: orders, aggregate: maximum, value: amount}",
    "{kind: source, name: x, dataset: orders, connector: file, map: {status: map_value(anything)}, values: {status: {a: open}}}",
    "{kind: channel, name: x, type: dingtalk_robot, secrets: {url: y, sign: z}}",
    "{kind: test, name: x, define: {when: anything > 3}, days: [{day: 2026-03-02, values: {anything: 2}}]}",
    "{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {east: {regions: {shanghai: {weight: 1}}}}}",
]


@pytest.mark.parametrize("document", FINE)
def test_what_is_right_is_left_alone(document: str, problems: Problems) -> None:
    assert [issue.message.en for issue in problems(document)] == []


def test_a_broken_document_is_not_told_again_where_it_is_named(problems: Problems) -> None:
    added = "{kind: board, name: b, sections: [{tiles: regionss}]}\n---\n{kind: rule, name: x, metric: amount, when: actual < 1, on_fire: [{snapshot: b}]}"
    assert [issue.code for issue in problems(added)] == ["not-allowed"]


def test_a_value_that_no_rule_reads_is_told(problems: Problems) -> None:
    rule = "{kind: rule, name: y, metric: amount, when: \"pace < 1 and target_of('lines') > 2\"}"
    test = "{kind: test, name: x, rule: y, days: [{day: 2026-03-02, values: {paec: 1, pace: 1, \"target_of('lines')\": 3}}]}"
    [issue] = problems(f"{rule}\n---\n{test}")
    assert (issue.code, issue.level, issue.line, issue.path) == ("unknown-value", "warning", 35, "days[0].values.paec")
    assert issue.suggestion is not None
    assert "'pace'" in issue.suggestion.en


def test_a_circle_of_three_is_told_once(problems: Problems) -> None:
    added = "\n---\n".join(
        f"{{kind: metric, name: {name}, formula: {other} + 1}}" for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    [issue] = problems(added)
    assert issue.code == "metric-cycle"
    assert "a → b → c → a" in issue.message.en


def test_a_key_that_is_not_allowed_is_told_as_one_of_its_mapping(problems: Problems) -> None:
    [issue] = problems(
        "{kind: plan, name: x, metric: amount, year: 2026, total: 12, regions: {east: {pins: {2026-13: 1}}}}"
    )
    assert issue.message.en.startswith("'pins' cannot be '2026-13'")


def test_a_long_chain_of_formulas_and_a_deep_tree_are_sound(problems: Problems) -> None:
    chain = [f"{{kind: metric, name: x{i}, formula: {f'x{i - 1}' if i else 'amount'} + 1}}" for i in range(300)]
    assert problems("\n---\n".join(chain)) == []


def test_circles_are_found_among_what_leads_to_them_and_away_from_them() -> None:
    needs = {
        "a": {"b"},
        "b": {"c", "end"},
        "c": {"b"},
        "end": set(),
        "alone": {"end"},
        "lost": {"nowhere"},
        "self": {"self"},
    }
    core = circular({name: frozenset(following) for name, following in needs.items()})
    assert core == {"b": frozenset("c"), "c": frozenset("b"), "self": frozenset({"self"})}
    assert ring_through("b", core) == ["b", "c"]
