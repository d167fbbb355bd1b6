"""Which scopes a rule watches."""

from collections.abc import Collection

from engine.org import COMPANY, Org
from engine.routing import Scope
from schema_defs.rule import RuleBody


def watched(rule: RuleBody, org: Org, with_numbers: Collection[str] = ()) -> tuple[Scope, ...]:
    """The scopes of a rule, in the organisation's order.

    Regions: the leaves, or those of one `level`. People: the sellers, and whoever else of the organisation has a number or a
    target. `with_numbers` are the keys that have one; an organisation that lists none of the kind takes them as they are.
    """
    match rule.scope:
        case "company":
            keys: tuple[str, ...] = (COMPANY,)
        case "region":
            keys = _regions(rule, org) if org.regions() else tuple(sorted(with_numbers))
        case "person":
            keys = _people(org, with_numbers) if org.people() else tuple(sorted(with_numbers))
    return tuple(Scope(rule.scope, key) for key in keys)


def above(scope: Scope, region: str | None, org: Org) -> Scope | None:
    """The parent scope: a person's region (`region`, as of the day), a region's parent, then the company, then none."""
    match scope.kind:
        case "company":
            return None
        case "person":
            return Scope("region", region) if region else Scope("company", COMPANY)
        case "region":
            parent = org.parent(scope.key)
            return Scope("region", parent) if parent else Scope("company", COMPANY)


def _regions(rule: RuleBody, org: Org) -> tuple[str, ...]:
    if rule.level is None:
        return org.leaves()
    return tuple(key for key in org.regions() if org.depth(key) == rule.level)


def _people(org: Org, with_numbers: Collection[str]) -> tuple[str, ...]:
    numbered = frozenset(with_numbers)
    return tuple(person.key for person in org.people() if "seller" in person.roles or person.key in numbered)
