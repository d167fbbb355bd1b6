"""What a reader sees of a backtest: the days of own scopes, and by name the people who are theirs to see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from runtime.backtests.run import Day, Side
from runtime.backtests.tried import TriedNotice
from runtime.board.marks import name_of
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared

Version = Literal["then", "now"]


@dataclass(frozen=True)
class Seen:
    """The days, by scope and day, are those of scopes that the reader sees."""

    configured: Prepared
    sight: Sight
    days: tuple[Day, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Sequence[Day]]:
        return {key: tuple(some) for key, some in groupby(self.days, lambda day: day.key)}

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.by_key)

    def is_named(self, person: str) -> bool:
        return self.sight.sees("person", person)

    def notices(self, days: Iterable[Day], version: Version) -> Iterable[TriedNotice]:
        """What would have been told on each day, by kind; whoever the reader does not see is counted only."""
        for day in days:
            parted = [notice.partition(":")[::2] for notice in side_of(day, version).notices]
            for kind, some in groupby(parted, lambda notice: notice[0]):
                people = [person for _, person in some]
                named = [name_of(self.configured, one) or one for one in people if self.is_named(one)]
                yield TriedNotice(day=day.day, kind=kind, people=tuple(named), others=len(people) - len(named))


def side_of(day: Day, version: Version) -> Side:
    return day.now if version == "now" and day.now is not None else day.then


def people_told(days: Iterable[Day], version: Version) -> Iterable[tuple[Day, str]]:
    """Whom a message would have reached, once per message."""
    return ((day, notice.partition(":")[2]) for day in days for notice in side_of(day, version).notices)
