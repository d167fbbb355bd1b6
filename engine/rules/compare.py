"""A rule over past days as known then, beside the same days with hindsight: where they differ, and since when."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import msgspec

from engine.rules.backtest import Backtest, Lived
from engine.rules.summary import Summary, summary_of


class Pair(msgspec.Struct, frozen=True):
    """One scope on one day, twice. `because` are the days up to this one whose verdict was another one
    by what was known on the day or the day before: the state or the notice differs for them."""

    then: Lived
    now: Lived
    because: tuple[date, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the verdict, the state or who is told is another one."""
        return self.then.row() != self.now.row()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Both versions of all days, in the order of key and day, each with its summary."""

    pairs: tuple[Pair, ...]
    then: Summary
    now: Summary

    @property
    def differing(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.differs)


def compare(replay: Backtest, first: date, last: date) -> Comparison:
    """The days from `first` to `last` as they were known at each day's close, and by what is known at the end."""
    then, now = replay.lived(first, last), replay.with_hindsight(first, last)
    pairs = zip(then, now, strict=True)
    return Comparison(
        pairs=tuple(pair for _, some in groupby(pairs, lambda pair: pair[0].key) for pair in _explained(some)),
        then=summary_of(replay, then, first, last),
        now=summary_of(replay, now, first, last),
    )


def _explained(days: Iterable[tuple[Lived, Lived]]) -> Iterator[Pair]:
    """The days of one scope; a state follows from the verdicts as known on the day, a message also from those of the day before."""
    verdicts: tuple[dict[date, str], dict[date, str]] = ({}, {})
    differing, before = set[date](), set[date]()
    for then, now in days:
        for known, lived in zip(verdicts, (then, now), strict=True):
            known.update(lived.judged)
        changed = {day for lived in (then, now) for day, _ in lived.judged}
        others = {day for day in changed if verdicts[0].get(day) != verdicts[1].get(day)}
        before, differing = differing, (differing - changed) | others
        pair = Pair(then, now)
        yield Pair(then, now, tuple(sorted(before | differing))) if pair.differs else pair
