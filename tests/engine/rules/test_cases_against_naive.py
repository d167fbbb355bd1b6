"""Generated test documents, as JSON, whose expectations the naive fold has written: all pass, and a wrong one fails."""

import datetime as dt
import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.cases import run_case
from schema_defs.loader import load_text
from tests.engine.rules import naive_fold as naive

FIRST = dt.date(2026, 3, 26)  # a Thursday
NUMBER = st.sampled_from([1, 0, 0, 1, None])
ROW = st.one_of(st.none(), st.fixed_dictionaries({}, optional={"a": NUMBER, "b": NUMBER}))
WHOLE = st.fixed_dictionaries({"a": NUMBER, "b": NUMBER})
UNCHANGED = "unchanged"

definitions = st.fixed_dictionaries(
    {"when": st.just("a == 1"), "recover_when": st.just("b == 1")},
    optional={
        "for": st.integers(1, 3),
        "days": st.sampled_from(["working", "all"]),
        "across": st.sampled_from(["continuous", "month"]),
        "keep_firing_for": st.integers(0, 2),
        "no_data": st.sampled_from(["hold", "ok", "breach", "notify"]),
        "repeat_every": st.integers(0, 3),
    },
)
steps = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 0, 2]),
        st.one_of(st.just(UNCHANGED), ROW, WHOLE, WHOLE),
        st.dictionaries(st.integers(0, 6), ROW, max_size=2),
    ),
    min_size=4,
    max_size=14,
)
silences = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 3)), max_size=2)


def document(define, listed, quiet):
    """The test document, its expectations found by the naive fold from what was known at each step."""
    silent = [(FIRST + dt.timedelta(days=start), FIRST + dt.timedelta(days=start + more)) for start, more in quiet]
    known, day, days = {}, FIRST, []
    teller = naive.Teller(rule_of(define))
    for forward, values, late in listed:
        day += dt.timedelta(days=forward)
        step = {"day": day.isoformat()}
        for back, row in late.items():
            learn(known, day - dt.timedelta(days=back), row)
            step.setdefault("late", {})[(day - dt.timedelta(days=back)).isoformat()] = row
        if values != UNCHANGED:
            learn(known, day, values)
            step["values"] = values
        known.setdefault(day, {})
        judged = [judgement(one, known[one]) for one in sorted(known) if one <= day and is_judged(define, one)]
        sent = teller.after_step(judged, day, any(start <= day <= end for start, end in silent))
        step["expect"] = {"state": naive.shown(teller.rule, judged), "notices": sent}
        days.append(step)
    quiet_days = [{"from": start.isoformat(), "to": end.isoformat()} for start, end in silent]
    return {"kind": "test", "name": "t", "define": define, "days": days, "silences": quiet_days}


def rule_of(define):
    return naive.NaiveRule(
        define.get("for", 1),
        define.get("across", "continuous"),
        define.get("keep_firing_for", 0),
        define.get("no_data", "hold"),
        define.get("repeat_every", 0),
    )


def learn(known, day, row):
    known[day] = {} if row is None else {**known.get(day, {}), **row}


def is_judged(define, day):
    return define.get("days") == "all" or day.weekday() < 5


def judgement(day, row):
    a, b = row.get("a"), row.get("b")
    return naive.Day(day, None if a is None else a == 1, None if b is None else b == 1)


def result(written):
    loaded = load_text(json.dumps(written), "test.json")
    assert loaded.issues == ()
    return run_case(loaded.release.cases["t"], loaded.release)


@settings(max_examples=80, deadline=None)
@given(definitions, steps, silences)
def test_what_the_naive_fold_expects_passes(define, listed, quiet):
    assert [said.en for said in result(document(define, listed, quiet)).failures] == []


@settings(max_examples=20, deadline=None)
@given(definitions, steps, silences, st.integers(0, 13), st.sampled_from(["firing", "inactive", "pending"]))
def test_a_wrong_expectation_fails_on_its_day(define, listed, quiet, position, state):
    written = document(define, listed, quiet)
    step = written["days"][position % len(listed)]
    assume(step["expect"]["state"] != state)
    step["expect"]["state"] = state
    failures = result(written).failures
    assert len(failures) == 1
    assert failures[0].en.startswith(f"on {step['day']} expected {state}, was ")
