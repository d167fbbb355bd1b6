"""A scorecard's score: weighted parts, each bounded by its floor and cap; and who stands where by it."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

import msgspec

from engine.expression.values import compare
from schema_defs.scorecard import Scorecard, ScorePart


class PartScore(msgspec.Struct, frozen=True):
    """One part: the value as it is, as it counts after floor and cap, and what it adds to the score; None is missing."""

    part: ScorePart
    value: float | None
    counted: float | None
    points: float | None


class Score(msgspec.Struct, frozen=True):
    """The sum of the parts' points, rounded once; missing when a part is missing, since the others would count for more."""

    total: float | None
    parts: tuple[PartScore, ...]


def score_of(card: Scorecard, value_of: Callable[[ScorePart], float | None]) -> Score:
    """The score from each part's value (its metric's attainment, or the metric itself)."""
    values = [(part, value_of(part)) for part in card.parts]
    points = [_points(part, value) for part, value in values if value is not None]
    total = float(sum(points, Fraction())) if len(points) == len(values) else None
    return Score(total, tuple(_scored(part, value) for part, value in values))


def scorecard_for(roles: Iterable[str], cards: Mapping[str, Scorecard]) -> Scorecard | None:
    """The first scorecard of one of the roles; regions and the company, which have none, take the first there is."""
    wanted = frozenset(roles)
    return next((card for card in cards.values() if not wanted or card.for_ in wanted), None)


def ranks(scores: Mapping[str, float | None]) -> dict[str, int | None]:
    """Everybody's rank by score, the highest first; equal scores share one (1, 1, 3), a missing score has none."""
    known = sorted(((score, key) for key, score in scores.items() if score is not None), key=lambda pair: -pair[0])
    found: dict[str, int | None] = dict.fromkeys(scores)
    for position, (score, key) in enumerate(known):
        above, key_above = known[position - 1] if position else (None, "")
        tied = above is not None and compare(score, above) == 0
        found[key] = found[key_above] if tied else position + 1
    return found


def _scored(part: ScorePart, value: float | None) -> PartScore:
    if value is None:
        return PartScore(part, None, None, None)
    return PartScore(part, value, float(_counted(part, value)), float(_points(part, value)))


def _points(part: ScorePart, value: float) -> Fraction:
    return _counted(part, value) * Fraction(part.weight)


def _counted(part: ScorePart, value: float) -> Fraction:
    """The value as it is written, so that 0.1 counts as a tenth, within its bounds."""
    counted = Fraction(repr(float(value)))
    if part.floor is not None:
        counted = max(counted, Fraction(part.floor))
    return counted if part.cap is None else min(counted, Fraction(part.cap))
