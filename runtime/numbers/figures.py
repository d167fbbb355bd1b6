"""Actual, target, attainment and pace of any metric, scope and day: the one place where boards and rules get them."""

from datetime import date

from engine.pace import Figures, figures, working_days_left
from engine.periods import month_of
from runtime.numbers.read import Book
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook
from schema_defs.rule import ScopeKind


def figures_at(
    configured: Prepared, book: Book, targets: TargetBook, metric: str, scope: ScopeKind, key: str, day: date
) -> Figures:
    """The figures by the end of the day, month to date."""
    return figures(
        book.value(metric, scope, key, day),
        targets.month(metric, scope, key, month_of(day)),
        targets.pace(metric, scope, key, day),
        working_days_left(configured.calendar, day),
    )
