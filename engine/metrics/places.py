"""Where a record counts: the keys of a scope that it belongs to, with shares."""

from datetime import date

from engine.org import COMPANY, Org
from engine.records.record import Record
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind

Placed = tuple[tuple[str, float], ...]
"""Keys with shares; a key once."""
_COMPANY: Placed = ((COMPANY, 1.0),)


class Places:
    """Places the records of one dataset in an organisation; `today` decides under `attribution: now`.

    A region's people and parents share what they are credited with: a record counts once in every region above its own.
    """

    def __init__(self, dataset: Dataset, org: Org, today: date) -> None:
        self.dataset = dataset
        self._org = org
        self._today = today
        self._chains: dict[str, tuple[str, ...]] = {}
        self._homes: dict[tuple[str, date], str | None] = {}

    def of(self, record: Record, scope: ScopeKind) -> Placed:
        match scope:
            case "company":
                return _COMPANY
            case "person":
                return record.people
            case "region":
                return self._regions(record)

    def reaches(self, scope: ScopeKind) -> bool:
        """Whether the dataset can say anything about the scope: people need an owner, regions an owner or a region."""
        match scope:
            case "company":
                return True
            case "person":
                return self.dataset.owner is not None
            case "region":
                return self.dataset.owner is not None or self.dataset.region is not None

    def within(self, record: Record, region: str) -> Placed:
        """Who is credited with the record inside the region, with shares; together they are what the region has of a sum."""
        if self.dataset.region is not None:
            return record.people if record.region and region in self.chain(record.region) else ()
        homes = ((person, share, self.home(person, record.day)) for person, share in record.people)
        return tuple((person, share) for person, share, home in homes if home and region in self.chain(home))

    def own_region(self, record: Record) -> str | None:
        """The region that the record itself belongs to: its own field, else its first owner's."""
        if self.dataset.region is not None:
            return record.region
        return next((home for home in (self.home(person, record.day) for person, _ in record.people) if home), None)

    def _regions(self, record: Record) -> Placed:
        if self.dataset.region is not None:
            return tuple((key, 1.0) for key in self.chain(record.region)) if record.region else ()
        if not record.credit:
            home = self.home(record.owner, record.day) if record.owner else None
            return tuple((key, 1.0) for key in self.chain(home)) if home else ()
        return self._shared(record)

    def _shared(self, record: Record) -> Placed:
        shares: dict[str, float] = {}
        for person, share in record.credit:
            home = self.home(person, record.day)
            for key in self.chain(home) if home else ():
                shares[key] = shares.get(key, 0.0) + share
        return tuple((key, round(share, 12)) for key, share in shares.items())

    def chain(self, region: str) -> tuple[str, ...]:
        """The region and all above it; a key that is not in the tree stands alone."""
        if region not in self._chains:
            self._chains[region] = self._org.ancestors(region) or (region,)
        return self._chains[region]

    def home(self, person: str, day: date) -> str | None:
        """The region of a record of the person on the day."""
        at = self._today if self.dataset.attribution == "now" else day
        if (person, at) not in self._homes:
            self._homes[person, at] = self._org.region_of(person, at)
        return self._homes[person, at]
