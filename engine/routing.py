"""Who is told: a rule's `notify` becomes people, each with the reason; nothing about a person ever goes to a group."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date

import msgspec

from engine.org import Org
from schema_defs.rule import Action, RuleBody, ScopeKind, Unanswered
from schema_defs.text import Said

_MANAGER = re.compile(r"manager_of\(\s*([1-9]\d?)\s*\)")


class Scope(msgspec.Struct, frozen=True, order=True):
    """Whose number it is; the company's key is `company`."""

    kind: ScopeKind
    key: str


class Recipient(msgspec.Struct, frozen=True):
    """Somebody to tell, and why. `private` forbids groups; `instead_of` is the absent person for whom a deputy stands in."""

    person: str
    why: Said
    private: bool
    instead_of: str | None = None


def recipients(notify: str, scope: Scope, org: Org, day: date, absent: Collection[str] = ()) -> tuple[Recipient, ...]:
    """Who `notify` means for the scope on the day: `subject`, `manager`, `manager_of(N)`, a role, or a person's key.

    Without a manager anywhere above, the directors are told. Empty when there is nobody; nobody is named twice.
    """
    found: dict[str, Recipient] = {}
    for person, why in _meant(notify, scope, org, day):
        for recipient in _present(person, why, scope, org, absent, day):
            found.setdefault(recipient.person, recipient)
    return tuple(found.values())


def told_of(
    rule: RuleBody, kind: str, scope: Scope, org: Org, day: date, absent: Collection[str] = ()
) -> tuple[Recipient, ...]:
    """Everybody who gets a notice of that kind: by `on_fire` (repeated likewise), by `on_recover`, or as owner of the data."""
    if kind in ("no_data", "data_back"):
        return data_owners(scope, org, day, absent)
    actions = rule.on_recover if kind == "recovered" else rule.on_fire
    return _all(tuple(action.notify for action in actions if action.notify), scope, org, day, absent)


def escalated_to(
    unanswered: Unanswered, scope: Scope, org: Org, day: date, absent: Collection[str] = ()
) -> tuple[Recipient, ...]:
    """Who is told when nobody answered."""
    return recipients(unanswered.notify, scope, org, day, absent)


def asked_for_support(
    action: Action, scope: Scope, org: Org, day: date, absent: Collection[str] = ()
) -> tuple[Recipient, ...]:
    """Whom a `request: support` asks: `from`, else the manager."""
    return recipients(action.from_ or "manager", scope, org, day, absent)


def data_owners(scope: Scope, org: Org, day: date, absent: Collection[str] = ()) -> tuple[Recipient, ...]:
    """Who looks after the data: the role `it`, else the authors of the rules; never a sales manager as such."""
    for role in ("it", "author"):
        if found := recipients(role, scope, org, day, absent):
            return found
    return ()


def _all(targets: tuple[str, ...], scope: Scope, org: Org, day: date, absent: Collection[str]) -> tuple[Recipient, ...]:
    found: dict[str, Recipient] = {}
    for target in targets:
        for recipient in recipients(target, scope, org, day, absent):
            found.setdefault(recipient.person, recipient)
    return tuple(found.values())


def _meant(notify: str, scope: Scope, org: Org, day: date) -> Iterator[tuple[str, Said]]:
    """The people behind the word, absent or not."""
    if notify == "subject":
        if scope.kind == "person":
            yield scope.key, Said(zh="本人", en="the person concerned")
    elif notify == "manager" or _MANAGER.fullmatch(notify):
        yield from _managers(_level(notify), scope, org, day)
    elif org.person(notify):
        yield notify, Said(zh="规则里指定的人", en="named by the rule")
    else:
        yield from _holders(notify, org, day)


def _level(notify: str) -> int:
    found = _MANAGER.fullmatch(notify)
    return int(found[1]) if found else 1


def _holders(role: str, org: Org, day: date) -> Iterator[tuple[str, Said]]:
    for person in org.with_role(role):
        if org.is_present(person.key, day):
            yield person.key, Said(zh=f"角色 {role}", en=f"has the role {role}")


def _managers(level: int, scope: Scope, org: Org, day: date) -> Iterator[tuple[str, Said]]:
    manager = _manager_above(level, scope, org, day)
    if manager is not None:
        yield manager, _as_manager(level, scope)
        return
    for person, _ in _holders("director", org, day):
        if person != scope.key:
            yield (
                person,
                Said(zh="上面没有负责人，改告总监", en="nobody manages it, so the director is told"),
            )


def _manager_above(level: int, scope: Scope, org: Org, day: date) -> str | None:
    match scope.kind:
        case "person":
            return org.manager_of(scope.key, level, day)
        case "region":
            return _above_region(scope.key, level, org, day)
        case "company":
            return None


def _above_region(region: str, level: int, org: Org, day: date) -> str | None:
    """The region's manager, then who stands above that manager."""
    first = org.manager_of_region(region)
    return first if level == 1 or first is None else _next(first, level - 1, region, org, day)


def _next(first: str, steps: int, region: str, org: Org, day: date) -> str | None:
    """The next different managers up the region tree; where it ends, the managers of the last one found."""
    chain = [first]
    for key in org.ancestors(region):
        manager = org.manager_of_region(key)
        if manager and manager not in chain:
            chain.append(manager)
    if steps < len(chain):
        return chain[steps]
    return org.manager_of(chain[-1], steps - len(chain) + 1, day)


def _as_manager(level: int, scope: Scope) -> Said:
    above = "" if level == 1 else f"（{level} 级）"
    step = "the manager" if level == 1 else f"manager {level} levels up"
    whose = Said(zh="地区", en="the region") if scope.kind == "region" else Said(zh="本人", en="the person")
    return Said(zh=f"{whose.zh}的负责人{above}", en=f"{step} of {whose.en}")


def _present(person: str, why: Said, scope: Scope, org: Org, absent: Collection[str], day: date) -> Iterator[Recipient]:
    """The person, or who stands in for them; for the absent a message waits, what was a leaver's goes to whoever stands above."""
    is_private, left = scope.kind == "person", _has_left(person, org, day)
    if person not in absent and not left:
        yield Recipient(person, why, is_private)
        return
    deputy = _deputy(person, scope, org, absent, day)
    if deputy is not None:
        said = Said(zh=f"代 {person}（{why.zh}）", en=f"stands in for {person} ({why.en})")
        yield Recipient(deputy, said, is_private, instead_of=person)
    elif not left:
        yield Recipient(person, why, is_private)
    elif person != scope.key:
        said = Said(zh=f"接替已离开的 {person}（{why.zh}）", en=f"in place of {person}, who has left ({why.en})")
        for successor in _successors(person, scope, org, day):
            yield Recipient(successor, said, is_private, instead_of=person)


def _has_left(person: str, org: Org, day: date) -> bool:
    """Whether somebody who is known has left before the day."""
    found = org.person(person)
    return found is not None and found.left is not None and found.left < day


def _successors(person: str, scope: Scope, org: Org, day: date) -> list[str]:
    """The nearest manager above who is still there, else the directors; never the one it is about."""
    for level in range(1, len(org.regions()) + 2):
        above = org.manager_of(person, level, day)
        if above is not None and above != scope.key and not _has_left(above, org, day):
            return [above]
    return [director for director, _ in _holders("director", org, day) if director not in (person, scope.key)]


def _deputy(person: str, scope: Scope, org: Org, absent: Collection[str], day: date) -> str | None:
    """The deputy written for this region, else for the person; never the one it is about, nor somebody who is away too."""
    asked: list[Callable[[], str | None]] = [lambda: org.deputy_of(person)]
    if scope.kind == "region" and org.manager_of_region(scope.key) == person:
        asked.insert(0, lambda: org.deputy_of_region(scope.key))
    for ask in asked:
        deputy = ask()
        if deputy and deputy not in absent and deputy != scope.key and not _has_left(deputy, org, day):
            return deputy
    return None
