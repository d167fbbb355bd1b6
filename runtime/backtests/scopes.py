"""The scopes of a backtest for one reader: each with its days, its episodes and who would have been told, then and with hindsight."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby, pairwise

from engine.periods import month_of
from engine.rules.fold import FIRING
from engine.rules.summary import Episode
from runtime.backtests.run import Day, Result, Side
from runtime.backtests.seen import Seen, Version, side_of
from runtime.backtests.tried import Look, TriedDay, TriedEpisode, TriedMonth, TriedNotice, TriedScope, TriedSide
from runtime.board.marks import name_of
from runtime.releases.prepared import Prepared
from schema_defs.rule import ScopeKind
from schema_defs.text import Text


def scopes_of(seen: Seen, found: Result) -> Iterable[TriedScope]:
    kind = seen.configured.release.rules[found.rule].scope
    for key, days in seen.by_key.items():
        then = [episode for episode in found.then.episodes if episode.key == key]
        now = [episode for episode in found.now.episodes if episode.key == key]
        yield TriedScope(
            scope=kind,
            key=key,
            label=label_of(seen.configured, kind, key),
            months=tuple(_months(days)),
            then=_side(seen, days, "then", then, now),
            now=_side(seen, days, "now", now, then),
            differing=tuple(day.day for day in days if day.now is not None and day.now.verdict != day.then.verdict),
        )


def _months(days: Iterable[Day]) -> Iterable[TriedMonth]:
    for month, some in groupby(days, lambda day: month_of(day.day)):
        lived = tuple(
            TriedDay(
                day=day.day,
                then=_look(day.then),
                now=_look(side_of(day, "now")),
                differs=day.now is not None,
            )
            for day in some
        )
        yield TriedMonth(month=month, days=lived)


def _side(
    seen: Seen, days: Sequence[Day], version: Version, episodes: Sequence[Episode], others: Sequence[Episode]
) -> TriedSide:
    """Every message is told with the episode that fired last; those before the first one stand beside."""
    notices = tuple(seen.notices(days, version))
    begins = [*(episode.fired for episode in episodes), date.max]
    return TriedSide(
        episodes=tuple(
            _episode(episode, _between(notices, *fired), others)
            for episode, fired in zip(episodes, pairwise(begins), strict=True)
        ),
        beside=_between(notices, date.min, begins[0]),
        messages=sum(notice.messages for notice in notices),
        outside=sum(notice.others for notice in notices),
    )


def _between(notices: Iterable[TriedNotice], first: date, end: date) -> tuple[TriedNotice, ...]:
    return tuple(notice for notice in notices if first <= notice.day < end)


def _episode(episode: Episode, notices: tuple[TriedNotice, ...], others: Iterable[Episode]) -> TriedEpisode:
    return TriedEpisode(
        first=episode.first,
        fired=episode.fired,
        last=episode.last,
        days=episode.days,
        ended=episode.ended,
        alone=not any(other.first <= episode.last and episode.first <= other.last for other in others),
        notices=notices,
    )


def _look(side: Side) -> Look:
    if side.state in FIRING:
        return "firing" if side.state == "firing" else "recovering"
    match side.verdict:
        case "":
            return "not_judged"
        case "no_data":
            return "no_data"
        case "holds":
            return "pending"
        case _:
            return "clear"


def label_of(configured: Prepared, kind: ScopeKind, key: str) -> Text:
    if kind == "region":
        return configured.org.label(key)
    if kind == "person":
        return name_of(configured, key) or key
    organisation = configured.release.organisation
    return (organisation.label if organisation else None) or key
