"""Who drove a change: a number's difference between two moments, split without rest over groups of its records."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import msgspec

from engine.explain.bridge import by_steps, walk
from engine.explain.counting import RecordKey, Side
from engine.records.record import Record
from schema_defs.rule import ScopeKind

GroupOf = Callable[[str, Record], str | None]
"""The group of a dataset's record; None for none."""


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """What one group's records changed; `by` is None where the number is missing at one of the moments."""

    group: str | None
    by: Fraction | None
    records: int


class Drivers(msgspec.Struct, frozen=True, kw_only=True):
    """The groups' changes, the largest first, and what another definition changed add up to `end - start` exactly."""

    start: Fraction | None
    end: Fraction | None
    groups: tuple[Driver, ...]
    definition: Fraction | None


def drivers(metric: str, scope: ScopeKind, key: str, before: Side, after: Side, group_of: GroupOf) -> Drivers:
    """The difference by group: each group's old records are exchanged for its new ones, group after group in the order of their names.

    Of a sum or count a group's change is its own difference, whatever the order; of a ratio or average it includes what
    the group changed in the mix.
    """
    found = walk(metric, scope, key, before, after)
    gone, come = dict[str | None, list[RecordKey]](), dict[str | None, list[RecordKey]]()
    for place, (was, now) in found.pairs.items():
        groups_of = [None if record is None else group_of(place[0], record) for record in (was, now)]
        earlier, later = (found.old.get(place), groups_of[0]), (found.new.get(place), groups_of[1])
        if earlier[0] is not None and earlier != later:
            gone.setdefault(earlier[1], []).append(place)
        if later[0] is not None and earlier != later:
            come.setdefault(later[1], []).append(place)
    names = sorted({*gone, *come}, key=lambda name: (name is None, name or ""))
    exchanged: list[tuple[Sequence[RecordKey], Sequence[RecordKey]]] = [
        (gone.get(name, ()), come.get(name, ())) for name in names
    ]
    *steps, (definition, _) = by_steps(found.start, [*found.values(exchanged), found.end])
    groups = [
        Driver(group=name, by=by, records=len({*old, *new}))
        for name, (by, _), (old, new) in zip(names, steps, exchanged, strict=True)
    ]
    groups.sort(key=lambda driver: -abs(driver.by or Fraction(0)))
    return Drivers(start=found.start, end=found.end, groups=tuple(groups), definition=definition)
