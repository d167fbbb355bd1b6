"""The rows of a board in tree order, as far as the reader sees them."""

from collections.abc import Iterator
from datetime import date

import msgspec

from engine.org import COMPANY, Org
from runtime.people.rights import Sight
from schema_defs.rule import ScopeKind
from schema_defs.text import Text


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One row: where it stands, and the regions and people below it."""

    scope: ScopeKind
    key: str
    label: Text
    level: int
    parent: str | None = None
    children: int = 0
    open: bool = False
    below: tuple[tuple[str, str], ...] = ()
    manager: Text | None = None


def branches(org: Org, sight: Sight, day: date, *, people: bool) -> Iterator[Branch]:
    """Company, regions and people from the top of what the reader sees; regions stand open, their people closed."""
    if sight.everything:
        yield _company(org, day)
        for key in org.children(None):
            yield from _region(org, sight, day, key, 1, f"company:{COMPANY}", people)
        return
    for key in sight.tops:
        yield from _region(org, sight, day, key, 0, None, people)
    for person in sight.alone:
        yield _person(org, person, 0, None)


def _company(org: Org, day: date) -> Branch:
    below = tuple(("region", key) for key in org.regions())
    return Branch(
        scope="company", key=COMPANY, label=_WHOLE, level=0, children=len(org.children(None)), open=True, below=below
    )


def _region(
    org: Org, sight: Sight, day: date, key: str, level: int, parent: str | None, people: bool
) -> Iterator[Branch]:
    children = org.children(key)
    members = [person for person in org.members(key, day) if "seller" in person.roles] if people else []
    manager = org.manager_of_region(key)
    yield Branch(
        scope="region",
        key=key,
        label=org.label(key),
        level=level,
        parent=parent,
        children=len(children) + len(members),
        open=bool(children),
        below=tuple(("region", each) for each in org.descendants(key) if each != key),
        manager=_name(org, manager),
    )
    for child in children:
        yield from _region(org, sight, day, child, level + 1, f"region:{key}", people)
    for person in members:
        if sight.sees("person", person.key):
            yield _person(org, person.key, level + 1, f"region:{key}")


def _person(org: Org, key: str, level: int, parent: str | None) -> Branch:
    return Branch(scope="person", key=key, label=_name(org, key) or key, level=level, parent=parent)


def _name(org: Org, key: str | None) -> Text | None:
    person = org.person(key) if key else None
    return (person.label or person.key) if person else key


_WHOLE: Text = {"zh": "全公司", "en": "Company"}
