"""Where a rule's facts come from in the running system: the stored cells and targets."""

from datetime import date

from engine.calendar import WorkCalendar
from engine.expression.values import Value
from engine.pace import working_days_left
from engine.routing import Scope
from runtime.numbers.read import Book
from runtime.numbers.scores import score_at
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook


class StoredNumbers:
    """The engine's `Numbers` over books of cells and targets."""

    def __init__(self, configured: Prepared, book: Book, targets: TargetBook) -> None:
        self._configured = configured
        self._book = book
        self._targets = targets
        self._calendar: WorkCalendar = configured.calendar

    def actual(self, metric: str, scope: Scope, day: date) -> Value:
        return self._book.value(metric, scope.kind, scope.key, day)

    def target(self, metric: str, scope: Scope, month: str) -> float | None:
        target = self._targets.month(metric, scope.kind, scope.key, month)
        return None if target is None else float(target)

    def pace(self, metric: str, scope: Scope, day: date) -> float | None:
        return self._targets.pace(metric, scope.kind, scope.key, day)

    def working_days_left(self, day: date) -> int:
        return working_days_left(self._calendar, day)

    def score(self, scope: Scope, day: date) -> float | None:
        return score_at(self._configured, self._book, self._targets, scope.kind, scope.key, day)
