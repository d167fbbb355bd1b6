"""Whose numbers a person may see, by the organisation as it stands on a day."""

from collections.abc import Iterable
from datetime import date

import msgspec

from engine.org import Org
from runtime.board.viewer import Viewer
from runtime.releases.prepared import Prepared
from schema_defs.organisation import SEEN, Role

SEES: dict[str, SEEN] = {"seller": "self", "manager": "region", "director": "all", "author": "all", "it": "self"}
"""What the roles that are always there may see. IT runs the machine; the numbers are not its business."""

_ORDER: tuple[SEEN, ...] = ("self", "team", "region", "all")


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What one person sees on one day: everything, or the listed regions and people. Made anew for every request.

    `tops` are the highest regions seen, `alone` the people seen who belong to none of the regions seen.
    """

    roles: frozenset[str]
    everything: bool = False
    tops: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def sees(self, scope: str, key: str) -> bool:
        """Whether the number of a scope (`company`, `region`, `person`) may be shown."""
        match scope:
            case "company":
                return self.everything
            case "region":
                return self.everything or key in self.regions
            case "person":
                return self.everything or key in self.people
            case _:
                return False

    def sees_field(self, visible_to: Iterable[str] | None) -> bool:
        """Whether a field that only the roles `visible_to` may see (all, if none are named) may be shown."""
        allowed = frozenset(visible_to or ())
        return not allowed or bool(self.roles & allowed)


def sight_of(org: Org, viewer: Viewer, day: date, own_roles: Iterable[Role] = ()) -> Sight:
    """What the viewer sees on `day`; `own_roles` are the tenant's own, from its organisation document.

    `self` is oneself, `team` adds those whose manager one is, `region` adds the regions that one manages, stands in for
    or, managing none, belongs to, with everybody below, `all` is the company.
    """
    roles = frozenset(viewer.roles)
    sees = widest(roles, own_roles)
    if sees == "all":
        return Sight(roles=roles, everything=True)
    if viewer.person is None:
        return Sight(roles=roles)
    tops = _tops(org, viewer.person, day) if sees == "region" else ()
    regions = [below for top in tops for below in org.descendants(top)]
    inside = {member.key for region in regions for member in org.members(region, day)}
    beside = [viewer.person, *(_team(org, viewer.person, day) if sees in ("team", "region") else ())]
    alone = tuple(dict.fromkeys(key for key in beside if key not in inside))
    return Sight(
        roles=roles, tops=tops, alone=alone, regions=frozenset(regions), people=frozenset(inside) | frozenset(alone)
    )


def sight_in(configured: Prepared, viewer: Viewer, day: date) -> Sight:
    """What the viewer sees on `day` by the live release, with the tenant's own roles."""
    return sight_of(configured.org, viewer, day, _own_roles(configured))


def sees_everything(configured: Prepared, viewer: Viewer) -> bool:
    """Whether every number of the tenant is the viewer's to see."""
    return widest(viewer.roles, _own_roles(configured)) == "all"


def _own_roles(configured: Prepared) -> tuple[Role, ...]:
    organisation = configured.release.organisation
    return organisation.roles if organisation else ()


def widest(roles: Iterable[str], own_roles: Iterable[Role] = ()) -> SEEN:
    """How far somebody with these roles sees: the widest of them counts; an unknown role adds nothing."""
    sees = {**SEES, **{role.name: role.sees for role in own_roles}}
    return max((sees[role] for role in roles if role in sees), key=_ORDER.index, default="self")


def everything(configured: Prepared) -> Viewer:
    """A reader who sees the whole company: whoever a snapshot is frozen for. What is sent on is rendered anew per recipient."""
    organisation = configured.release.organisation
    label = (organisation.label if organisation else None) or configured.tenant
    return Viewer(
        tenant=configured.tenant, account="", person=None, name="Duiqi", roles=("director",), organisation=label
    )


def _team(org: Org, person: str, day: date) -> list[str]:
    """Those present whose manager the person is."""
    present = (other.key for other in org.people() if org.is_present(other.key, day))
    return [key for key in present if org.manager_of(key, 1, day) == person]


def _tops(org: Org, person: str, day: date) -> tuple[str, ...]:
    managed = [key for key in org.regions() if _manages(org, person, key)]
    if not managed:
        own = org.region_of(person, day)
        return (own,) if own and org.has_region(own) else ()
    return tuple(key for key in managed if not set(org.ancestors(key)[1:]) & set(managed))


def _manages(org: Org, person: str, key: str) -> bool:
    region = org.region(key)
    return region is not None and person in (region.manager, region.deputy)
