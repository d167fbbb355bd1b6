"""The backtest against a day-by-day replay that adds up, from scratch, what was known at each day's close."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import calendar_of
from engine.org import org_of
from engine.records.record import Record
from engine.rules.backtest import backtest
from engine.rules.past_numbers import Given, PlanTargets
from engine.targets.plan import targets_of
from schema_defs.loader import load_text
from schema_defs.rule import Action, Rule
from tests.engine.rules import naive_fold as naive

DOCUMENTS = """
kind: organisation
name: company
regions:
  - {key: east, manager: m01}
  - {key: west, manager: m02}
people:
  - {key: m01, roles: [manager], region: east}
  - {key: m02, roles: [manager], region: west}
  - {key: it1, roles: [it]}
---
kind: dataset
name: orders
key: number
time: day
region: region
fields: {number: text, day: date, region: region, amount: money}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
kind: plan
name: plan_2026
metric: amount
year: 2026
total: 2400
regions: {east: {weight: 1}, west: {weight: 1}}
"""
RELEASE = load_text(DOCUMENTS, "company.yaml", one=False).release
CALENDAR, ORG = calendar_of(RELEASE.calendar), org_of(RELEASE.organisation)
PLAN = RELEASE.plans["plan_2026"]
TARGETS = PlanTargets(PLAN, targets_of(PLAN, RELEASE, ORG, CALENDAR))
FIRST, LAST = dt.date(2026, 3, 23), dt.date(2026, 4, 9)


def order(number, day, region, amount, known=None, deleted=False, hour=12):
    known_at = known and dt.datetime.combine(known, dt.time(hour), CALENDAR.tz)
    values = {"number": number, "day": day, "region": region, "amount": amount}
    return Record(
        dataset="orders", key=(number,), day=day, region=region, values=values, known_at=known_at, deleted=deleted
    )


def outcome(records, first=FIRST, last=LAST, complete=None, targets=(TARGETS,), **keys):
    rule = Rule(name="r", metric="amount", **keys)
    world = Given(
        release=RELEASE,
        org=ORG,
        calendar=CALENDAR,
        records={"orders": records},
        targets=targets,
        complete=complete or {},
    )
    return list(backtest(rule, world, first, last))


days_on = st.integers(0, 17)
versions = st.tuples(days_on, st.integers(0, 12), st.integers(0, 3).map(lambda x: x * 10.0), st.booleans())
histories = st.lists(
    st.tuples(st.sampled_from(["east", "west"]), st.lists(versions, min_size=1, max_size=3)), max_size=8
)


@settings(max_examples=16, deadline=None)
@given(
    histories,
    st.integers(1, 3),
    st.sampled_from(["continuous", "month"]),
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from(["actual < 30", "attainment < 0.5 * pace"]),
)
def test_it_equals_a_replay_from_scratch(history, hold_for, across, keep, repeat, when):
    records = []
    for number, (region, versions_of) in enumerate(history):
        day = FIRST + dt.timedelta(days=versions_of[0][0])
        for position, (_, late, amount, deleted) in enumerate(versions_of):
            known = day + dt.timedelta(days=late)
            records.append(order(str(number), day, region, amount, known, deleted and position > 0))
    keys = {"for_": hold_for, "across": across, "keep_firing_for": keep, "repeat_every": repeat, "when": when}
    rows = outcome(records, on_fire=(), **keys)
    start = dt.date(2026, 1, 1)  # the plan's first month
    for region in ("east", "west"):
        rule = naive.NaiveRule(hold_for, across, keep, "hold", repeat)
        teller = naive.Teller(rule)
        today = start
        while today <= LAST:
            judged = [
                naive.Day(d, holds(when, to_date(records, region, d, today), d), True)
                for d in all_days(start, today)
                if d.weekday() < 5
            ]
            sent = teller.after_step(judged, today, False)
            if today >= FIRST:
                row = next(row for row in rows if row.key == region and row.day == today)
                assert list(row.transition) == sent
                assert row.state == naive.shown(rule, judged)
                expected = "" if today.weekday() > 4 else "holds" if judged[-1].holds else "clear"
                assert row.verdict == expected
            today += dt.timedelta(days=1)


def all_days(first, last):
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def to_date(records, region, day, known):
    """The month to date from the last version of each order that was known at the close of `known`."""
    newest = {}
    for record in records:
        if record.known_at.date() <= known and (
            record.key not in newest or newest[record.key].known_at <= record.known_at
        ):
            newest[record.key] = record
    return sum(
        record.values["amount"]
        for record in newest.values()
        if not record.deleted and record.region == region and record.day <= day and record.day.month == day.month
    )


def holds(when, actual, day):
    if when == "actual < 30":
        return actual < 30
    first = day.replace(day=1)
    whole = [d for d in all_days(first, first + dt.timedelta(days=31)) if d.month == day.month and d.weekday() < 5]
    pace = len([d for d in whole if d <= day]) / len(whole)
    return actual / 100 < 0.5 * pace - 1e-12


def of(rows, key):
    return {row.day.isoformat(): row.row()[4:] for row in rows if row.key == key}


def test_a_rule_fires_and_names_who_would_have_been_told():
    records = [order("1", dt.date(2026, 3, 26), "east", 50.0)]
    rows = of(
        outcome(
            records,
            when="actual < 10",
            targets=(),
            on_fire=(Action(notify="manager"),),
            on_recover=(Action(notify="manager"),),
        ),
        "west",
    )
    assert rows["2026-03-25"] == ("", "inactive", "", "")
    assert rows["2026-03-26"] == ("holds", "firing", "fired", "fired:m02")
    assert rows["2026-03-28"] == ("", "firing", "", "")


def test_every_calendar_day_of_every_leaf_has_a_row_by_key_and_day():
    rows = outcome([], when="actual < 10")
    days = [day.isoformat() for day in all_days(FIRST, LAST)]
    assert [(row.key, row.day.isoformat()) for row in rows] == [(key, day) for key in ("east", "west") for day in days]


def test_what_became_known_late_shows_on_the_day_on_which_it_became_known():
    day, known = dt.date(2026, 4, 1), dt.date(2026, 4, 4)  # a Saturday
    rows = of(outcome([order("1", day, "east", 50.0, known)], when="actual < 10"), "east")
    assert rows["2026-04-01"][:3] == ("holds", "firing", "")
    assert rows["2026-04-03"][:3] == ("holds", "firing", "")
    assert rows["2026-04-04"][:3] == ("", "inactive", "recovered")


def test_what_came_after_the_days_close_counts_from_the_next_day():
    day = dt.date(2026, 4, 1)
    rows = of(outcome([order("1", day, "east", 50.0, day, hour=19)], when="actual < 10"), "east")
    assert rows["2026-04-01"][:2] == ("holds", "firing")
    assert rows["2026-04-02"][:3] == ("clear", "inactive", "recovered")


def test_days_before_the_first_record_or_target_are_not_judged():
    records = [order("1", dt.date(2026, 3, 26), "east", 1.0)]
    without_plan = of(outcome(records, when="actual < 10", targets=()), "west")
    assert without_plan["2026-03-25"] == ("", "inactive", "", "")
    assert without_plan["2026-03-26"][:2] == ("holds", "firing")
    with_plan = of(outcome(records, when="actual < 10", first=dt.date(2025, 12, 31)), "west")
    assert with_plan["2025-12-31"] == ("", "inactive", "", "")
    assert with_plan["2026-01-01"][:3] == ("holds", "firing", "fired")


def test_a_tombstone_without_a_day_does_not_begin_the_fold():
    gone = order("1", dt.date(1, 1, 1), "east", None, dt.date(2026, 4, 1), deleted=True)
    records = [order("1", dt.date(2026, 3, 26), "east", 50.0, dt.date(2026, 3, 26)), gone]
    rows = of(outcome(records, when="actual < 10", targets=()), "east")
    assert rows["2026-03-25"] == ("", "inactive", "", "")
    assert rows["2026-03-31"][:3] == ("clear", "inactive", "")
    assert rows["2026-04-01"][:3] == ("holds", "firing", "fired")


def test_a_missing_target_is_no_data_and_an_absence_of_orders_is_not():
    records = [order("1", dt.date(2026, 3, 26), "east", 1.0)]
    rows = of(outcome(records, when="attainment < 0.5", targets=()), "west")
    assert rows["2026-03-27"][:2] == ("no_data", "inactive")
    assert of(outcome(records, when="attainment < 0.5"), "west")["2026-03-27"][:2] == ("holds", "firing")


def test_a_late_source_is_no_data_and_tells_who_looks_after_the_data():
    rows = of(
        outcome([], when="actual < 10", no_data="notify", complete={"orders": dt.date(2026, 3, 25)}, for_=100), "east"
    )
    assert rows["2026-03-25"][:2] == ("holds", "pending")
    assert rows["2026-03-26"] == ("no_data", "no_data", "no_data", "no_data:it1")
    assert rows["2026-03-27"] == ("no_data", "no_data", "", "")


def test_a_region_is_compared_with_the_company_above_it_as_it_was_known():
    records = [
        order("1", dt.date(2026, 4, 1), "east", 30.0),
        order("2", dt.date(2026, 4, 1), "west", 50.0, dt.date(2026, 4, 6)),
    ]
    rows = of(outcome(records, when="actual < 0.5 * parent_actual"), "east")
    assert rows["2026-04-03"][:2] == ("clear", "inactive")
    assert rows["2026-04-06"][:3] == ("holds", "firing", "fired")


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ("attainment_of('amount') == attainment", "holds"),
        ("amount == actual", "holds"),
        ("target == 100", "holds"),
        ("gap_amount == actual - pace * target", "holds"),
        ("parent_target == 200", "holds"),
        ("run_rate > 0", "holds"),
        ("projection >= 0", "holds"),
        ("score > 0", "no_data"),
        ("target_of('nothing') > 0", "no_data"),
        ("day == date('2026-04-01')", "holds"),
    ],
)
def test_names_mean_what_they_say(when, verdict):
    rows = of(outcome([order("1", dt.date(2026, 4, 1), "east", 30.0)], when=when), "east")
    assert rows["2026-04-01"][0] == verdict


def test_the_plan_was_split_as_the_tests_assume():
    assert TARGETS.targets.month("region", "east", "2026-04") == Decimal(100)


# Late sources, day by day


def lateness(*steps):
    """A late source: `(known, until)` in days of the backtest."""
    return {"orders": [(FIRST + dt.timedelta(days=known), FIRST + dt.timedelta(days=until)) for known, until in steps]}


def states_of(found, key="west"):
    return {one.day: one.state for one in found if one.key == key}


def lived(watermarks, **keys):
    rule = Rule(name="r", metric="amount", scope="region", when="attainment < 0.8 * pace", **keys)
    world = Given(release=RELEASE, org=ORG, calendar=CALENDAR, records={"orders": []}, targets=(TARGETS,))
    world = msgspec.structs.replace(world, watermarks=watermarks)
    return list(backtest(rule, world, FIRST, LAST))


def test_days_of_a_late_source_are_judged_when_it_comes():
    on_time = lived({}, for_=2)
    late = lived(lateness((-60, -4), (3, 3)), for_=2)
    assert {one.verdict for one in late if one.day < FIRST + dt.timedelta(days=3)} == {"no_data"}
    assert states_of(late)[FIRST + dt.timedelta(days=3)] == states_of(on_time)[FIRST + dt.timedelta(days=3)] == "firing"


def test_a_source_that_never_came_has_no_data_and_one_of_which_nothing_is_said_has():
    assert {one.verdict for one in lived({"orders": []})} == {"", "no_data"}
    assert "holds" in {one.verdict for one in lived({"payments": []})}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 17), st.integers(0, 6)), max_size=5))
def test_the_last_day_equals_a_judgement_of_all_days_with_what_is_complete_then(steps):
    """Whatever the way to it, the end follows from how far the source is complete at the end: 57 working days lie before."""
    known = sorted(dict(steps).items())
    way = [(at, at - back) for at, back in known]
    rising = [(at, max(until for _, until in way[: place + 1])) for place, (at, until) in enumerate(way)]
    found = lived(lateness(*rising), for_=62)
    last = rising[-1][1] if rising else -400
    straight = lived(lateness((-400, last)), for_=62)
    assert states_of(found)[LAST] == states_of(straight)[LAST]
    assert (states_of(straight)[LAST] == "firing") == (last >= 4)
