"""A rule as one sentence."""

import re

from runtime.releases.prepared import Prepared
from schema_defs.rule import Rule
from schema_defs.text import Lang, Said, Text, pick

_PACE = re.compile(r"attainment\s*<\s*(0?\.\d+|\d+)\s*\*\s*pace")
_BACK = re.compile(r"attainment\s*>=?\s*(0?\.\d+|\d+)\s*\*\s*pace")


def condition_words(configured: Prepared, rule: Rule) -> Text:
    """Such as: a region's attainment of signed amount is below 80 % of the pace on 3 working days in a row."""
    return {lang: _sentence(configured, rule, lang) for lang in ("zh", "en")}


def recovery_words(rule: Rule) -> Text | None:
    """When a firing alert ends, where the rule says so itself."""
    if rule.recover_when is None:
        return None
    found = _BACK.fullmatch(rule.recover_when)
    if found:
        share = f"{float(found[1]) * 100:g}"
        return {
            "zh": f"完成率回到应达进度的 {share}% 以上",
            "en": f"the attainment is back at {share} % of the pace or more",
        }
    return {"zh": f"直到 {rule.recover_when}", "en": f"until {rule.recover_when}"}


def _sentence(configured: Prepared, rule: Rule, lang: Lang) -> str:
    metric = configured.release.metrics.get(rule.metric or "")
    name = pick(metric.label if metric else None, lang, rule.metric or "")
    scope, days = _SCOPES[rule.scope].in_(lang), _DAYS[rule.days].in_(lang)
    found = _PACE.fullmatch(rule.when)
    share = f"{float(found[1]) * 100:g}" if found else ""
    if lang == "zh":
        what = f"{name}完成率低于应达进度的 {share}%" if found else f"{name}满足 {rule.when}"
        return f"{scope}的{what}，连续 {rule.for_} 个{days}" if rule.for_ > 1 else f"{scope}的{what}"
    what = f"attainment of {name} is below {share} % of the pace" if found else f"{name}: {rule.when}"
    return f"{scope} whose {what}" + (f" on {rule.for_} {days} in a row" if rule.for_ > 1 else "")


_SCOPES = {
    "region": Said(zh="某区域", en="A region"),
    "person": Said(zh="某人", en="A person"),
    "company": Said(zh="公司", en="The company"),
}
_DAYS = {"working": Said(zh="工作日", en="working days"), "all": Said(zh="日历日", en="days")}
