"""Targets of a ratio: declared, inherited, never split."""

from datetime import date
from decimal import Decimal

import pytest

from engine.targets.faults import PlanError
from schema_defs.organisation import Person, Stay
from schema_defs.plan import PersonShare, Plan, RegionShare
from tests.engine.targets.ground import company, row, targets, total_plan

TREE = {"east": None, "shanghai": "east", "west": None}
MOVES = (Stay(region="west", to=date(2026, 6, 30)), Stay(region="shanghai", from_=date(2026, 7, 1)))
PEOPLE = (
    Person(key="s01", region="shanghai"),
    Person(key="s02", region="west", joined=date(2026, 11, 2)),
    Person(key="mover", region=MOVES),
    Person(key="boss", region="east", roles=("manager",)),
)
ORG = company(TREE, PEOPLE)


def ratio(regions: dict[str, RegionShare] | None = None, people: object = "even", value: str = "0.45") -> Plan:
    return Plan(name="p", metric="share", year=2026, value=Decimal(value), regions=regions or {}, people=people)


EAST = {"east": RegionShare(value=Decimal("0.50"))}


def test_who_is_not_named_inherits_from_above() -> None:
    found = targets(ratio(EAST), ORG)
    assert row(found, "company", "company") == ["0.45"] * 12
    assert (
        row(found, "region", "east") == row(found, "region", "shanghai") == row(found, "person", "s01") == ["0.5"] * 12
    )
    assert row(found, "region", "west") == ["0.45"] * 12
    assert found.is_rate
    assert found.year("company", "company") is None


def test_a_person_may_have_a_value_of_their_own() -> None:
    found = targets(ratio(EAST, {"s01": PersonShare(value=Decimal("0.6"))}), ORG)
    assert row(found, "person", "s01") == ["0.6"] * 12


def test_people_have_a_target_in_the_months_of_their_membership_where_they_are() -> None:
    found = targets(ratio(EAST), ORG)
    assert row(found, "person", "s02") == ["None"] * 10 + ["0.45"] * 2
    assert row(found, "person", "mover") == ["0.45"] * 6 + ["0.5"] * 6
    assert found.month("person", "boss", "2026-01") is None


def test_without_an_organisation_the_plans_regions_inherit_among_themselves() -> None:
    regions = {"east": RegionShare(value=Decimal("0.5"), regions={"shanghai": RegionShare()}), "west": RegionShare()}
    found = targets(ratio(regions), company({}))
    assert [row(found, "region", key)[0] for key in ("east", "shanghai", "west")] == ["0.5", "0.5", "0.45"]


@pytest.mark.parametrize(
    ("plan", "code", "path"),
    [
        (ratio({"east": RegionShare(weight=Decimal(1))}), "split-in-ratio", "regions.east.weight"),
        (ratio({"east": RegionShare(pins={"2026-01": Decimal(1)})}), "split-in-ratio", "regions.east.pins"),
        (ratio({"eats": RegionShare()}), "unknown-key", "regions.eats"),
        (ratio(people={"s99": PersonShare()}), "unknown-key", "people.s99"),
        (ratio(value="NaN"), "not-a-number", "value"),
        (ratio({"east": RegionShare(value=Decimal("Infinity"))}), "not-a-number", "regions.east.value"),
    ],
)
def test_what_a_ratio_cannot_have_is_refused_with_its_place(plan: Plan, code: str, path: str) -> None:
    with pytest.raises(PlanError) as caught:
        targets(plan, ORG)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, path)]


def test_a_total_of_a_rate_is_refused() -> None:
    plan = Plan(name="p", metric="share", year=2026, total=total_plan("100").total)
    with pytest.raises(PlanError, match="declare its target"):
        targets(plan, ORG)
