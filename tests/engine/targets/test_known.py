"""Targets known from elsewhere: split over their months, summed upwards."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.targets.faults import PlanError
from schema_defs.organisation import Person, Stay
from schema_defs.plan import Plan, TargetsFrom, TargetsMap
from tests.engine.targets.ground import MONTHS, company, targets

COLUMNS = TargetsMap(key="who", year="year", quarter="quarter", month="month", value="quota", scope="scope")
TREE = {"east": None, "shanghai": "east", "west": None}
ORG = company(TREE, [Person(key="s01", region="shanghai"), Person(key="s02", region="west"), Person(key="free")])


def quota(who: str, quota: object, **period: object) -> dict[str, object]:
    return {"who": who, "year": 2026, "quota": quota, "scope": "person", "quarter": "", "month": "", **period}


def plan_of(months: object = "even", **more: object) -> Plan:
    source = TargetsFrom(data="quotas", map=COLUMNS, months=months)
    return Plan(name="p", metric=more.pop("metric", "amount"), targets_from=source, **more)


def known(*rows: dict[str, object], plan: Plan | None = None, org=ORG):
    return targets(plan or plan_of(), org, rows={"quotas": list(rows)})


def months(found, scope: str, key: str) -> dict[str, str]:
    return {month: f"{value}" for month in MONTHS if (value := found.month(scope, key, month)) is not None}


def test_a_quarter_is_split_over_its_months_exactly() -> None:
    found = known(quota("s01", "28000.0000", quarter="4"))
    assert months(found, "person", "s01") == {"2026-10": "9333.34", "2026-11": "9333.33", "2026-12": "9333.33"}


def test_levels_above_are_sums_and_who_has_no_region_counts_for_the_company() -> None:
    found = known(quota("s01", 300, quarter=1), quota("s02", 30, quarter=1), quota("free", 3, quarter=1))
    assert months(found, "region", "shanghai")["2026-01"] == "100.00"
    assert months(found, "region", "east")["2026-01"] == "100.00"
    assert months(found, "region", "west")["2026-01"] == "10.00"
    assert months(found, "company", "company") == {"2026-01": "111.00", "2026-02": "111.00", "2026-03": "111.00"}


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [
        ({}, "2026-01", 12),
        ({"quarter": 2}, "2026-04", 3),
        ({"quarter": "Q3"}, "2026-07", 3),
        ({"quarter": "2026-Q4"}, "2026-10", 3),
        ({"month": "3"}, "2026-03", 1),
        ({"month": "2026-03"}, "2026-03", 1),
        ({"month": 11.0}, "2026-11", 1),
    ],
)
def test_a_row_is_of_a_year_a_quarter_or_a_month(period: dict[str, object], first: str, count: int) -> None:
    found = months(known(quota("s01", "120", **period)), "person", "s01")
    assert (min(found), len(found)) == (first, count)
    assert sum(map(Decimal, found.values())) == 120


def test_months_have_the_shape_that_is_written() -> None:
    by_days = known(quota("s01", "61", quarter=1), plan=plan_of("working_days"))
    days = {"2026-01": "21.00", "2026-02": "16.00", "2026-03": "22.00"}
    assert months(known(quota("s01", "59", quarter=1), plan=plan_of("working_days")), "person", "s01") == days
    assert sum(map(Decimal, months(by_days, "person", "s01").values())) == 61
    weighted = known(quota("s01", "15", quarter=2), plan=plan_of(tuple(map(Decimal, range(1, 13)))))
    assert months(weighted, "person", "s01") == {"2026-04": "4.00", "2026-05": "5.00", "2026-06": "6.00"}


def test_a_person_counts_where_they_are_at_the_months_end() -> None:
    stays = (Stay(region="shanghai", to=date(2026, 2, 10)), Stay(region="west", from_=date(2026, 2, 11)))
    org = company(TREE, [Person(key="s01", region=stays)])
    found = known(quota("s01", 300, quarter=1), org=org)
    assert list(months(found, "region", "shanghai")) == ["2026-01"]
    assert list(months(found, "region", "west")) == ["2026-02", "2026-03"]


def test_an_empty_value_is_no_target_and_other_years_are_left_out() -> None:
    found = known(quota("s01", ""), quota("s02", 12), {**quota("s02", 24), "year": 2025}, plan=plan_of(year=2026))
    assert found.keys("person") == ("s02",)
    assert found.year("person", "s02") == 12


def test_targets_of_a_rate_hold_as_they_are_and_have_no_sum() -> None:
    found = known(quota("s01", "0.450", quarter=1), plan=plan_of(metric="share"))
    assert months(found, "person", "s01") == {"2026-01": "0.45", "2026-02": "0.45", "2026-03": "0.45"}
    assert found.keys("company") == ()


def test_a_key_that_nobody_knows_counts_for_the_company_with_a_warning() -> None:
    found = known(quota("s99", 12))
    assert found.year("company", "company") == 12
    assert found.keys("region") == ()
    assert "s99" in found.warnings[0].message.en


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([quota("s01", 1, quarter=1), quota("s02", 1, quarter=1), quota("s01", 2, quarter=1)], "target-twice", "line 2 (s01 2026-Q1) and line 4 (s01 2026-Q1)"),
        ([quota("s01", 1), quota("s01", 2, quarter=1)], "target-twice", "line 2 (s01 2026) and line 3 (s01 2026-Q1)"),
        ([quota("s01", 1), quota("east", 2, scope="region")], "target-and-sum", "region east"),
        ([quota("s01", "1,2,3")], "wrong-target", "line 2"),
        ([quota("s01", "1.005")], "finer-than-unit", "line 2"),
        ([quota("s01", "nan")], "wrong-target", "line 2"),
        ([quota("s01", float("inf"))], "not-a-number", "line 2"),
        ([quota("s01", 1, quarter=5)], "wrong-target", "'5'"),
        ([quota("s01", 1, month="13")], "wrong-target", "'13'"),
        ([{**quota("s01", 1), "year": "26"}], "wrong-target", "'26'"),
        ([quota("", 1)], "wrong-target", "line 2"),
        ([quota("s01", 1, scope="team")], "wrong-target", "'team'"),
        ([{"who": "s01"}], "unknown-column", "'quota'"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused_with_their_lines(rows, code: str, said: str) -> None:
    with pytest.raises(PlanError) as caught:
        known(*rows)
    assert caught.value.issues[0].code == code
    assert said in caught.value.said.en


def test_all_bad_rows_are_told_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        known(quota("s01", "x"), quota("s02", "y"))
    assert len(caught.value.issues) == 2


def test_data_that_is_not_given_is_named() -> None:
    with pytest.raises(PlanError, match="--data quotas=FILE"):
        targets(plan_of(), ORG)


@given(
    st.lists(
        st.tuples(st.sampled_from(["s01", "s02", "free"]), st.integers(1, 4), st.integers(0, 10**7)),
        unique_by=lambda row: row[:2],
    )
)
def test_generated_quotas_are_exact_per_quarter_and_at_every_level(rows: list[tuple[str, int, int]]) -> None:
    found = known(*(quota(who, Decimal(cents).scaleb(-2), quarter=quarter) for who, quarter, cents in rows))
    for who, quarter, cents in rows:
        of_quarter = MONTHS[3 * quarter - 3 : 3 * quarter]
        values = [found.month("person", who, month) for month in of_quarter]
        assert sum(values) * 100 == cents
        assert max(values) - min(values) <= Decimal("0.01")
    for month in MONTHS:
        everybody = [
            value for who in ("s01", "s02", "free") if (value := found.month("person", who, month)) is not None
        ]
        assert found.month("company", "company", month) == (sum(everybody) if everybody else None)
        assert found.month("region", "east", month) == found.month("person", "s01", month)
