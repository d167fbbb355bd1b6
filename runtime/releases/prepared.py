"""The live release made ready to run: calendar, organisation, metrics. Made once per release and state of the people."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from engine.calendar import WorkCalendar, calendar_of
from engine.metrics.aggregate import Measure
from engine.metrics.places import Places
from engine.metrics.policy import Policy
from engine.metrics.ready import Ready, ready
from engine.org import Org, org_of
from runtime.people.directory import people_of
from runtime.releases.live import demand_live, live
from schema_defs.calendar import Calendar
from schema_defs.release import Release

T = TypeVar("T")

_REMEMBERED = 64
_kept: dict[str, tuple[tuple[int, str, str, Calendar], "Prepared"]] = {}


class Prepared:
    """What every verb of the runtime needs of a tenant's configuration."""

    def __init__(self, tenant: str, number: int, release: Release, org: Org) -> None:
        self.tenant = tenant
        self.number = number
        self.release = release
        self.org = org
        self.calendar: WorkCalendar = calendar_of(release.calendar)
        self.metrics: Ready = ready(release, tuple(release.metrics), self.calendar)
        self._places: dict[str, tuple[date, Places]] = {}
        self._once: dict[str, Any] = {}

    def measures_of(self, policy: str) -> Sequence[Measure]:
        """The base metrics of a policy."""
        return [measure for measure in self.metrics.measures.values() if measure.under == policy]

    def policies_of(self, dataset: str) -> Sequence[Policy]:
        """The ways in which base metrics count the dataset's records."""
        return [policy for policy in self.metrics.policies().values() if policy.dataset.name == dataset]

    def places(self, policy: str, today: date = date.max) -> Places:
        """Where records count under the policy of that name; `today` matters under `attribution: now` only."""
        dataset = self.metrics.policies()[policy].dataset
        asked = today if dataset.attribution == "now" else date.max
        if policy not in self._places or self._places[policy][0] != asked:
            self._places[policy] = asked, Places(dataset, self.org, asked)
        return self._places[policy][1]

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What a room makes of the release, made when it is first asked for and kept with it."""
        if name not in self._once:
            self._once[name] = make()
        found: T = self._once[name]
        return found


async def prepared(tenant: str) -> Prepared | None:
    """The tenant's live configuration, or None before the first release."""
    found = await live(tenant)
    if found is None:
        return None
    people, state = await people_of(tenant)
    mark = (found.number, found.hash, state, found.release.calendar)
    if tenant not in _kept or _kept[tenant][0] != mark:
        _kept.pop(tenant, None)
        if len(_kept) >= _REMEMBERED:
            _kept.pop(next(iter(_kept)))
        org = org_of(found.release.organisation, people or None)
        _kept[tenant] = mark, Prepared(tenant, found.number, found.release, org)
    return _kept[tenant][1]


async def demand_prepared(tenant: str) -> Prepared:
    """The tenant's live configuration, or an error that says how to get one."""
    found = await prepared(tenant)
    if found is None:
        await demand_live(tenant)
        raise AssertionError("unreachable")
    return found
