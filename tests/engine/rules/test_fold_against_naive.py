"""The fold and the notices against a second implementation that searches the whole history anew at every step."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.fold import replay
from engine.rules.notices import Told
from engine.rules.timeline import conclude, timeline
from engine.rules.verdict import Judgement
from schema_defs.rule import RuleBody
from tests.engine.rules import naive_fold as naive

FIRST = dt.date(2026, 3, 23)  # a Monday; the month ends in the second week
TRUTH = st.sampled_from([True, True, False, False, None])

rules = st.builds(
    RuleBody,
    when=st.just("actual < 1"),
    for_=st.sampled_from([1, 1, 2, 3]),
    across=st.sampled_from(["continuous", "month"]),
    keep_firing_for=st.integers(0, 2),
    no_data=st.sampled_from(["hold", "ok", "breach", "notify"]),
    repeat_every=st.integers(0, 3),
    recover_when=st.sampled_from([None, "actual > 2"]),
)
facts = st.tuples(TRUTH, TRUTH)
steps = st.tuples(
    st.sampled_from([1, 1, 1, 0, 2]),  # days on from the last step: 0 is a second evaluation of the day
    st.one_of(st.none(), facts),  # the day's own facts; none: unchanged, or no data the first time
    st.one_of(
        st.just([]), st.lists(st.tuples(st.integers(1, 9), facts), max_size=2)
    ),  # late corrections, so many days back
    st.sampled_from([False, False, False, True]),  # a silence
)
histories = st.integers(1, 22).flatmap(lambda length: st.lists(steps, min_size=length, max_size=length))


def naive_rule(rule):
    return naive.NaiveRule(rule.for_, rule.across, rule.keep_firing_for, rule.no_data, rule.repeat_every)


def naive_days(known, until):
    return [naive.Day(day, *known[day]) for day in sorted(known) if day <= until and day.weekday() < 5]


def judgements(known):
    return [Judgement(day, *pair) for day, pair in known.items() if day.weekday() < 5]


def played(rule, history):
    """Each step's day, silence and the facts known then."""
    known, day = {}, FIRST
    for forward, own, late, silent in history:
        day += dt.timedelta(days=forward)
        for back, pair in late:
            known[day - dt.timedelta(days=back)] = pair
        if own is not None or day not in known:
            known[day] = own or (None, None)
        facts = dict(known)
        if rule.recover_when is None:
            facts = {one: (holds, True) for one, (holds, _) in known.items()}
        yield day, silent, facts


@settings(max_examples=160, deadline=None)
@given(rules, histories)
def test_every_step_says_what_a_search_through_the_whole_history_says(rule, history):
    told, teller = Told(), naive.Teller(naive_rule(rule))
    for day, silent, known in played(rule, history):
        outcome = timeline(rule, judgements(known), day, told, silent=silent)
        days = naive_days(known, day)
        assert outcome.state == naive.shown(teller.rule, days)
        assert outcome.alert.episode == naive.situation(teller.rule, days)[1]
        assert [notice.kind for notice in outcome.notices] == teller.after_step(days, day, silent)
        assert [past.day for past in outcome.past if past.counted] == naive.counted_days(teller.rule, days)
        told = outcome.told


@settings(max_examples=60, deadline=None)
@given(rules, histories, st.randoms(use_true_random=False))
def test_the_final_state_does_not_depend_on_the_order_of_arrival(rule, history, random):
    *_, (day, _, known) = played(rule, history)
    shuffled = judgements(known)
    random.shuffle(shuffled)
    assert timeline(rule, shuffled, day).state == timeline(rule, judgements(known), day).state


@settings(max_examples=60, deadline=None)
@given(rules, histories)
def test_a_second_evaluation_of_the_same_facts_tells_nothing_more(rule, history):
    told = Told()
    for day, silent, known in played(rule, history):
        first = timeline(rule, judgements(known), day, told, silent=silent)
        again = timeline(rule, judgements(known), day, first.told, silent=silent)
        assert again.notices == ()
        assert again.told == first.told
        told = first.told


@settings(max_examples=60, deadline=None)
@given(rules, histories, st.integers(0, 21))
def test_replaying_from_any_day_on_equals_replaying_everything(rule, history, cut):
    *_, (day, _, known) = played(rule, history)
    days = sorted(judgements(known), key=lambda one: one.day)
    whole = replay(rule, days)
    assert replay(rule, days[cut:], whole[: min(cut, len(whole))]) == whole
    assert conclude(rule, whole, day, Told()).state == (whole[-1].state if whole else "inactive")


@settings(max_examples=60, deadline=None)
@given(rules, histories)
def test_notice_numbers_count_up_by_one_and_are_never_reused(rule, history):
    told, numbers = Told(), []
    for day, silent, known in played(rule, history):
        outcome = timeline(rule, judgements(known), day, told, silent=silent)
        numbers += [notice.number for notice in outcome.notices]
        told = outcome.told
    assert numbers == list(range(1, len(numbers) + 1))
