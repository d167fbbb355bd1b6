"""Regions and people in time."""

from datetime import date

import pytest

from engine.org import org_of
from schema_defs.organisation import Organisation, Person, Region, Stay

DOCUMENT = Organisation(
    regions=(
        Region(key="shanghai", parent="east"),
        Region(key="east", manager="m01", deputy="m02"),
        Region(key="west", manager="m02"),
        Region(key="pudong", parent="shanghai"),
    ),
    people=(
        Person(
            key="s01",
            region=(Stay(region="shanghai", from_=date(2026, 3, 1)), Stay(region="west", from_=date(2025, 1, 1))),
        ),
        Person(key="s02", region="pudong", joined=date(2026, 2, 10), left=date(2026, 6, 30), manager="m02"),
        Person(
            key="s03", region=(Stay(region="west"), Stay(region="east", from_=date(2026, 4, 1), to=date(2026, 4, 30)))
        ),
        Person(key="m01", roles=("manager",), region="east", manager="m09"),
        Person(key="m02", roles=("manager",), region="west"),
        Person(key="m09", roles=("director",)),
    ),
)
ORG = org_of(DOCUMENT)


def test_the_tree_is_read_whatever_the_order_of_its_regions() -> None:
    assert ORG.children(None) == ("east", "west")
    assert ORG.children("east") == ("shanghai",)
    assert ORG.ancestors("pudong") == ("pudong", "shanghai", "east")
    assert ORG.descendants("east") == ("east", "shanghai", "pudong")
    assert ORG.leaves() == ("west", "pudong")
    assert [ORG.depth(key) for key in ("east", "shanghai", "pudong", "nowhere")] == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("person", "day", "region"),
    [
        ("s01", "2024-12-31", None),
        ("s01", "2025-01-01", "west"),
        ("s01", "2026-02-28", "west"),
        ("s01", "2026-03-01", "shanghai"),
        ("s02", "2026-02-09", None),
        ("s02", "2026-02-10", "pudong"),
        ("s02", "2026-06-30", "pudong"),
        ("s02", "2026-07-01", None),
        ("s03", "2026-03-31", "west"),
        ("s03", "2026-04-30", "east"),
        ("s03", "2026-05-01", "west"),
        ("m09", "2026-05-01", None),
        ("nobody", "2026-05-01", None),
    ],
)
def test_membership_is_dated(person: str, day: str, region: str | None) -> None:
    assert ORG.region_of(person, date.fromisoformat(day)) == region


def test_members_follow_the_memberships() -> None:
    def keys(people):
        return [person.key for person in people]

    assert keys(ORG.members("west", date(2026, 2, 1))) == ["s01", "s03", "m02"]
    assert keys(ORG.members("west", date(2026, 4, 1))) == ["m02"]
    assert keys(ORG.members_below("east", date(2026, 4, 1))) == ["s03", "m01", "s01", "s02"]


def test_a_regions_manager_is_the_one_written_at_it_or_the_nearest_above() -> None:
    assert ORG.manager_of_region("pudong") == "m01"
    assert ORG.manager_of_region("west") == "m02"
    assert ORG.deputy_of_region("pudong") == "m02"
    assert ORG.manager_of_region("nowhere") is None


@pytest.mark.parametrize(
    ("person", "n", "manager"),
    [
        ("s01", 1, "m01"),
        ("s01", 2, "m09"),
        ("s01", 3, None),
        ("s02", 1, "m02"),
        ("s02", 2, None),  # m02 manages the region that m02 is in, and nobody is above it
        ("nobody", 1, None),
    ],
)
def test_managers_are_found_upwards_and_nobody_is_their_own(person: str, n: int, manager: str | None) -> None:
    assert ORG.manager_of(person, n, date(2026, 5, 1)) == manager


def test_people_who_manage_each_other_end_the_search() -> None:
    org = org_of(Organisation(people=(Person(key="a", manager="b"), Person(key="b", manager="a"))))
    assert org.manager_of("a") == "b"
    assert org.manager_of("a", 2) is None


def test_a_cycle_of_regions_ends() -> None:
    org = org_of(Organisation(regions=(Region(key="a", parent="b"), Region(key="b", parent="a"))))
    assert org.ancestors("a") == ("a", "b")
    assert org.descendants("a") == ("a", "b")


def test_the_deputy_is_the_one_written_at_the_person_or_beside_the_manager() -> None:
    assert ORG.deputy_of("m01") == "m02"
    assert ORG.deputy_of("m02") is None


def test_people_from_outside_replace_those_of_the_document() -> None:
    org = org_of(DOCUMENT, [Person(key="x", region="west")])
    assert [person.key for person in org.people()] == ["x"]
    assert org.region_of("x", date(2026, 1, 1)) == "west"


def test_without_an_organisation_nothing_is_known_and_nothing_fails() -> None:
    org = org_of(None)
    assert (org.regions(), org.people(), org.children(None), org.label("x")) == ((), (), (), "x")
    assert org.roles("x") == ()
