"""What a backtest comes to for one reader: of the scopes that they see, and the messages per person and week."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import mean

from engine.rules.summary import Month, Summary
from runtime.backtests.seen import Seen, Version, people_told
from runtime.backtests.tried import TriedPerson, TriedSum
from runtime.board.marks import name_of


def sum_of(seen: Seen, version: Version, summary: Summary) -> TriedSum:
    months = [month for month in (summary.foresight.months if summary.foresight else ()) if month.key in seen.keys]
    hits = [month for month in months if month.missed and month.warned]
    told = [person for _, person in people_told(seen.days, version)]
    outside = [person for person in told if not seen.is_named(person)]
    return TriedSum(
        episodes=sum(1 for each in summary.episodes if each.key in seen.keys),
        messages=len(told),
        outside=len(outside),
        others=len(set(outside)),
        missed=sum(1 for month in months if month.missed),
        caught=len(hits),
        false_alarms=sum(1 for month in months if month.warned and not month.missed),
        lead=_lead(hits),
    )


def _lead(hits: Sequence[Month]) -> float | None:
    leads = [month.lead for month in hits if month.lead is not None]
    return mean(leads) if leads else None


def weeks_of(seen: Seen, version: Version) -> tuple[date, ...]:
    """The weeks in which somebody would have been told, each by its first day."""
    week_start = seen.configured.calendar.week_start
    return tuple(sorted({week_start(day.day) for day, _ in people_told(seen.days, version)}))


def people_of(seen: Seen, version: Version, weeks: Sequence[date]) -> Iterable[TriedPerson]:
    """Those who would have been told most come first; all whom the reader does not see are the last line, without a name."""
    week_start = seen.configured.calendar.week_start
    told = [
        (person if seen.is_named(person) else None, week_start(day.day))
        for day, person in people_told(seen.days, version)
    ]
    counts, sums = Counter(told), Counter(person for person, _ in told)
    for person in sorted(sums, key=lambda person: (person is None, -sums[person], person or "")):
        yield TriedPerson(label=name_of(seen.configured, person), weeks=tuple(counts[person, week] for week in weeks))
