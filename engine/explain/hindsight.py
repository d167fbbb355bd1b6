"""The difference between a past day as it was known then and with hindsight, from all versions of the records."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property

import msgspec

from engine.explain.late import Knowledge, Moved, days_read, moved_by
from engine.expression.values import Value
from engine.metrics.places import Places
from engine.metrics.ready import Ready, ready
from engine.org import COMPANY
from engine.periods import month_of, months_between
from engine.records.record import Record
from engine.records.version_table import VersionTable
from engine.records.versions import timelines
from engine.routing import Scope
from engine.rules.backtest import Backtest
from engine.rules.facts import metrics_of
from schema_defs.dataset import Dataset

Versions = list[tuple[datetime, Record]]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A name of the rule's conditions with its value then and now."""

    name: str
    then: Value
    now: Value


class DayDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What the conditions read of one scope and day at that day's close and today, and the records that lie between.

    `was_late`: a source was late then, so the day had no data.
    """

    scope: Scope
    day: date
    was_late: bool
    read: tuple[Read, ...]
    moved: tuple[Moved, ...]


class Hindsight:
    """Explains differing days of one backtest up to `last`."""

    def __init__(self, replay: Backtest, last: date) -> None:
        self._replay, self._known = replay, replay.last_known(last)
        self._ready: Ready = ready(
            replay.given.release, sorted(metrics_of(replay.reads, replay.given.release)), replay.given.calendar
        )

    def of(self, scope: Scope, day: date) -> DayDifference:
        then, now = (self._replay.values(scope, day, known) for known in (day, self._known))
        self._replay.numbers.known = day
        return DayDifference(
            scope=scope,
            day=day,
            was_late=self._replay.numbers.is_late(day),
            read=tuple(Read(name=name, then=then[name], now=now[name]) for name in then),
            moved=tuple(moved for at in self._read(scope, day) if (moved := self._moved(*at, day)).records),
        )

    def _read(self, scope: Scope, day: date) -> Iterator[tuple[str, Scope]]:
        """The metrics behind the conditions, each with the scope whose number is read."""
        release, above = self._replay.given.release, self._replay.facts.above(scope, day)
        for of_parent, place in ((False, scope), (True, above or Scope("company", COMPANY))):
            reads = [read for read in self._replay.reads if read.of_parent == of_parent]
            for metric in sorted(metrics_of(reads, release)):
                yield metric, place

    def _moved(self, metric: str, place: Scope, day: date) -> Moved:
        given, span = self._replay.given, days_read(self._ready, metric, day)
        closes = given.calendar.closing(day)
        months = months_between(month_of(span[0]), month_of(span[1]))
        return moved_by(
            metric, place, day, self._ready, given.org,
            self._knowledge(metric, months, closes, day), self._knowledge(metric, months, None, self._known),
        )  # fmt: skip

    def _knowledge(self, metric: str, months: tuple[str, ...], until: datetime | None, day: date) -> Knowledge:
        given = self._replay.given
        names = sorted(self._ready.datasets_of(metric))
        return Knowledge(
            records={name: tuple(_known(self._versions(name, months), until)) for name in names},
            places={name: Places(dataset, given.org, day) for name, dataset in self._counted(names).items()},
        )

    def _counted(self, names: Collection[str]) -> dict[str, Dataset]:
        """The datasets, under every policy of the metrics that read them."""
        measures = [measure for measure in self._ready.measures.values() if measure.dataset in names]
        datasets = self._replay.given.release.datasets
        return {each.under: each.policy.dataset if each.policy else datasets[each.dataset] for each in measures}

    def _versions(self, dataset: str, months: tuple[str, ...]) -> Iterator[Versions]:
        """All versions of the records that ever lay in one of the months."""
        found = {id(versions): versions for month in months for versions in self._by_month[dataset].get(month, ())}
        return iter(found.values())

    @cached_property
    def _by_month(self) -> Mapping[str, Mapping[str, list[Versions]]]:
        given, found = self._replay.given, dict[str, dict[str, list[Versions]]]()
        for name in self._ready.datasets():
            by_month = found[name] = defaultdict(list)
            records = given.records.get(name, ())
            if isinstance(records, VersionTable):
                raise TypeError("an explanation reads records, not columns")
            for versions in timelines(records, given.calendar).values():
                for month in {month_of(day) for _, record in versions for day in _days(record)}:
                    by_month[month].append(versions)
        return found


def _days(record: Record) -> Iterator[date]:
    """The days on which the record may count: its own, and of a return that of what came back."""
    yield record.day
    if record.original is not None:
        yield record.original.day


def _known(records: Iterator[Versions], until: datetime | None) -> Iterator[Record]:
    """Of each record the version that was known last at the moment (None: by now), where it was not deleted."""
    for versions in records:
        known = [record for since, record in versions if until is None or since <= until]
        if known and not known[-1].deleted:
            yield known[-1]
