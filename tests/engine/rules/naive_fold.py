"""A second, slow fold and a second teller, written from the text of the design alone.

Nothing is carried from day to day: the state after a step is found anew by searching the whole corrected history for windows
of days. It shares no code with the engine.
"""

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class NaiveRule:
    hold_for: int = 1
    across: str = "continuous"
    keep: int = 0
    no_data: str = "hold"
    repeat: int = 0


@dataclass
class Day:
    """A judged day: does the condition hold, is the recovery condition met; None is missing."""

    day: dt.date
    holds: bool | None
    met: bool | None


def counting(rule: NaiveRule, days: list[Day]) -> list[Day]:
    """Without the days that change nothing, and with the others' missing values replaced as the policy says."""
    kept = []
    for one in days:
        if one.holds is not None:
            kept.append(one)
        elif rule.no_data == "ok":
            kept.append(Day(one.day, False, True))
        elif rule.no_data == "breach":
            kept.append(Day(one.day, True, False))
    if rule.across == "month" and kept:
        last = kept[-1].day
        kept = [one for one in kept if (one.day.year, one.day.month) == (last.year, last.month)]
    return kept


def while_firing(rule: NaiveRule, days: list[Day]) -> list[str]:
    """What each day says to a firing alert: breach, clear, between, or nothing at all."""
    said = []
    for one in days:
        if one.holds:
            said.append("breach")
        elif one.met is None:
            said.append({"ok": "clear", "breach": "breach"}.get(rule.no_data, "nothing"))
        else:
            said.append("clear" if one.met else "between")
    return said


def situation(rule: NaiveRule, days: list[Day]) -> tuple[str, dt.date | None]:
    """The state of the alert itself (no_data aside) after these days, and the first holding day of its run."""
    left = counting(rule, days)
    while left:
        start = next((i for i in range(len(left)) if fires_at(rule, left, i)), None)
        if start is None:
            return pending(left)
        after = left[start + rule.hold_for :]
        said = while_firing(rule, after)
        end = next((i for i in range(1, len(after) + 1) if trailing_clear(said[:i]) == rule.keep + 1), None)
        if end is None:
            return ("recovering" if trailing_clear(said) else "firing"), left[start].day
        left = after[end:]
    return "inactive", None


def fires_at(rule: NaiveRule, days: list[Day], i: int) -> bool:
    window = days[i : i + rule.hold_for]
    return len(window) == rule.hold_for and all(one.holds for one in window)


def pending(days: list[Day]) -> tuple[str, dt.date | None]:
    first = None
    for one in reversed(days):
        if not one.holds:
            break
        first = one.day
    return ("pending", first) if first else ("inactive", None)


def trailing_clear(said: list[str]) -> int:
    """How many clear days in a row stand at the end; days that say nothing are looked through."""
    spoken = [one for one in said if one != "nothing"]
    count = 0
    while count < len(spoken) and spoken[-1 - count] == "clear":
        count += 1
    return count


def has_no_data(rule: NaiveRule, days: list[Day]) -> bool:
    """Whether the last judged day is one without data, under a policy that shows it."""
    if not days or rule.no_data != "notify":
        return False
    last = days[-1]
    if last.holds is None:
        return True
    firing_before = situation(rule, days[:-1])[0] in ("firing", "recovering")
    if rule.across == "month" and counting(rule, days[:-1]):
        before = counting(rule, days[:-1])[-1].day
        firing_before = firing_before and (before.year, before.month) == (last.day.year, last.day.month)
    return firing_before and not last.holds and last.met is None


def shown(rule: NaiveRule, days: list[Day]) -> str:
    state = situation(rule, days)[0]
    return "no_data" if has_no_data(rule, days) and state in ("inactive", "pending") else state


def counted_days(rule: NaiveRule, days: list[Day]) -> list[dt.date]:
    """The days on which a verdict was taken with complete data, or that the policy counts."""
    counted = []
    for n, one in enumerate(days):
        if one.holds is None and rule.no_data in ("hold", "notify"):
            continue
        if one.holds is False and one.met is None and rule.no_data in ("hold", "notify"):
            state = situation(rule, days[:n])[0]
            crossed = rule.across == "month" and month_before(rule, days[:n]) not in (None, one.day.strftime("%Y-%m"))
            if state in ("firing", "recovering") and not crossed:
                continue
        counted.append(one.day)
    return counted


def month_before(rule: NaiveRule, days: list[Day]) -> str | None:
    kept = counted_days(rule, days)
    return kept[-1].strftime("%Y-%m") if kept else None


@dataclass
class Teller:
    """One recipient: what was last said about the alert and about the data."""

    rule: NaiveRule
    firing: bool = False
    month: str = ""
    last_notice: dt.date = dt.date.min
    missing: bool = False
    log: list[str] = field(default_factory=list)

    def after_step(self, days: list[Day], today: dt.date, silent: bool) -> list[str]:
        if silent:
            return []
        sent: list[str] = []
        missing = has_no_data(self.rule, days)
        if self.missing and not missing:
            sent.append("data_back")
        sent += self.about_the_alert(days, today)
        if missing and not self.missing:
            sent.append("no_data")
        self.missing = missing
        return sent

    def about_the_alert(self, days: list[Day], today: dt.date) -> list[str]:
        sent: list[str] = []
        truth = situation(self.rule, days)[0] in ("firing", "recovering")
        month = month_before(self.rule, days) or ""
        if self.rule.across == "month" and self.firing and month > self.month:
            sent.append("recovered")
            self.firing = False
        if truth and not self.firing:
            sent.append("fired")
            self.month = month
        elif self.firing and not truth:
            sent.append("recovered")
        elif self.firing and self.rule.repeat:
            passed = [day for day in counted_days(self.rule, days) if day > self.last_notice]
            if len(passed) >= self.rule.repeat:
                sent.append("repeated")
        self.firing = truth
        if sent:
            self.last_notice = today
        return sent
