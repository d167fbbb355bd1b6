"""Hindsight and its difference, against sums from scratch; the log against one that is rebuilt every day."""

import datetime as dt
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.hindsight import Hindsight
from engine.routing import Scope
from engine.rules.backtest import Backtest
from engine.rules.compare import compare
from engine.rules.past_numbers import Given
from engine.rules.summary import summary_of
from schema_defs.loader import load_text
from schema_defs.rule import Rule
from tests.engine.rules.test_backtest import CALENDAR, DOCUMENTS, FIRST, LAST, ORG, TARGETS, histories, order

SHARE = "---\n{kind: metric, name: big, dataset: orders, aggregate: sum, value: amount, where: amount > 10}\n---\n{kind: metric, name: share, formula: big / amount}\n---\n{kind: metric, name: lately, of: amount, over: {days: 4}}\n---\n{kind: metric, name: sizes, dataset: orders, aggregate: count_distinct, value: amount}\n"
RELEASE = load_text(DOCUMENTS + SHARE, "company.yaml", one=False).release
CONDITIONS = [
    "actual < 30",
    "attainment < 0.5 * pace",
    "share < 0.5",
    "lately < 40",
    "sizes < 2",
    "actual < parent_actual / 2",
]


def replay_of(history, when, hold_for=2):
    """Versions come in the order in which they became known: the last of a record is the true one."""
    records = [order("begin", FIRST, "west", 0.0)]
    for number, (region, versions) in enumerate(history):
        day = FIRST + dt.timedelta(days=versions[0][0])
        known = day
        for position, (_, late, amount, deleted) in enumerate(versions):
            known += dt.timedelta(days=late)
            records.append(order(str(number), day, region, amount, known, deleted and position > 0))
    world = Given(release=RELEASE, org=ORG, calendar=CALENDAR, records={"orders": records}, targets=(TARGETS,))
    return records, Backtest(Rule(name="r", metric="amount", when=when, for_=hold_for), world)


def final(records):
    """The last version of each record, known from its own day."""
    last = {record.key: record for record in records}
    return [order(key[0], one.day, one.region, one.values["amount"]) for key, one in last.items() if not one.deleted]


@settings(max_examples=24, deadline=None)
@given(histories, st.sampled_from(CONDITIONS))
def test_hindsight_is_a_backtest_of_the_final_records_known_from_their_own_days(history, when):
    records, replay = replay_of(history, when)
    known = Given(release=RELEASE, org=ORG, calendar=CALENDAR, records={"orders": final(records)}, targets=(TARGETS,))
    assert [one.row() for one in replay.with_hindsight(FIRST, LAST)] == [
        one.row() for one in Backtest(replay.rule, known).lived(FIRST, LAST)
    ]


@settings(max_examples=24, deadline=None)
@given(histories, st.sampled_from(CONDITIONS))
def test_every_other_verdict_is_explained_by_records_that_add_up(history, when):
    records, replay = replay_of(history, when)
    compared, explain = compare(replay, FIRST, LAST), Hindsight(replay, LAST)
    for pair in compared.differing:
        assert pair.because
        if pair.then.verdict == pair.now.verdict:
            continue
        why = explain.of(Scope("region", pair.then.key), pair.then.day)
        assert any(read.then != read.now for read in why.read)
        assert why.moved
        for moved in why.moved:
            if moved.then is not None and moved.now is not None:
                assert sum((record.by for record in moved.records), Fraction(0)) == moved.now - moved.then
            for record in moved.records:
                versions = [one for one in records if one.key == (record.after or record.before).key]
                assert any(one.known_at and one.known_at > CALENDAR.closing(pair.then.day) for one in versions)


def test_an_episode_counts_judged_days_and_weeks_count_messages():
    """East orders nothing until the 26th; known a day late, so that the alert lives a day longer than the truth."""
    history = [("east", [(3, 1, 30.0, False)]), ("west", [(0, 0, 30.0, False)])]
    _, replay = replay_of(history, "actual < 30")
    then, now = replay.lived(FIRST, LAST), replay.with_hindsight(FIRST, LAST)
    summary = summary_of(replay, then, FIRST, LAST)
    march, april = [episode for episode in summary.episodes if episode.key == "east"]
    assert (march.first, march.fired, march.last) == (dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 3, 26))
    assert march.days_to_fire == 2
    assert (april.first, april.ended) == (dt.date(2026, 4, 1), False)
    seen = [episode for episode in summary_of(replay, now, FIRST, LAST).episodes if episode.key == "east"]
    assert seen[0].last == dt.date(2026, 3, 25)
