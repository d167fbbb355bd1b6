"""What a release does to running alerts: carried on, judged again, or ended; and the states that come of it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from engine.org import Org, org_of
from engine.rules.backtest import Backtest
from runtime.alerts.begin_anew import changed_rules
from runtime.alerts.judging import last_closed, time_of
from runtime.alerts.ready_rules import ready_rule
from runtime.alerts.rows import AlertRow
from runtime.backtests.given import given_of
from runtime.people.directory import people_of
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.release import Release
from schema_defs.rule import Rule
from schema_defs.text import Lang, Said, Text

Scope = tuple[str, str]
"""Its kind and key."""
How = Literal["begin", "judge", "count", "carry", "end"]
FOLDED = ("for_", "days", "across", "keep_firing_for", "no_data", "repeat_every")
"""What of a rule decides how verdicts become states, and not the verdicts themselves."""


class Scoped(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is there before or after: its state in both."""

    scope: str
    key: str
    label: Text
    before: str
    after: str


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one rule's alerts. `scopes` are those whose state is or will be another one than inactive."""

    rule: str
    label: Text
    how: How
    scopes: tuple[Scoped, ...] = ()

    @property
    def words(self) -> Said:
        return WORDS[self.how]

    def row(self, lang: Lang) -> dict[str, object]:
        """As `--json` prints it."""
        scopes = [
            {"scope": each.scope, "key": each.key, "before": each.before, "after": each.after} for each in self.scopes
        ]
        return {"rule": self.rule, "how": self.how, "words": self.words.in_(lang), "scopes": scopes}

    def told(self, lang: Lang) -> Iterator[str]:
        """A line of the rule, and one per alert."""
        yield f"{self.rule}: {self.how}: {self.words.in_(lang)}"
        for each in self.scopes:
            yield f"  {each.scope} {each.key}: {each.before} -> {each.after}"


WORDS: Mapping[How, Said] = {
    "begin": Said(
        zh="按全部历史判定，状态从历史得出；只为现在仍不符的情况发送一次",
        en="judged over its whole history, from which its states follow; told once, of what is so now",
    ),
    "judge": Said(
        zh="过去的判定作废并按新定义重算；已告知过的不再重复，状态不同才发一次",
        en="past verdicts are taken anew by the new definition; nobody is told twice, and once where the state differs",
    ),
    "count": Said(
        zh="判定不变，按新的天数和条件重新得出状态",
        en="the verdicts stand, the states follow from them by the new days and conditions",
    ),
    "carry": Said(zh="状态、连续天数和已告知的都不变", en="states, runs of days and what was told stay"),
    "end": Said(
        zh="规则不再存在，告警关闭，不再发送",
        en="the rule is gone, its alerts are closed, nothing more is sent",
    ),
}


async def effects_of(tenant: str, before: Release, after: Release, now: datetime) -> tuple[Effect, ...]:
    """Every rule that is another one after the release, or that has an alert which the release touches."""
    there, (people, _) = await _alerts(tenant), await people_of(tenant)
    proposed = Prepared(tenant, 0, after, org_of(after.organisation, people or None))
    found = []
    for name, how in _how(before, after).items():
        rule = after.rules.get(name) or before.rules[name]
        states = there.get(name, {})
        later = await _states_after(proposed, rule, now) if how in ("begin", "judge", "count") else states
        later = {} if how == "end" else later
        scopes = _scopes(proposed.org, states, later)
        found.append(Effect(rule=name, label=rule.label or name, how=how, scopes=scopes))
    return tuple(found)


def _how(before: Release, after: Release) -> dict[str, How]:
    """What the edit does to every rule that it touches."""
    changed = set(changed_rules(before, after))
    found: dict[str, How] = {}
    for name, rule in after.rules.items():
        was = before.rules.get(name)
        if was is None:
            found[name] = "begin"
        elif name in changed:
            found[name] = "judge"
        elif any(getattr(rule, field) != getattr(was, field) for field in FOLDED):
            found[name] = "count"
        elif rule != was:
            found[name] = "carry"
    return found | {name: "end" for name in before.rules if name not in after.rules}


async def _alerts(tenant: str) -> dict[str, dict[Scope, str]]:
    """Per rule the alerts that are there, with their state."""
    found: dict[str, dict[Scope, str]] = defaultdict(dict)
    for row in await rows(AlertRow, tenant).exclude(state="inactive"):
        found[row.rule][row.scope, row.key] = row.state
    return found


async def _states_after(proposed: Prepared, rule: Rule, now: datetime) -> dict[Scope, str]:
    """The states on the last day that is judged, had the rule been so all along."""
    ready = ready_rule(proposed, rule.name)
    given = await given_of(proposed, ready, now)
    day = last_closed(proposed, time_of(rule, proposed.release.calendar), now)
    lived = await asyncio.to_thread(lambda: Backtest(rule, given).with_hindsight(day, day))
    return {(each.scope, each.key): each.state for each in lived if each.state != "inactive"}


def _scopes(org: Org, before: Mapping[Scope, str], after: Mapping[Scope, str]) -> tuple[Scoped, ...]:
    return tuple(
        Scoped(
            scope=scope, key=key, label=org.label(key), before=before.get((scope, key), "inactive"),
            after=after.get((scope, key), "inactive"),
        )
        for scope, key in dict.fromkeys((*before, *after))
    )  # fmt: skip
