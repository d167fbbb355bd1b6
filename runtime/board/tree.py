"""The rows of a board in tree order, as far as the reader sees them."""

from collections.abc import Iterator
from datetime import date

import msgspec

from engine.org import COMPANY, Org
from runtime.people.rights import Sight
from schema_defs.organisation import Person
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


def branches(org: Org, sight: Sight, day: date, *, people: bool, opened: frozenset[str] | None) -> Iterator[Branch]:
    """Company, regions and people from the top of what the reader sees; people below the regions in `opened` (None: all)."""
    tree = _Tree(org, sight, day, people, opened)
    if sight.everything:
        yield _company(org, day)
        for key in org.children(None):
            yield from _region(tree, key, 1, f"company:{COMPANY}")
        return
    for key in sight.tops:
        yield from _region(tree, key, 0, None)
    for person in sight.alone:
        yield _person(org, person, 0, None)


def _company(org: Org, day: date) -> Branch:
    below = tuple(("region", key) for key in org.regions())
    return Branch(
        scope="company", key=COMPANY, label=_WHOLE, level=0, children=len(org.children(None)), open=True, below=below
    )


class _Tree(msgspec.Struct, frozen=True):
    org: Org
    sight: Sight
    day: date
    people: bool
    opened: frozenset[str] | None


def _region(tree: _Tree, key: str, level: int, parent: str | None) -> Iterator[Branch]:
    org, row_id = tree.org, f"region:{key}"
    children = org.children(key)
    members = [person.key for person in org.members(key, tree.day) if _is_shown(tree, person)]
    shows_people = tree.people and (tree.opened is None or row_id in tree.opened)
    yield Branch(
        scope="region",
        key=key,
        label=org.label(key),
        level=level,
        parent=parent,
        children=len(children) + (len(members) if tree.people else 0),
        open=bool(children) or (shows_people and bool(members)),
        below=tuple(("region", each) for each in org.descendants(key) if each != key),
        manager=_name(org, org.manager_of_region(key)),
    )
    for child in children:
        yield from _region(tree, child, level + 1, row_id)
    for person in members if shows_people else ():
        yield _person(org, person, level + 1, row_id)


def _is_shown(tree: _Tree, person: Person) -> bool:
    return "seller" in person.roles and tree.sight.sees("person", person.key)


def _person(org: Org, key: str, level: int, parent: str | None) -> Branch:
    return Branch(scope="person", key=key, label=_name(org, key) or key, level=level, parent=parent)


def _name(org: Org, key: str | None) -> Text | None:
    person = org.person(key) if key else None
    return (person.label or person.key) if person else key


_WHOLE: Text = {"zh": "全公司", "en": "Company"}
