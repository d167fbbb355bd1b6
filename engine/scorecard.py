"""A scorecard's score: weighted parts, each bounded by its floor and cap."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from schema_defs.scorecard import Scorecard, ScorePart


class PartScore(msgspec.Struct, frozen=True):
    """One part: the value as it is, as it counts after floor and cap, and what it adds to the score; None is missing."""

    part: ScorePart
    value: float | None
    counted: float | None
    points: float | None


class Score(msgspec.Struct, frozen=True):
    """The sum of the parts' points; missing when a part is missing."""

    total: float | None
    parts: tuple[PartScore, ...]


def score_of(card: Scorecard, value_of: Callable[[ScorePart], float | None]) -> Score:
    """The score from each part's value (its metric's attainment, or the metric itself)."""
    parts = tuple(_scored(part, value_of(part)) for part in card.parts)
    points = [part.points for part in parts]
    return Score(None if None in points else sum(one for one in points if one is not None), parts)


def scorecard_for(roles: Iterable[str], cards: Mapping[str, Scorecard]) -> Scorecard | None:
    """The first scorecard of one of the roles; regions and the company, which have none, take the first there is."""
    wanted = frozenset(roles)
    return next((card for card in cards.values() if not wanted or card.for_ in wanted), None)


def _scored(part: ScorePart, value: float | None) -> PartScore:
    if value is None:
        return PartScore(part, None, None, None)
    counted = value
    if part.floor is not None:
        counted = max(counted, float(part.floor))
    if part.cap is not None:
        counted = min(counted, float(part.cap))
    return PartScore(part, value, counted, counted * float(part.weight))
