"""Which cells a reader of metrics needs: numbers to date of months, and the parts of days where windows reach across months."""

from collections import defaultdict
from collections.abc import Collection

import msgspec

from engine.metrics.ready import Ready
from engine.metrics.span import Span, month_to
from engine.periods import month_bounds, month_of, months_between


class Needed(msgspec.Struct):
    """Of one month: the base metrics whose numbers are read, and those whose days are read one by one."""

    numbers: set[str]
    parts: set[str]


def cells_needed(metrics: Ready, wanted: Collection[str], months: Collection[str]) -> dict[str, Needed]:
    """Per month what the metrics read on the days of `months`."""
    found: dict[str, Needed] = defaultdict(lambda: Needed(set(), set()))
    for name in wanted:
        for month in months if name in metrics.shapes else ():
            # What is read on the days between lies between what is read on the first and on the last.
            for day in month_bounds(month):
                for base, span in metrics.spans_at(name, month_to(day)):
                    _add(found, base, span)
    return dict(found)


def is_month_to_date(span: Span) -> bool:
    """Whether the span is a month from its first day on: that number is stored."""
    return span[0].day == 1 and month_of(span[0]) == month_of(span[1])


def _add(found: dict[str, Needed], base: str, span: Span) -> None:
    for month in months_between(month_of(span[0]), month_of(span[1])):
        found[month].numbers.add(base)
        if not is_month_to_date(span):
            found[month].parts.add(base)
