"""Why a scope stands where it stands after a day, and why not elsewhere, in a sentence."""

from collections.abc import Mapping
from typing import assert_never

from engine.expression.values import Value
from engine.rules.fold import Past
from engine.rules.verdict import Verdict
from schema_defs.rule import RuleBody
from schema_defs.text import Said


def explain(rule: RuleBody, past: Past | None, values: Mapping[str, Value], names: tuple[str, ...]) -> Said:
    """The verdict of the last judged day with the values of the `names` that it read, and what the fold made of it."""
    if past is None:
        return Said(zh="还没有一天被判定", en="no day was judged yet")
    read = _values(values, names)
    what, why = _verdict(rule, past, values, names), _state(rule, past)
    return Said(
        zh=f"{past.day} {what.zh}{f'（{read}）' if read else ''}，{why.zh}",
        en=f"on {past.day} {what.en}{f' ({read})' if read else ''}, {why.en}",
    )


def _values(values: Mapping[str, Value], names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {shown(values.get(name))}" for name in names if values.get(name) is not None)


def shown(value: Value) -> str:
    """A value as a person reads it: at most six significant digits, no exponent for ordinary sizes."""
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    return str(value)


def _verdict(rule: RuleBody, past: Past, values: Mapping[str, Value], names: tuple[str, ...]) -> Said:
    match past.verdict:
        case Verdict.HOLDS:
            return Said(zh=f"条件 {rule.when} 成立", en=f"the condition {rule.when} held")
        case Verdict.CLEAR if past.state == "firing" and rule.recover_when:
            return Said(
                zh=f"条件 {rule.when} 不成立，但恢复条件 {rule.recover_when} 尚未满足",
                en=f"the condition {rule.when} was clear, but {rule.recover_when} is not met yet",
            )
        case Verdict.CLEAR:
            return Said(zh=f"条件 {rule.when} 不成立", en=f"the condition {rule.when} was clear")
        case Verdict.NO_DATA:
            return _missing(rule, values, names)
        case _:
            assert_never(past.verdict)


def _missing(rule: RuleBody, values: Mapping[str, Value], names: tuple[str, ...]) -> Said:
    absent = ", ".join(name for name in names if values.get(name) is None)
    policy = Said(zh=f"no_data: {rule.no_data}", en=f"no_data: {rule.no_data}")
    if absent:
        return Said(
            zh=f"没有数据：缺少 {absent}（{policy.zh}）", en=f"there was no data: {absent} missing ({policy.en})"
        )
    return Said(
        zh=f"没有数据：条件 {rule.when} 没有得出是或否（{policy.zh}）",
        en=f"there was no data: {rule.when} gave neither yes nor no ({policy.en})",
    )


def _state(rule: RuleBody, past: Past) -> Said:
    alert = past.alert
    match past.state:
        case "pending":
            return Said(
                zh=f"连续第 {alert.run} 天，满 {rule.for_} 天才预警",
                en=f"day {alert.run} in a row of the {rule.for_} that it takes to fire",
            )
        case "firing":
            return Said(zh=f"自 {alert.fired} 起预警中", en=f"the alert is firing since {alert.fired}")
        case "recovering":
            return Said(
                zh=f"已恢复 {alert.clear_days} 天，再过 keep_firing_for 的 {rule.keep_firing_for} 天才解除",
                en=f"clear day {alert.clear_days}; the alert ends on the clear day after {rule.keep_firing_for} of them",
            )
        case "inactive":
            return Said(zh="没有预警", en="there is no alert")
        case "no_data":
            kept = (
                Said(zh=f"，此前连续 {alert.run} 天保留", en=f"; the run of {alert.run} is kept") if alert.run else None
            )
            return Said(
                zh=f"显示为无数据{kept.zh if kept else ''}", en=f"which is shown as no data{kept.en if kept else ''}"
            )
        case _:
            assert_never(past.state)
