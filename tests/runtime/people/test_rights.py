"""Whose numbers one sees: a cast of people around a tree, and who sees whom."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.org import Org, org_of
from runtime.board.viewer import Viewer
from runtime.people.rights import Sight, sight_of
from schema_defs.organisation import Organisation, Person, Region, Role, Stay

DAY = date(2026, 3, 2)
COMPANY = Organisation(
    regions=(
        Region(key="east", manager="m_east", deputy="d_east"),
        Region(key="shanghai", parent="east", manager="m_sh"),
        Region(key="ningbo", parent="east"),
        Region(key="west", manager="m_west"),
    ),
    people=(
        Person(key="s_sh", region="shanghai"),
        Person(key="s_nb", region="ningbo"),
        Person(key="s_west", region="west"),
        Person(
            key="s_moved",
            region=(Stay(region="west", to=date(2026, 2, 28)), Stay(region="ningbo", from_=date(2026, 3, 1))),
        ),
        Person(key="s_left", region="shanghai", left=date(2026, 1, 31)),
        Person(key="m_east", roles=("manager",)),
        Person(key="d_east", roles=("manager",)),
        Person(key="m_sh", roles=("manager",), region="shanghai"),
        Person(key="m_west", roles=("manager",), region="west"),
    ),
)
ORG = org_of(COMPANY)


def sight(person: str | None, *roles: str, org: Org = ORG, day: date = DAY, own: tuple[Role, ...] = ()) -> Sight:
    viewer = Viewer(tenant="acme", account="a", person=person, name="x", roles=roles, organisation="Acme")
    return sight_of(org, viewer, day, own)


@pytest.mark.parametrize(
    ("person", "role", "seen_regions", "seen_people"),
    [
        ("s_sh", "seller", "", "s_sh"),
        ("m_sh", "manager", "shanghai", "s_sh m_sh"),
        ("m_east", "manager", "east shanghai ningbo", "s_sh s_nb s_moved m_sh m_east"),
        ("d_east", "manager", "east shanghai ningbo", "s_sh s_nb s_moved m_sh d_east"),
        ("m_west", "manager", "west", "s_west m_west"),
        ("outsider", "manager", "", "outsider"),
        ("s_sh", "it", "", "s_sh"),
        ("s_sh", "unheard-of", "", "s_sh"),
        (None, "manager", "", ""),
    ],
)
def test_who_sees_whom(person: str | None, role: str, seen_regions: str, seen_people: str) -> None:
    seen = sight(person, role)
    assert {key for key in ORG.regions() if seen.sees("region", key)} == set(seen_regions.split())
    everybody = {each.key for each in ORG.people()} | {"outsider"}
    assert {key for key in everybody if seen.sees("person", key)} == set(seen_people.split())
    assert not seen.sees("company", "company")


@pytest.mark.parametrize("role", ["director", "author"])
def test_directors_and_authors_see_everything(role: str) -> None:
    seen = sight(None, role)
    assert seen.everything
    assert all(seen.sees(scope, "whatever") for scope in ("company", "region", "person"))
    assert not seen.sees("galaxy", "whatever")


def test_who_moves_is_seen_by_the_region_of_the_day() -> None:
    before = sight("m_west", "manager", day=date(2026, 2, 27))
    assert before.sees("person", "s_moved")
    assert not sight("m_west", "manager").sees("person", "s_moved")


def test_a_role_of_the_tenants_own_sees_what_its_document_says() -> None:
    own = (Role(name="auditor", sees="all"), Role(name="coach", sees="team"))
    assert sight("s_sh", "auditor", own=own).everything
    coach = sight("m_sh", "coach", own=own)
    assert coach.sees("person", "s_sh")
    assert not coach.sees("region", "shanghai")


def test_the_tops_are_the_highest_regions_and_nobody_stands_twice() -> None:
    seen = sight("m_east", "manager")
    assert seen.tops == ("east",)
    assert seen.alone == ("m_east",)
    assert sight("m_sh", "manager").alone == ()


def test_a_field_for_directors_is_hidden_from_sellers() -> None:
    assert not sight("s_sh", "seller").sees_field(("director", "manager"))
    assert sight("m_sh", "manager").sees_field(("director", "manager"))
    assert sight("s_sh", "seller").sees_field(None)


@given(st.sampled_from([person.key for person in ORG.people()]), st.sets(st.sampled_from(["seller", "manager", "it"])))
def test_a_further_role_never_takes_sight_away(person: str, roles: set[str]) -> None:
    less, more = sight(person, *roles), sight(person, *roles, "manager")
    assert less.regions <= more.regions
    assert less.people <= more.people
