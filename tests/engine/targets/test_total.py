"""A year's total, split over months, regions and people."""

import time
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.targets.faults import PlanError
from engine.targets.targets import Targets
from schema_defs.calendar import Calendar
from schema_defs.organisation import Person, Stay
from schema_defs.plan import PersonShare, RegionShare
from tests.engine.targets.ground import MONTHS, company, row, targets, total_plan

D = Decimal
TREE = {"east": None, "west": None, "shanghai": "east", "nanjing": "east"}
PEOPLE = (
    Person(key="s01", region="shanghai"),
    Person(key="s02", region="shanghai"),
    Person(key="s03", region="nanjing"),
    Person(key="boss", region="shanghai", roles=("manager",)),
    Person(key="s04", region="east"),
)
ORG = company(TREE, PEOPLE)
REGIONS = {
    "east": RegionShare(
        weight=D(14), regions={"shanghai": RegionShare(weight=D(1)), "nanjing": RegionShare(weight=D(2))}
    ),
    "west": RegionShare(weight=D(9)),
}


def assert_sums(found: Targets, tree: dict[str, str | None], people: dict[str, str]) -> None:
    """Every node is the sum of what is below it, in every month."""
    for month in MONTHS:
        for parent in [None, *tree]:
            below = [found.month("region", key, month) for key, above in tree.items() if above == parent]
            here = found.month("region", parent, month) if parent else found.month("company", "company", month)
            crew = [found.month("person", key, month) for key, region in people.items() if region == parent]
            below = [units for units in (below or crew) if units is not None]
            assert not below or sum(below) == here, (parent, month)


def test_a_total_reaches_everybody_and_adds_up_at_every_node() -> None:
    found = targets(total_plan("530000000", REGIONS, unit=D(1000), months="working_days"), ORG)
    assert_sums(found, TREE, {"s01": "shanghai", "s02": "shanghai", "s03": "nanjing"})
    assert found.year("company", "company") == 530000000
    assert found.year("region", "east") == 322609000  # 530000 x 14 / 23 = 322608.7
    assert found.year("region", "west") == 207391000
    assert [found.year("region", key) for key in ("shanghai", "nanjing")] == [107536000, 215073000]
    assert all(value % 1000 == 0 for value in (target.value for target in found.rows()))


def test_sellers_of_regions_without_children_share_and_nobody_else() -> None:
    found = targets(total_plan("1200", REGIONS), ORG)
    assert found.keys("person") == ("s01", "s02", "s03")
    assert found.keys("region") == ("east", "shanghai", "nanjing", "west")


def test_a_region_without_people_keeps_its_target_at_its_own_level() -> None:
    found = targets(total_plan("1200", REGIONS), ORG)
    assert found.year("region", "west") == D("469.57")


def test_months_follow_their_shape() -> None:
    even = targets(total_plan("100", unit=D(1)), ORG)
    assert row(even, "company", "company") == ["9", "9", "9", "9", "8", "8", "8", "8", "8", "8", "8", "8"]
    weighted = targets(total_plan("78", unit=D(1), months=tuple(D(n) for n in range(1, 13))), ORG)
    assert row(weighted, "company", "company") == [str(n) for n in range(1, 13)]
    by_days = targets(total_plan("248", unit=D(1), months="working_days"), ORG)
    # Working days per month of 2026 in China; 248 in the year.
    days = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert row(by_days, "company", "company") == [str(count) for count in days]


def test_values_have_the_units_digits() -> None:
    assert row(targets(total_plan("12"), ORG), "company", "company")[0] == "1.00"
    assert row(targets(total_plan("12000", unit=D("1E+3")), ORG), "company", "company")[0] == "1000"
    assert row(targets(total_plan("12", unit=D("0.5")), ORG), "company", "company")[0] == "1.0"


def test_regions_that_the_plan_does_not_name_share_evenly_if_none_is_named() -> None:
    found = targets(total_plan("1200"), ORG)
    assert [found.year("region", key) for key in TREE] == [600, 600, 300, 300]


def test_a_region_that_is_left_out_has_no_target_and_the_author_is_told() -> None:
    found = targets(total_plan("1200", {"west": RegionShare(weight=D(1))}), ORG)
    assert found.year("region", "west") == 1200
    assert found.year("region", "east") is None
    assert [(issue.code, issue.level) for issue in found.warnings] == [("region-without-share", "warning")]


def test_without_an_organisation_the_regions_are_those_of_the_plan() -> None:
    found = targets(total_plan("1200", REGIONS), company({}))
    assert found.year("region", "shanghai") == D("243.48")
    assert_sums(found, TREE, {})


def test_people_weigh_as_written_and_who_is_not_named_weighs_one() -> None:
    people = (*PEOPLE, Person(key="s05", region="shanghai"))
    plan = total_plan(
        "1200",
        {"east": RegionShare(regions={"shanghai": RegionShare()})},
        people={"s01": PersonShare(weight=D(2)), "s02": PersonShare(pin=D(300))},
    )
    found = targets(plan, company(TREE, people))
    assert [found.year("person", key) for key in ("s01", "s02", "s05")] == [600, 300, 300]


def test_a_pinned_month_is_kept_to_the_digit_and_everything_else_still_adds_up() -> None:
    regions = {"east": RegionShare(weight=D(14), pins={"2026-03": D(50000)}), "west": RegionShare(weight=D(9))}
    found = targets(total_plan("530000000", regions, unit=D(1000)), ORG)
    assert found.month("region", "east", "2026-03") == 50000
    assert found.year("region", "east") == 322609000
    assert_sums(found, TREE, {"s01": "shanghai", "s02": "shanghai", "s03": "nanjing"})


def test_twelve_pinned_months_pin_the_year() -> None:
    regions = {"east": RegionShare(weight=D(14), pins=dict.fromkeys(MONTHS, D(4))), "west": RegionShare(weight=D(9))}
    found = targets(total_plan("120", regions), ORG)
    assert row(found, "region", "east") == ["4.00"] * 12
    assert found.year("region", "west") == 72


def test_december_can_be_pinned_like_any_month() -> None:
    regions = {"east": RegionShare(pins={"2026-12": D(1)}), "west": RegionShare()}
    found = targets(total_plan("240", regions), ORG)
    assert found.month("region", "east", "2026-12") == 1
    assert found.month("region", "west", "2026-12") == 19


def test_a_bound_is_held_against_what_the_months_of_membership_bring() -> None:
    """Ten a month until June, ninety from July on: whoever joins in July would get 270 of 600, above a floor of 250."""
    people = (Person(key="a", region="east"), Person(key="b", region="east", joined=date(2026, 7, 1)))
    months = (*[D(1)] * 6, *[D(9)] * 6)
    org = company({"east": None}, people)
    free = targets(total_plan("600", months=months, people={"b": PersonShare(floor=D(250))}), org)
    assert free.year("person", "b") == 270
    capped = targets(total_plan("600", months=months, people={"b": PersonShare(cap=D(240))}), org)
    assert [capped.year("person", key) for key in "ab"] == [360, 240]
    assert [capped.month("person", "b", month) for month in MONTHS[5:8]] == [None, 40, 40]
    assert_sums(capped, {"east": None}, {"a": "east", "b": "east"})


def test_a_person_who_joins_shares_by_working_days_from_then_on() -> None:
    people = (Person(key="old", region="east"), Person(key="new", region="east", joined=date(2026, 3, 17)))
    found = targets(total_plan("120000"), company({"east": None}, people))
    # 11 of the 22 working days of March: half a weight beside a whole one.
    assert [found.month("person", "new", month) for month in MONTHS[:4]] == [None, None, D("3333.33"), D("5000.00")]
    assert [found.month("person", "old", month) for month in MONTHS[:4]] == [10000, 10000, D("6666.67"), 5000]
    assert_sums(found, {"east": None}, {"old": "east", "new": "east"})


def test_a_day_of_membership_on_a_weekend_is_none() -> None:
    people = (Person(key="a", region="east"), Person(key="b", region="east", left=date(2026, 3, 1)))
    found = targets(total_plan("1200"), company({"east": None}, people))
    assert found.month("person", "b", "2026-02") == 50
    assert found.month("person", "b", "2026-03") is None


def test_who_moves_shares_here_and_there() -> None:
    stays = (Stay(region="east", to=date(2026, 3, 15)), Stay(region="west", from_=date(2026, 3, 16)))
    people = (Person(key="a", region="east"), Person(key="b", region="west"), Person(key="m", region=stays))
    found = targets(total_plan("2400"), company({"east": None, "west": None}, people))
    assert [found.month("person", "m", month) for month in MONTHS[1:4]] == [50, D("66.54"), 50]
    # 10 of 22 days beside one colleague are 31.25 of 100; 12 of 22 are 35.29.
    # A month's sum over the people is that of the regions, of which it is two.
    assert sum(found.month("person", key, "2026-03") for key in "abm") == 200


def test_a_month_in_which_nobody_is_there_stays_with_the_region() -> None:
    people = (Person(key="a", region="east", joined=date(2026, 2, 1)),)
    found = targets(total_plan("1200"), company({"east": None}, people))
    assert found.month("region", "east", "2026-01") == 100
    assert found.month("person", "a", "2026-01") is None
    assert found.year("person", "a") == 1100


def test_people_by_history_weigh_what_they_brought_the_year_before() -> None:
    history = {
        ("person", "s01", "2025-03"): 100.5,
        ("person", "s01", "2025-04"): 199.5,
        ("person", "s02", "2025-12"): 100.0,
    }
    plan = total_plan("1200", {"east": RegionShare(regions={"shanghai": RegionShare()})}, people="history")
    found = targets(plan, ORG, history=history)
    assert [found.year("person", key) for key in ("s01", "s02")] == [900, 300]


def test_months_by_history_follow_the_year_before() -> None:
    history = {("company", "company", f"2025-{month:02d}"): float(month) for month in range(1, 13)}
    found = targets(total_plan("78", months="history", unit=D(1)), ORG, history=history)
    assert row(found, "company", "company") == [str(n) for n in range(1, 13)]


def test_a_fiscal_year_runs_from_its_first_month() -> None:
    found = targets(total_plan("1200"), ORG, Calendar(fiscal_year_starts=4))
    assert next(target.month for target in found.rows() if target.scope == "company") == "2026-04"
    assert found.month("company", "company", "2027-03") == 100
    weighted = targets(total_plan("78", months=tuple(map(D, range(1, 13)))), ORG, Calendar(fiscal_year_starts=4))
    assert weighted.month("company", "company", "2026-04") == 1
    assert weighted.month("company", "company", "2027-03") == 12


def test_rows_are_sorted_by_scope_key_and_month() -> None:
    rows = [(target.scope, target.key, target.month) for target in targets(total_plan("1200"), ORG).rows()]
    assert rows == sorted(rows)
    assert rows[0] == ("company", "company", "2026-01")


EAST = "regions.east"


@pytest.mark.parametrize(
    ("plan", "code", "path"),
    [
        (total_plan("100.005"), "finer-than-unit", "total"),
        (total_plan("1500", unit=D(1000)), "finer-than-unit", "total"),
        (total_plan("NaN"), "not-a-number", "total"),
        (total_plan("Infinity"), "not-a-number", "total"),
        (total_plan("1E+2000"), "too-many-digits", "total"),
        (total_plan("100", unit=D(0)), "unit-not-positive", "unit"),
        (total_plan("100", unit=D(-1)), "unit-not-positive", "unit"),
        (total_plan("100", unit=D("NaN")), "not-a-number", "unit"),
        (total_plan("100", {"east": RegionShare(weight=D(-1))}), "negative-weight", f"{EAST}.weight"),
        (total_plan("100", {"east": RegionShare(weight=D("Infinity"))}), "not-a-number", f"{EAST}.weight"),
        (total_plan("100", {"east": RegionShare(weight=D("NaN"))}), "not-a-number", f"{EAST}.weight"),
        (total_plan("100", {"east": RegionShare(pin=D("1.005"))}), "finer-than-unit", f"{EAST}.pin"),
        (total_plan("100", {"east": RegionShare(floor=D("1.005"))}), "finer-than-unit", f"{EAST}.floor"),
        (total_plan("100", {"east": RegionShare(cap=D("1.005"))}), "finer-than-unit", f"{EAST}.cap"),
        (total_plan("100", {"east": RegionShare(pins={"2026-03": D("0.001")})}), "finer-than-unit", f"{EAST}.pins.2026-03"),
        (total_plan("100", {"east": RegionShare(pins={"2027-03": D(1)})}), "month-outside-year", f"{EAST}.pins.2027-03"),
        (total_plan("100", {"east": RegionShare(weight=D(0))}), "no-weight-left", "regions"),
        (total_plan("100", {"east": RegionShare(pin=D(101)), "west": RegionShare()}), "pins-exceed-total", "regions"),
        (total_plan("100", {"east": RegionShare(pin=D(99))}), "pins-miss-total", "regions"),
        (total_plan("100", {"east": RegionShare(floor=D(9), cap=D(8))}), "floor-above-cap", f"{EAST}.floor"),
        (total_plan("100", {"east": RegionShare(floor=D(101)), "west": RegionShare()}), "floors-exceed-total", "regions"),
        (total_plan("100", {"east": RegionShare(cap=D(99))}), "caps-miss-total", "regions"),
        (total_plan("120", {"east": RegionShare(pins={"2026-03": D(11)}), "west": RegionShare()}), "pins-exceed-total", "regions.pins.2026-03"),
        (total_plan("120", {"east": RegionShare(pins={"2026-03": D(9)})}), "pins-miss-total", "regions.pins.2026-03"),
        (total_plan("120", {"east": RegionShare(weight=D(1), pins={"2026-03": D(10)}), "west": RegionShare(weight=D(19))}), "pins-exceed-total", f"{EAST}.pins"),
        (total_plan("120", {"east": RegionShare(pin=D(60), pins=dict.fromkeys(MONTHS, D(4))), "west": RegionShare()}), "pins-miss-total", f"{EAST}.pins"),
        (total_plan("100", {"esat": RegionShare()}), "unknown-key", "regions.esat"),
        (total_plan("100", {"shanghai": RegionShare()}), "region-misplaced", "regions.shanghai"),
        (total_plan("100", {"east": RegionShare(value=D(1))}), "value-in-split", f"{EAST}.value"),
        (total_plan("100", months=(D(0),) * 12), "no-weight-left", "months"),
        (total_plan("100", months=(D(-1), *[D(1)] * 11)), "negative-weight", "months.0"),
        (total_plan("100", months="history"), "no-history", "months"),
        (total_plan("100", people={"s99": PersonShare()}), "unknown-key", "people.s99"),
        (total_plan("100", people={"s01": PersonShare(weight=D(0)), "s02": PersonShare(weight=D(0))}), "no-weight-left", "people (shanghai)"),
        (total_plan("100", people={"s01": PersonShare(pin=D(90))}), "pins-exceed-total", "people (shanghai)"),
        (total_plan("100", people={"boss": PersonShare(pin=D(1))}), "person-without-share", "people.boss"),
    ],
)  # fmt: skip
def test_impossible_plans_are_refused_with_their_place(plan, code: str, path: str) -> None:
    with pytest.raises(PlanError) as caught:
        targets(plan, ORG)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, path)]


def test_a_near_name_is_suggested() -> None:
    with pytest.raises(PlanError) as caught:
        targets(total_plan("100", {"easst": RegionShare()}), ORG)
    assert caught.value.issues[0].suggestion.en == "did you mean 'east'?"


def test_the_year_of_somebody_who_moves_cannot_be_pinned_but_months_can() -> None:
    stays = (Stay(region="east", to=date(2026, 3, 31)), Stay(region="west", from_=date(2026, 4, 1)))
    org = company(
        {"east": None, "west": None},
        [Person(key="a", region="east"), Person(key="b", region="west"), Person(key="m", region=stays)],
    )
    with pytest.raises(PlanError, match="several regions"):
        targets(total_plan("2400", people={"m": PersonShare(pin=D(100))}), org)
    found = targets(total_plan("2400", people={"m": PersonShare(pins={"2026-03": D(70), "2026-05": D(10)})}), org)
    assert [found.month("person", "m", month) for month in ("2026-03", "2026-05")] == [70, 10]
    assert_sums(found, {"east": None, "west": None}, {})
    assert sum(found.month("person", key, "2026-05") for key in "bm") == 100


def test_a_pin_of_a_month_without_membership_is_refused() -> None:
    org = company(
        {"east": None}, [Person(key="a", region="east"), Person(key="b", region="east", joined=date(2026, 6, 1))]
    )
    with pytest.raises(PlanError, match="needs exactly one"):
        targets(total_plan("1200", people={"b": PersonShare(pins={"2026-03": D(10)})}), org)


def test_a_joiner_beside_a_pinned_person_takes_what_is_left() -> None:
    org = company(
        {"east": None}, [Person(key="a", region="east"), Person(key="b", region="east", joined=date(2026, 3, 1))]
    )
    found = targets(total_plan("1200", people={"a": PersonShare(pin=D(900))}), org)
    assert [found.month("person", "a", month) for month in MONTHS[:3]] == [100, 100, 70]
    assert found.year("person", "a") == 900
    assert_sums(found, {"east": None}, {"a": "east", "b": "east"})


@st.composite
def plans(draw: st.DrawFn):
    regions = {}
    total = draw(st.integers(0, 5000))
    for index in range(draw(st.integers(1, 5))):
        bounds = draw(st.sampled_from(["none", "none", "floor", "cap"]))
        regions[f"r{index}"] = RegionShare(
            weight=D(draw(st.integers(1, 20))),
            floor=D(total // 10) if bounds == "floor" else None,
            cap=D(total // 2) if bounds == "cap" and index else None,
        )
    months = draw(
        st.sampled_from(["even", "working_days", tuple(D(n) for n in (6, 5, 9, 8, 8, 10, 7, 8, 10, 8, 9, 12))])
    )
    people = []
    for index in range(draw(st.integers(0, 9))):
        joined = draw(st.none() | st.none() | st.dates(date(2025, 6, 1), date(2026, 11, 30)))
        left = draw(st.none() | st.none() | st.dates(date(2026, 2, 1), date(2027, 3, 1)))
        region = f"r{draw(st.integers(0, len(regions) - 1))}"
        people.append(Person(key=f"s{index}", region=region, joined=joined, left=left))
    return total_plan(str(total), regions, unit=D(1), months=months), people


@given(plans())
def test_generated_plans_are_exact_at_every_node_and_month(case) -> None:
    plan, people = case
    tree = dict.fromkeys(plan.regions)
    found = targets(plan, company(tree, people))
    assert_sums(found, tree, {person.key: person.region for person in people})
    assert found.year("company", "company") == plan.total
    for key, share in plan.regions.items():
        year = found.year("region", key)
        assert (share.floor or 0) <= year <= (share.cap if share.cap is not None else year)
        for month in MONTHS:
            ideal = year * found.month("company", "company", month) / plan.total if plan.total else 0
            assert abs(found.month("region", key, month) - ideal) < 1


@pytest.mark.parametrize(("regions", "sellers", "unit"), [(14, 68, "1000"), (1, 500, "1000"), (20, 500, "0.01")])
def test_large_plans_are_exact_and_quick(regions: int, sellers: int, unit: str) -> None:
    tree = {f"r{index:02d}": None for index in range(regions)}
    people = [Person(key=f"s{index}", region=f"r{index % regions:02d}") for index in range(sellers)]
    plan = total_plan(
        "530000000",
        {key: RegionShare(weight=D(index + 3)) for index, key in enumerate(tree)},
        unit=D(unit),
        months="working_days",
    )
    started = time.perf_counter()
    found = targets(plan, company(tree, people))
    assert time.perf_counter() - started < 30, "a plan this large is no matter of minutes, also on a busy machine"
    assert_sums(found, tree, {person.key: person.region for person in people})
    assert len(found.rows()) == 12 * (1 + regions + sellers)
    for key, month in product(tree, MONTHS):
        ideal = found.year("region", key) * found.month("company", "company", month) / 530000000
        assert abs(found.month("region", key, month) - ideal) < D(unit)
