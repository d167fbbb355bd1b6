"""Actual, target, attainment and pace of any metric, scope and day: the one place where boards and rules get them."""

from datetime import date

from engine.pace import Figures, How, figures, pace_share, working_days_left
from engine.periods import month_of
from runtime.numbers.read import Book
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook
from schema_defs.rule import ScopeKind


def figures_at(
    configured: Prepared, book: Book, targets: TargetBook, metric: str, scope: ScopeKind, key: str, day: date
) -> Figures:
    """The figures by the end of the day, month to date."""
    month = month_of(day)
    return figures(
        book.value(metric, scope, key, day),
        targets.month(metric, scope, key, month),
        pace_at(configured, metric, day),
        working_days_left(configured.calendar, day),
    )


def pace_at(configured: Prepared, metric: str, day: date) -> float:
    """The share of the month's target that is expected by the end of the day."""
    shape = configured.metrics.shapes.get(metric)
    is_rate = shape.is_rate if shape else False
    return pace_share(configured.calendar, month_of(day), day, _how(configured, metric, day), is_rate)


def _how(configured: Prepared, metric: str, day: date) -> How:
    plans = (plan for plan in configured.release.plans.values() if plan.metric == metric)
    return next((plan.pace for plan in plans if plan.year in (None, day.year)), "working_days")
