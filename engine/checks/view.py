"""The configuration as the checks see it."""

from functools import cached_property

from engine.checks.available import Available
from engine.checks.kinds import metric_kinds
from engine.expression.kinds import Kind
from schema_defs.dataset import Dataset
from schema_defs.loader.loaded import Loaded
from schema_defs.metric import Metric
from schema_defs.organisation import Organisation
from schema_defs.release import Release


class View:
    """A release and what is known about documents that are broken by themselves.

    A broken document counts as known, so that one fault is not told twice, and what it holds counts as unknown.
    """

    def __init__(self, loaded: Loaded, available: Available) -> None:
        self.loaded = loaded
        self.available = available
        self.release: Release = loaded.release
        self.metrics: dict[str, Metric] = self.release.metrics
        self._datasets = self.release.datasets

    @cached_property
    def metric_kinds(self) -> dict[str, Kind]:
        """What the values of the metrics are, where that can be found."""
        return metric_kinds(self.release)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all documents of a kind, broken ones included."""
        return self.loaded.names(kind)

    def dataset(self, name: str | None) -> Dataset | None:
        """The dataset, if it is there and sound."""
        return self._datasets.get(name) if name and self.loaded.is_sound("dataset", name) else None

    @property
    def organisation(self) -> Organisation | None:
        """The organisation, if there is one and it is sound."""
        found = self.release.organisation
        return found if found and self.loaded.is_sound("organisation", found.name) else None

    @property
    def people(self) -> frozenset[str] | None:
        """The keys of all people; None where they are known elsewhere only."""
        found = self.organisation
        return frozenset(person.key for person in found.people) if found and found.people else None

    @property
    def regions(self) -> frozenset[str] | None:
        """The keys of all regions; None where they are taken from the records."""
        found = self.organisation
        return frozenset(region.key for region in found.regions) if found and found.regions else None
