"""Whatever a plan says, it is split exactly or refused with its place; nothing in between."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.targets.faults import PlanError
from engine.targets.targets import Targets
from schema_defs.organisation import Person, Stay
from schema_defs.plan import PersonShare, Plan, RegionShare
from tests.engine.targets.ground import MONTHS, company, targets, total_plan

TREE = {"a": None, "b": None, "aa": "a", "ab": "a"}
LEAVES = ("b", "aa", "ab")
AMOUNTS = st.integers(-3, 60).map(Decimal)


@st.composite
def shares(draw: st.DrawFn, kind: type[RegionShare] | type[PersonShare], **more: object):
    written = draw(st.sets(st.sampled_from(["weight", "floor", "cap", "pin", "pins"]), max_size=2))
    values: dict[str, object] = {key: draw(AMOUNTS) for key in written - {"pins"}}
    if "pins" in written:
        months = draw(st.sets(st.sampled_from(MONTHS), min_size=1, max_size=3))
        values["pins"] = {month: draw(st.integers(-2, 6).map(Decimal)) for month in months}
    return kind(**values, **more)


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    found = []
    for index in range(draw(st.integers(0, 5))):
        moves = draw(st.booleans())
        here, there = draw(st.sampled_from(LEAVES)), draw(st.sampled_from(LEAVES))
        day = draw(st.dates(date(2025, 10, 1), date(2027, 1, 31)))
        stays = (Stay(region=here), Stay(region=there, from_=day))
        joined = draw(st.none() | st.dates(date(2025, 12, 1), date(2026, 12, 31)))
        left = draw(st.none() | st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 31)))
        found.append(Person(key=f"s{index}", region=stays if moves else here, joined=joined, left=left))
    return found


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, list[Person]]:
    below = {key: draw(shares(RegionShare)) for key in ("aa", "ab") if draw(st.booleans())}
    regions = {"a": draw(shares(RegionShare, regions=below)), "b": draw(shares(RegionShare))}
    crew = draw(people())
    named = {person.key: draw(shares(PersonShare)) for person in crew if draw(st.booleans())}
    months = draw(
        st.sampled_from(["even", "working_days", tuple(map(Decimal, (6, 0, 9, 8, 8, 1, 7, 8, 10, 0, 9, 12)))])
    )
    total = draw(st.integers(-60, 240) | st.integers(0, 10**9))
    return total_plan(
        str(total), draw(st.sampled_from([regions, {}])), unit=Decimal(1), months=months, people=named
    ), crew


def kept(share: RegionShare | PersonShare, found: Targets, scope: str, key: str) -> bool:
    year = found.year(scope, key)
    return (
        (share.pin is None or year == share.pin)
        and (share.floor is None or year >= share.floor)
        and (share.cap is None or year <= share.cap)
        and all(found.month(scope, key, month) in (value, None) for month, value in share.pins.items())
    )


@given(plans())
def test_a_plan_is_split_exactly_or_refused(case: tuple[Plan, list[Person]]) -> None:
    plan, crew = case
    org = company(TREE, crew)
    try:
        found = targets(plan, org)
    except PlanError:
        return
    assert found.year("company", "company") == plan.total
    for month in MONTHS:
        top = [found.month("region", key, month) or 0 for key in ("a", "b")]
        assert sum(top) == found.month("company", "company", month)
        below = [value for key in ("aa", "ab") if (value := found.month("region", key, month)) is not None]
        assert not below or sum(below) == found.month("region", "a", month)
        everybody = [value for person in crew if (value := found.month("person", person.key, month)) is not None]
        leaves = [found.month("region", key, month) or 0 for key in LEAVES]
        there = {org.region_of(person.key, day) for person in crew for day in (date.fromisoformat(f"{month}-15"),)}
        if set(LEAVES) <= there:
            assert sum(everybody) == sum(leaves)
    for key, share in plan.regions.items():
        assert kept(share, found, "region", key)
        assert all(kept(one, found, "region", name) for name, one in share.regions.items())
    for key, one in plan.people.items():
        assert found.year("person", key) is None or kept(one, found, "person", key)
