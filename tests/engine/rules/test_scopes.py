"""Which scopes a rule watches, and what stands above them."""

import pytest

from engine.org import org_of
from engine.routing import Scope
from engine.rules.scopes import above, watched
from schema_defs.loader import load_text
from schema_defs.rule import RuleBody

ORG = org_of(
    load_text(
        """
kind: organisation
name: company
regions: [{key: east}, {key: shanghai, parent: east}, {key: west}]
people:
  - {key: s01, region: shanghai}
  - {key: m01, roles: [manager], region: east}
  - {key: m02, roles: [manager], region: west}
""",
        "org.yaml",
    ).release.organisation
)
NOBODY = org_of(None)


def keys(org, numbers=(), **rule):
    return [scope.key for scope in watched(RuleBody(when="actual < 1", **rule), org, numbers)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"scope": "company"}, ["company"]),
        ({"scope": "region"}, ["shanghai", "west"]),
        ({"scope": "region", "level": 1}, ["east", "west"]),
        ({"scope": "region", "level": 2}, ["shanghai"]),
        ({"scope": "region", "level": 3}, []),
        ({"scope": "person"}, ["s01"]),
    ],
)
def test_of_an_organisation(rule, expected):
    assert keys(ORG, **rule) == expected


def test_whoever_of_the_organisation_has_a_number_is_watched_too():
    assert keys(ORG, ["m02", "stranger"], scope="person") == ["s01", "m02"]


def test_without_an_organisation_the_keys_come_from_the_records():
    assert keys(NOBODY, ["b", "a"], scope="person") == ["a", "b"]
    assert keys(NOBODY, ["b", "a"], scope="region") == ["a", "b"]
    assert keys(NOBODY, ["b", "a"], scope="company") == ["company"]


@pytest.mark.parametrize(
    ("scope", "region", "expected"),
    [
        (Scope("person", "s01"), "shanghai", Scope("region", "shanghai")),
        (Scope("person", "s09"), None, Scope("company", "company")),
        (Scope("region", "shanghai"), None, Scope("region", "east")),
        (Scope("region", "east"), None, Scope("company", "company")),
        (Scope("company", "company"), None, None),
    ],
)
def test_what_stands_above(scope, region, expected):
    assert above(scope, region, ORG) == expected
