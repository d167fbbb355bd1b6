"""Who the people of an organisation are, and were: records in two times, like orders."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from tortoise.expressions import Q

from runtime.bulk import read_many
from runtime.people.rows import PersonRow
from runtime.secrets.store import Secrets
from runtime.tenancy import add_all, rows
from schema_defs.organisation import Person, Reach

_read: dict[str, tuple[str, tuple[Person, ...]]] = {}
"""Per tenant the people that were read last, with their mark: versions never change, so that the same mark is the same people."""


async def people_of(tenant: str) -> tuple[tuple[Person, ...], str]:
    """The people as they are known now, by key, and a mark that changes whenever they do.

    Phones and addresses are left out: see `reach_of`.
    """
    present = await read_many(PersonRow, tenant, ("id",), [("superseded_at", "is null", True)], order=("key",))
    mark = hashlib.sha256("".join(row[0] for row in present).encode()).hexdigest()
    known = _read.get(tenant)
    if known is None or known[0] != mark:
        found = await rows(PersonRow, tenant).filter(id__in=[row[0] for row in present]).order_by("key")
        known = _read[tenant] = mark, tuple(_person(row) for row in found)
    return known[1], mark


async def people_at(tenant: str, known_at: datetime) -> tuple[Person, ...]:
    """The people as they were known at a past moment."""
    found = rows(PersonRow, tenant).filter(known_at__lte=known_at)
    found = found.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at))
    return tuple(_person(row) for row in await found.order_by("key"))


async def reach_of(tenant: str, person: str, secrets: Secrets) -> Reach:
    """Where messages reach the person; empty for somebody unknown."""
    row = await rows(PersonRow, tenant).filter(key=person, superseded_at__isnull=True).first()
    return msgspec.json.decode(secrets.decrypt(row.reach), type=Reach) if row and row.reach else Reach()


class PeopleChange(msgspec.Struct, frozen=True):
    """Whose record became another one, and for whom the region of some day did."""

    changed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


async def put_people(
    tenant: str, people: Sequence[Person], secrets: Secrets, *, now: datetime, all_of_them: bool
) -> PeopleChange:
    """Takes over what is new about the people, as known from `now` on.

    With `all_of_them`, whoever is not listed any more is no longer known.
    """
    current = await _current(tenant)
    change = _change(people, current, secrets, all_of_them=all_of_them)
    await _supersede(tenant, [current[key].id for key in change.changed if key in current], now)
    await add_all([_row(tenant, person, secrets, now) for person in people if person.key in change.changed])
    return change


async def people_differ(tenant: str, people: Sequence[Person], secrets: Secrets) -> bool:
    """Whether taking over all of these people would change anything."""
    return bool(_change(people, await _current(tenant), secrets, all_of_them=True).changed)


async def _current(tenant: str) -> dict[str, PersonRow]:
    return {row.key: row for row in await rows(PersonRow, tenant).filter(superseded_at__isnull=True)}


def _change(
    people: Sequence[Person], current: Mapping[str, PersonRow], secrets: Secrets, *, all_of_them: bool
) -> PeopleChange:
    listed = {person.key: person for person in people}
    gone = current.keys() - listed.keys() if all_of_them else set()
    changed = {key for key, person in listed.items() if _differs(person, current.get(key), secrets)} | gone
    moved = {key for key in changed if _membership(listed.get(key)) != _membership_of(current.get(key))}
    return PeopleChange(frozenset(changed), frozenset(moved))


def _membership(person: Person | None) -> object:
    """What decides where somebody is on which day."""
    return (person.region, person.joined, person.left) if person else (None, None, None)


def _membership_of(row: PersonRow | None) -> object:
    return _membership(_person(row) if row else None)


async def _supersede(tenant: str, ids: Iterable[str], now: datetime) -> None:
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        await rows(PersonRow, tenant).filter(id__in=wanted[start : start + 500]).update(superseded_at=now)


def _differs(person: Person, row: PersonRow | None, secrets: Secrets) -> bool:
    if row is None:
        return True
    reach = msgspec.json.decode(secrets.decrypt(row.reach), type=Reach) if row.reach else Reach()
    return msgspec.structs.replace(_person(row), reach=reach) != person


def _person(row: PersonRow) -> Person:
    return msgspec.convert(
        {
            "key": row.key, "label": row.label[0], "roles": row.roles, "region": row.region[0], "manager": row.manager,
            "deputy": row.deputy, "joined": row.joined, "left": row.left,
        },
        type=Person,
    )  # fmt: skip


def _row(tenant: str, person: Person, secrets: Secrets, now: datetime) -> PersonRow:
    plain = msgspec.to_builtins(person)
    reach = secrets.encrypt(msgspec.json.encode(person.reach).decode()) if person.reach != Reach() else ""
    return PersonRow(
        tenant=tenant, key=person.key, label=[plain["label"]], roles=list(person.roles), region=[plain["region"]],
        manager=person.manager, deputy=person.deputy, reach=reach, joined=person.joined, left=person.left, known_at=now,
    )  # fmt: skip
