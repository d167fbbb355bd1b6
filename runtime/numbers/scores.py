"""Scores of the running system: a scorecard's parts read from the stored cells and targets."""

from datetime import date

from engine.scorecard import score_of, scorecard_for
from runtime.numbers.figures import figures_at
from runtime.numbers.read import Book
from runtime.releases.prepared import Prepared
from runtime.targets.book import TargetBook
from schema_defs.rule import ScopeKind
from schema_defs.scorecard import ScorePart


def score_at(
    configured: Prepared, book: Book, targets: TargetBook, scope: ScopeKind, key: str, day: date
) -> float | None:
    """The score of a person by the card of their role, of a region or the company by the first card; None without one."""
    roles = configured.org.roles(key) if scope == "person" else ()
    card = scorecard_for(roles, configured.release.scorecards)
    if card is None:
        return None

    def value_of(part: ScorePart) -> float | None:
        found = figures_at(configured, book, targets, part.metric, scope, key, day)
        return found.attainment if part.of == "attainment" else found.actual

    return score_of(card, value_of).total
