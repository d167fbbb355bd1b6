"""The demo's story, lived through the engine alone: which regions fall behind, when, and how they come back."""

from collections import Counter, defaultdict
from datetime import date, datetime
from functools import partial

import msgspec
import pytest

from engine.calendar import calendar_of
from engine.metrics.history import History
from engine.org import org_of
from engine.records.reader import RecordReader
from engine.records.record import Record
from engine.rules.backtest import backtest
from engine.rules.past_numbers import Given, PlanTargets
from engine.targets.plan import targets_of
from engine.targets.targets import Targets
from runtime.demo.coming import changes_of
from runtime.demo.orders import day_changes
from runtime.demo.stage import SPELLS, START, load_configuration
from runtime.demo.world import World, sellers_of

FIRST, WEEK, LAST = date(2026, 6, 1), date(2026, 6, 17), date(2026, 6, 30)
BEHIND = {"hefei": date(2026, 6, 10), "chengdu": date(2026, 6, 11)}
"""The regions that fall behind, and the day on which the rule fires."""


@pytest.fixture(scope="module")
def release():
    return load_configuration("reference").release


@pytest.fixture(scope="module")
def changes(release):
    """What the ERP writes about the orders of May and June."""
    calendar = calendar_of(release.calendar)
    world = World(sellers=sellers_of(release.organisation), spells=SPELLS)
    end = datetime(2026, 6, 30, 20, tzinfo=calendar.tz)
    return changes_of(partial(day_changes, world, calendar), date(2026, 5, 1), LAST, end)


@pytest.fixture(scope="module")
def given(release, changes):
    calendar, org = calendar_of(release.calendar), org_of(release.organisation)
    readers = {
        name: RecordReader(release.datasets[name], release.source_of(name), calendar) for name in release.datasets
    }
    records = defaultdict(list)
    for change in changes:
        record = readers[change.stream].read(change.row | {"_known_at": change.at.isoformat()})
        assert isinstance(record, Record), record
        records[change.stream].append(record)
    plans = [plan for plan in release.plans.values() if plan.year == 2026]
    targets = tuple(PlanTargets(plan, since_may(targets_of(plan, release, org, calendar, {}, None))) for plan in plans)
    return Given(release=release, org=org, calendar=calendar, records=records, targets=targets)


def since_may(targets: Targets) -> Targets:
    """The fold begins where numbers or targets do; the months before May have no numbers here."""
    cells = {
        place: {month: value for month, value in months.items() if month >= "2026-05"}
        for place, months in targets.cells.items()
    }
    return msgspec.structs.replace(targets, cells=cells)


@pytest.fixture(scope="module")
def lived(release, given):
    return list(backtest(release.rules["behind_pace"], given, date(2026, 5, 6), LAST))


def test_one_region_is_on_its_third_day_when_the_demo_opens_and_another_on_its_first(lived):
    state = {(each.key, each.day): (each.verdict, each.state) for each in lived}

    assert START.hour == 17, "the day of the first alert has not closed yet"
    assert [state["hefei", date(2026, 6, day)] for day in (5, 8, 9)] == [
        ("clear", "inactive"), ("holds", "pending"), ("holds", "pending"),
    ]  # fmt: skip
    assert [state["chengdu", date(2026, 6, day)] for day in (8, 9)] == [("clear", "inactive"), ("holds", "pending")]


def test_the_two_regions_fire_on_their_days_and_their_managers_are_told(lived):
    fired = {each.key: (each.day, each.notices) for each in lived if "fired" in each.transition}

    assert fired == {
        "hefei": (BEHIND["hefei"], ("fired:east_manager",)),
        "chengdu": (BEHIND["chengdu"], ("fired:chengdu_manager",)),
    }


def test_the_other_twelve_regions_are_calm(lived):
    others = {each.key for each in lived} - set(BEHIND)

    assert len(others) == 12
    assert not [each for each in lived if each.key in others and each.transition]


def test_both_regions_come_back_before_the_month_ends(lived):
    back = {each.key: each.day for each in lived if "recovered" in each.transition}

    assert set(back) == set(BEHIND)
    assert all(BEHIND[key] < day <= LAST for key, day in back.items()), back


def test_the_margin_rule_is_silent_in_the_first_weeks(release, given):
    lived = backtest(release.rules["margin_mix"], given, FIRST, WEEK)

    assert not [each for each in lived if each.transition]


def test_the_company_is_near_its_pace_on_the_first_board(given, release):
    history = History(
        release, given.records, given.org, given.calendar,
        ["signed_amount", "collection_rate", "high_margin_share"], "company",
    )  # fmt: skip
    today = START.date()
    target = sum(each.targets.month("company", "company", "2026-06") or 0 for each in given.targets if each.plan.total)
    pace = given.calendar.working_days(FIRST, today) / given.calendar.working_days(FIRST, LAST)
    numbers = {name: history.to_date(name, "company", today, today) for name in (
        "signed_amount", "collection_rate", "high_margin_share",
    )}  # fmt: skip

    assert 0.95 < numbers["signed_amount"] / float(target) / pace < 1.05
    assert 0.85 < numbers["collection_rate"] < 0.92
    assert 0.43 < numbers["high_margin_share"] < 0.48


def test_everything_that_may_become_of_an_order_happens(changes):
    found, before = Counter[str](), {}
    for change in changes:
        if change.stream != "order_lines":
            continue
        row, key = change.row, (change.row["order_number"], change.row["line"])
        old = before.get(key)
        before[key] = row
        if old is None:
            found["late"] += change.at.date().isoformat() > str(row["order_date"])
        else:
            found["reclassified"] += row["material_group"] != old["material_group"]
            found["moved"] += row["seller"] != old["seller"]
            found["edited"] += row["amount"] != old["amount"]
            found[str(row["status"])] += row["status"] != old["status"]

    assert all(found[fate] >= 10 for fate in ("late", "reclassified", "moved", "edited", "cancelled", "returned")), (
        found
    )
