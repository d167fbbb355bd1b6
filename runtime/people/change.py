"""People by hand or from a file: joining, moving, leaving, and what else is known of them; records in two times, never overwritten."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from runtime.alerts.stale import make_people_stale
from runtime.audit.log import note as audit
from runtime.context import Context
from runtime.database import transact
from runtime.numbers.recompute import mark_owners
from runtime.people.directory import people_of, put_people, reach_of
from runtime.queue.jobs import enqueue
from runtime.releases.live import demand_live
from runtime.releases.publish import lock_tenant
from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.organisation import Organisation, Person, Reach, Stay
from schema_defs.text import Said

How = Literal["joins", "leaves", "moves", "changes", "gone"]


class PersonChange(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one person: both versions, None where there is none; `how` is the weightiest difference."""

    key: str
    how: How
    before: Person | None
    after: Person | None


def moved(person: Person, region: str, since: date) -> Person:
    """The person as a member of the region from the day on; what was before stays as it was, what was planned later is gone."""
    earlier = tuple(stay for stay in stays_of(person) if stay.from_ is None or stay.from_ < since)
    if earlier and (earlier[-1].to is None or earlier[-1].to >= since):
        earlier = (*earlier[:-1], msgspec.structs.replace(earlier[-1], to=since - timedelta(days=1)))
    return msgspec.structs.replace(person, region=(*earlier, Stay(region=region, from_=since)))


def stays_of(person: Person) -> tuple[Stay, ...]:
    """The person's regions in time."""
    if person.region is None:
        return ()
    return (Stay(region=person.region),) if isinstance(person.region, str) else person.region


async def put_person(context: Context, tenant: str, person: Person, *, by: str) -> PersonChange | None:
    """What is known of one person from now on; None when it is nothing new. UsageError names what cannot be."""
    changes = await put_some(context, tenant, [person], by=by, all_of_them=False)
    return changes[0] if changes else None


async def put_some(
    context: Context, tenant: str, people: Sequence[Person], *, by: str, all_of_them: bool
) -> tuple[PersonChange, ...]:
    """Takes over people; with `all_of_them`, whoever is not listed is no longer known. Numbers and verdicts that follow are out of date."""

    async def put() -> tuple[PersonChange, ...]:
        await lock_tenant(tenant)
        live, now = await demand_live(tenant), context.clock.now()
        changes = await changes_of(context, tenant, people, all_of_them=all_of_them)
        change = await put_people(tenant, people, context.secrets, now=now, all_of_them=all_of_them)
        await mark_owners(tenant, live.release, change.moved, now)
        await make_people_stale(tenant, change.moved)
        for each in changes:
            await audit(tenant, by, f"person-{each.how}", each.key, _detail(each), now=now)
        if changes:
            await enqueue(tenant, "rejudge", "all", now=now)
        return changes

    return await transact(put)


async def changes_of(
    context: Context, tenant: str, people: Sequence[Person], *, all_of_them: bool
) -> tuple[PersonChange, ...]:
    """What taking them over would change, checked against the live organisation; nothing is written."""
    live = await demand_live(tenant)
    known = {person.key: await _with_reach(context, tenant, person) for person in (await people_of(tenant))[0]}
    _check(live.release.organisation, people, known)
    listed = {person.key: person for person in people}
    gone = [key for key in known if key not in listed] if all_of_them else []
    found = [_change(key, known.get(key), person) for key, person in listed.items()]
    return tuple(
        each for each in (*found, *(_change(key, known[key], None) for key in gone)) if each.before != each.after
    )


async def _with_reach(context: Context, tenant: str, person: Person) -> Person:
    return msgspec.structs.replace(person, reach=await reach_of(tenant, person.key, context.secrets))


def _change(key: str, before: Person | None, after: Person | None) -> PersonChange:
    return PersonChange(key=key, how=_how(before, after), before=before, after=after)


def _how(before: Person | None, after: Person | None) -> How:
    if after is None:
        return "gone"
    if before is None:
        return "joins"
    if after.left is not None and after.left != before.left:
        return "leaves"
    return "moves" if stays_of(before) != stays_of(after) else "changes"


def _detail(change: PersonChange) -> dict[str, object]:
    """Both versions without phones and addresses: only that they changed."""
    before, after = (
        msgspec.to_builtins(msgspec.structs.replace(each, reach=Reach())) if each else None
        for each in (change.before, change.after)
    )
    is_reach = change.before and change.after and change.before.reach != change.after.reach
    return {"before": before, "after": after} | ({"reach": "changed"} if is_reach else {})


def _check(organisation: Organisation | None, people: Iterable[Person], known: dict[str, Person]) -> None:
    """UsageError for the first thing that cannot be, naming person, value, what is allowed."""
    regions = {region.key for region in organisation.regions} if organisation else set[str]()
    roles = organisation.role_names if organisation else Organisation().role_names
    people = tuple(people)
    keys = {*known, *(person.key for person in people)}
    for person in people:
        for said in _faults(person, regions, roles, keys):
            raise UsageError(said)


def _faults(person: Person, regions: set[str], roles: Sequence[str], keys: set[str]) -> Iterator[Said]:
    for stay in stays_of(person):
        if stay.region not in regions:
            yield _unknown(person.key, ("地区", "region"), stay.region, regions)
        if stay.from_ and stay.to and stay.to < stay.from_:
            yield _turned(person.key, stay.from_, stay.to)
    for role in person.roles:
        if role not in roles:
            yield _unknown(person.key, ("角色", "role"), role, roles)
    for other in (person.manager, person.deputy):
        if other is not None and other not in keys:
            yield _unknown(person.key, ("人员", "person"), other, keys)
        if other == person.key:
            yield Said(
                zh=f"{person.key} 不能是自己的上级或代理", en=f"{person.key} cannot be their own manager or deputy"
            )
    if person.joined and person.left and person.left < person.joined:
        yield _turned(person.key, person.joined, person.left)


def _unknown(key: str, what: tuple[str, str], given: str, known: Iterable[str]) -> Said:
    near, listed = nearest(given, list(known)), ", ".join(sorted(known)[:12]) or "-"
    zh, en = (
        (f"；是不是 '{near}'？", f"; did you mean '{near}'?") if near else (f"；有：{listed}", f"; there are: {listed}")
    )
    return Said(zh=f"{key}：没有{what[0]} '{given}'{zh}", en=f"{key}: there is no {what[1]} '{given}'{en}")


def _turned(key: str, first: date, last: date) -> Said:
    return Said(zh=f"{key}：{last} 早于 {first}", en=f"{key}: {last} is before {first}")
