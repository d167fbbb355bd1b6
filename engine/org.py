"""Who belongs where, when: the region tree and its people over time, as one value."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from schema_defs.organisation import Organisation, Person, Region, Stay
from schema_defs.text import Text

COMPANY = "company"


class Org:
    """The organisation. Unknown keys are never an error here: they have no region, no people, no manager."""

    def __init__(self, regions: Sequence[Region], people: Sequence[Person]) -> None:
        self._regions = {region.key: region for region in regions}
        self._people = {person.key: person for person in people}
        self._children: dict[str | None, list[str]] = {}
        for key in self._regions:
            self._children.setdefault(self.parent(key), []).append(key)
        self._stays = {person.key: _stays(person) for person in people}
        self._ever_in: dict[str, list[str]] = {}
        for key, stays in self._stays.items():
            for region in dict.fromkeys(stay.region for stay in stays):
                self._ever_in.setdefault(region, []).append(key)

    # Regions

    def regions(self) -> tuple[str, ...]:
        """All region keys, in the order in which they are listed."""
        return tuple(self._regions)

    def has_region(self, key: str) -> bool:
        return key in self._regions

    def region(self, key: str) -> Region | None:
        return self._regions.get(key)

    def parent(self, key: str) -> str | None:
        """The region above; None at the top."""
        region = self._regions.get(key)
        return region.parent if region and region.parent in self._regions else None

    def children(self, key: str | None) -> tuple[str, ...]:
        """The regions directly below; of None those at the top."""
        return tuple(self._children.get(key, ()))

    def ancestors(self, key: str) -> tuple[str, ...]:
        """The region itself, then every region above it, the top one last; a cycle ends where it closes."""
        found: dict[str, None] = {}
        at: str | None = key if key in self._regions else None
        while at is not None and at not in found:
            found[at] = None
            at = self.parent(at)
        return tuple(found)

    def descendants(self, key: str) -> tuple[str, ...]:
        """The region itself and every region below it, parents first."""
        found: dict[str, None] = {}
        waiting = [key] if key in self._regions else []
        while waiting:
            at = waiting.pop(0)
            if at not in found:
                found[at] = None
                waiting.extend(self.children(at))
        return tuple(found)

    def leaves(self) -> tuple[str, ...]:
        """The regions without children."""
        return tuple(key for key in self._regions if key not in self._children)

    def depth(self, key: str) -> int:
        """1 at the top of the tree, 2 below it; 0 for a key that is no region."""
        return len(self.ancestors(key))

    def label(self, key: str) -> Text:
        """What a region or person is called; the key itself where nothing is written."""
        named = self._regions.get(key) or self._people.get(key)
        return (named.label if named else None) or key

    # People

    def person(self, key: str) -> Person | None:
        return self._people.get(key)

    def people(self) -> tuple[Person, ...]:
        """All people, in the order in which they are listed."""
        return tuple(self._people.values())

    def is_present(self, person: str, day: date) -> bool:
        """Whether the day lies between joining and leaving, both included."""
        found = self._people.get(person)
        return found is not None and (found.joined or date.min) <= day <= (found.left or date.max)

    def region_of(self, person: str, day: date) -> str | None:
        """The region that the person is a member of on the day; of overlapping stays the one that began last."""
        if not self.is_present(person, day):
            return None
        begun = [stay for stay in self._stays[person] if (stay.from_ or date.min) <= day <= (stay.to or date.max)]
        return begun[-1].region if begun else None

    def changes(self, person: str) -> tuple[date, ...]:
        """The days on which the person's region may become another, ascending."""
        found = self._people.get(person)
        if found is None:
            return ()
        begins = {found.joined, *(stay.from_ for stay in self._stays[person])}
        ends = {found.left, *(stay.to for stay in self._stays[person])}
        return tuple(
            sorted({day for day in begins if day} | {day + timedelta(days=1) for day in ends if day and day < date.max})
        )

    def members(self, region: str, day: date) -> tuple[Person, ...]:
        """Who belongs directly to the region on the day."""
        return tuple(self._people[key] for key in self._ever_in.get(region, ()) if self.region_of(key, day) == region)

    def members_below(self, region: str, day: date) -> tuple[Person, ...]:
        """Who belongs to the region or to one below it on the day."""
        return tuple(person for key in self.descendants(region) for person in self.members(key, day))

    def ever_members(self, region: str) -> tuple[Person, ...]:
        """Who belongs directly to the region at any time, in the order in which the people are listed."""
        return tuple(self._people[key] for key in self._ever_in.get(region, ()))

    def roles(self, person: str) -> tuple[str, ...]:
        found = self._people.get(person)
        return found.roles if found else ()

    def with_role(self, role: str) -> tuple[Person, ...]:
        """Everybody who has the role, in the order in which they are listed."""
        return tuple(person for person in self._people.values() if role in person.roles)

    def manager_of_region(self, region: str) -> str | None:
        """The manager written at the region, else at the nearest one above."""
        return next(self._managers_above(region), None)

    def deputy_of_region(self, region: str) -> str | None:
        """The deputy written beside the region's manager."""
        for key in self.ancestors(region):
            if self._regions[key].manager:
                return self._regions[key].deputy
        return None

    def manager_of(self, person: str, n: int = 1, day: date | None = None) -> str | None:
        """The n-th manager above the person: the one written at the person, else the region's as of the day (default: at the end).

        Nobody is their own manager, and None is above the top.
        """
        seen, at = {person}, person
        for _ in range(n):
            above = self._one_above(at, day or date.max)
            if above is None or above in seen:
                return None
            seen.add(above)
            at = above
        return at

    def deputy_of(self, person: str) -> str | None:
        """Who stands in for the person: the deputy written there, else the one beside them at a region that they manage."""
        found = self._people.get(person)
        if found and found.deputy:
            return found.deputy
        managed = (region for region in self._regions.values() if region.manager == person and region.deputy)
        return next((region.deputy for region in managed), None)

    def _managers_above(self, region: str) -> Iterator[str]:
        for key in self.ancestors(region):
            if manager := self._regions[key].manager:
                yield manager

    def _one_above(self, person: str, day: date) -> str | None:
        found = self._people.get(person)
        if found and found.manager and found.manager != person:
            return found.manager
        region = self.region_of(person, day) if found else None
        managers = self._managers_above(region) if region else self._managers_of_own(person)
        return next((manager for manager in managers if manager != person), None)

    def _managers_of_own(self, person: str) -> Iterator[str]:
        """For a manager who is a member of no region: who stands above the regions that they manage."""
        for region in self._regions.values():
            if region.manager == person:
                yield from self._managers_above(region.key)


def org_of(document: Organisation | None, people: Sequence[Person] | None = None) -> Org:
    """The organisation of a document; `people` given from outside replace the document's own."""
    own = document.people if document else ()
    return Org(document.regions if document else (), own if people is None else people)


def _stays(person: Person) -> tuple[Stay, ...]:
    """The person's memberships by the day on which they begin; those of one day as listed."""
    match person.region:
        case None:
            return ()
        case str():
            return (Stay(region=person.region),)
        case _:
            return tuple(sorted(person.region, key=lambda stay: stay.from_ or date.min))
