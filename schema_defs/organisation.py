"""`organisation`: the region tree, the roles, and (outside a running system) the people."""

from datetime import date
from typing import Literal

import msgspec

from schema_defs.base import Currency, DataFile, Document, Key, Name, Part
from schema_defs.text import Text

KIND = Literal[
    "calendar", "organisation", "dataset", "source", "metric", "plan", "scorecard", "rule", "channel", "message", "board",
    "meeting", "test",
]  # fmt: skip
"""The kinds of documents; changes of those under `four_eyes` need the approval of somebody who did not make them."""
SEEN = Literal["self", "team", "region", "all"]
BUILT_IN_ROLES: tuple[str, ...] = ("seller", "manager", "director", "author", "it")


class Region(Part, frozen=True, kw_only=True):
    """A node of the region tree; without a `parent` it stands directly below the company."""

    key: Key
    label: Text | None = None
    parent: Key | None = None
    manager: Key | None = None
    deputy: Key | None = None


class Stay(Part, frozen=True, kw_only=True):
    """A person's membership of a region from a day on, up to and including `to`."""

    region: Key
    from_: date | None = msgspec.field(name="from", default=None)
    to: date | None = None


class Reach(Part, frozen=True, kw_only=True):
    """Where messages reach a person."""

    dingtalk: str | None = None
    wecom: str | None = None
    feishu: str | None = None
    email: str | None = None


class Person(Part, frozen=True, kw_only=True):
    """Somebody of the organisation. `joined` and `left` bound the membership; both days are included."""

    key: Key
    label: Text | None = None
    roles: tuple[Name, ...] = ("seller",)
    region: Key | tuple[Stay, ...] | None = None
    manager: Key | None = None
    deputy: Key | None = None
    reach: Reach = Reach()
    joined: date | None = None
    left: date | None = None


class PeopleMap(Part, frozen=True, kw_only=True):
    """Which columns of the people's file hold what."""

    key: str
    label: str | None = None
    region: str | None = None
    manager: str | None = None
    roles: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    joined: str | None = None
    left: str | None = None


class PeopleFrom(DataFile, frozen=True, kw_only=True):
    """People read from a data file: `data` is given by `--data NAME=FILE`, `file` is a path beside the document."""

    map: PeopleMap


class Role(Part, frozen=True, kw_only=True):
    """A role of the tenant's own, and whose numbers it may see."""

    name: Name
    label: Text | None = None
    sees: SEEN = "self"


class Organisation(Document, frozen=True, kw_only=True, tag="organisation", tag_field="kind"):
    """Regions in any order; parents may be listed after their children."""

    name: Name = "company"
    currency: Currency = "CNY"
    regions: tuple[Region, ...] = ()
    roles: tuple[Role, ...] = ()
    people: tuple[Person, ...] = ()
    people_from: PeopleFrom | None = None
    four_eyes: tuple[KIND, ...] = ()

    @property
    def role_names(self) -> tuple[str, ...]:
        return BUILT_IN_ROLES + tuple(role.name for role in self.roles)
