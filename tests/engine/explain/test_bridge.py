"""The bridge between two moments: its steps give the difference without rest, and each record is told as what happened to it."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.bridge import KINDS, Bridge, bridge
from engine.explain.counting import Side
from engine.explain.drivers import drivers
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.metrics.span import At, month_to
from engine.org import org_of
from engine.records.record import Record
from tests.engine.metrics.world import CALENDAR, ORGANISATION, computed, dataset, metric, records, release

ORG = org_of(ORGANISATION)
METRICS = (
    metric("amount", value="amount"),
    metric("open", value="amount", where="status != 'draft'"),
    metric("weight", value="weight"),
    metric("lines", aggregate="count"),
    metric("customers", aggregate="count_distinct", value="customer"),
    metric("mean", aggregate="average", value="amount"),
    metric("most", aggregate="maximum", value="amount"),
    metric("latest", aggregate="last", value="weight"),
    metric("share", formula="open / amount", format="percent"),
)
DOCUMENTS = release(dataset(), *METRICS)
LATER = release(dataset(), *(metric("open", value="amount", where="status == 'open'") if each.name == "open" else each for each in METRICS))  # fmt: skip
FIRST, UNTIL, TODAY = date(2026, 3, 1), date(2026, 3, 12), date(2026, 3, 20)
PLACES = (("company", "company"), ("region", "east"), ("region", "shanghai"), ("person", "s01"))


def side(found: list[Record], last: date, documents=DOCUMENTS) -> Side:
    return Side(
        at=At((FIRST, last)),
        records={"orders": found},
        places={"orders": Places(dataset(), ORG, TODAY)},
        ready=ready(documents, tuple(documents.metrics), CALENDAR),
    )


def row(rng: Random, name: str) -> dict[str, object]:
    pick = rng.choice
    return {
        "id": name,
        "day": str(FIRST + timedelta(days=rng.randrange(-3, 20))),
        "seller": pick(["s01", "s02", None]),
        "region": pick(["shanghai", "suzhou", "west", None]),
        "customer": pick(["c1", "c2", "c3", None]),
        "status": pick(["open", "open", "draft", "cancelled"]),
        "amount": pick([0.1, 0.2, 33.33, -5, None, rng.randrange(10**7) / 100]),
        "weight": pick([0.1, 1e16, -1e16, None]),
    }


def histories(seed: int) -> tuple[list[Record], list[Record]]:
    """The same records at two moments: some edited, some gone, some new."""
    rng = Random(seed)
    before = {f"o{place}": row(rng, f"o{place}") for place in range(rng.randrange(9))}
    after = {name: values | ({rng.choice(["day", "region", "status", "amount", "customer"]): None} if rng.random() < 0.1 else {}) for name, values in before.items() if rng.random() < 0.8}  # fmt: skip
    for name, values in after.items():
        field = rng.choice(["day", "region", "seller", "status", "amount", "customer", "weight"])
        if rng.random() < 0.5 or values["day"] is None:
            after[name] = values | {field: row(rng, name)[field], "day": row(rng, name)["day"] if field == "day" else before[name]["day"]}  # fmt: skip
    after |= {f"n{place}": row(rng, f"n{place}") for place in range(rng.randrange(4))}
    return records(dataset(), *before.values()), records(dataset(), *after.values())


def difference(found: Bridge) -> Fraction:
    assert found.start is not None
    assert found.end is not None
    return found.end - found.start


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(PLACES), st.booleans())
def test_the_steps_add_up_to_the_difference_exactly(seed, place, is_redefined):
    before, after = histories(seed)
    earlier, later = side(before, UNTIL), side(after, TODAY, LATER if is_redefined else DOCUMENTS)
    for each in METRICS:
        found = bridge(each.name, *place, earlier, later)
        assert [step.kind for step in found.steps] == sorted((step.kind for step in found.steps), key=KINDS.index)
        if found.start is None or found.end is None:
            assert all(step.by is None for step in found.steps)
            continue
        assert sum(step.by for step in found.steps) == difference(found)
        if each.name in ("amount", "open", "weight", "lines"):
            for step in found.steps:
                assert step.kind == "definition_changed" or sum(move.by for move in step.moves) == step.by


@settings(max_examples=24, deadline=None)
@given(st.integers(0, 10**9))
def test_its_ends_are_the_numbers_of_the_two_moments(seed):
    before, after = histories(seed)
    for last, rows in ((UNTIL, before), (TODAY, after)):
        shown = computed(DOCUMENTS, {"orders": rows}, "amount,lines,share", scope="company", first=FIRST, last=last, today=TODAY)  # fmt: skip
        for found in shown.rows:
            end = bridge(found.metric, "company", "company", side(before, UNTIL), side(rows, last)).end
            value = float(end) if end is not None else None
            assert value == (None if found.value is None else float(found.value)), found


CASES = {
    "new": ({}, {"n": {"day": "2026-03-15"}}, 100),
    "arrived_late": ({}, {"n": {"day": "2026-03-10"}}, 100),
    "cancelled": ({"n": {}}, {"n": {"status": "cancelled"}}, -100),
    "amount_edited": ({"n": {}}, {"n": {"amount": 130}}, 30),
    "reclassified": ({"n": {}}, {"n": {"status": "draft"}}, -100),
    "owner_moved": ({"n": {}}, {"n": {"region": "west"}}, -100),
    "day_moved": ({"n": {}}, {"n": {"day": "2026-04-02"}}, -100),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_record_is_told_as_what_happened_to_it(kind):
    before, after, by = CASES[kind]
    common = {"day": "2026-03-05", "region": "shanghai", "status": "open", "amount": 100}
    was, now = (records(dataset(), *(common | {"id": name} | row for name, row in rows.items())) for rows in (before, after))  # fmt: skip
    found = bridge("open", "region", "shanghai", side(was, UNTIL), side(now, TODAY))
    [step] = found.steps
    assert (step.kind, step.by, [move.by for move in step.moves]) == (kind, by, [by])
    assert difference(found) == by


def test_a_record_that_is_deleted_is_cancelled_and_one_that_returns_is_new():
    some = records(dataset(), {"id": "o", "day": "2026-03-05", "region": "shanghai", "amount": 7})
    gone = bridge("amount", "company", "company", side(some, UNTIL), side([], TODAY))
    back = bridge("amount", "company", "company", side([msgspec.structs.replace(some[0], void=True)], UNTIL), side(some, TODAY))  # fmt: skip
    assert [(step.kind, step.by) for step in (*gone.steps, *back.steps)] == [("cancelled", -7), ("new", 7)]


def test_another_meaning_is_a_step_of_its_own():
    some = records(dataset(), {"id": "a", "day": "2026-03-05", "status": "hold", "amount": 7})
    found = bridge("open", "company", "company", side(some, UNTIL), side(some, TODAY, LATER))
    assert [(step.kind, step.by, step.moves) for step in found.steps] == [("definition_changed", -7, ())]


def test_a_number_that_is_no_number_has_moves_and_no_amounts():
    some = records(dataset(), {"id": "a", "day": "2026-03-05", "amount": 7})
    found = bridge("mean", "company", "company", side([], UNTIL), side(some, TODAY))
    assert (found.start, found.end) == (None, 7)
    assert [(step.kind, step.by, len(step.moves)) for step in found.steps] == [("arrived_late", None, 1)]


def test_a_record_of_the_earlier_period_tells_that_the_period_moved_on():
    both = records(
        dataset(), {"id": "a", "day": "2026-03-05", "amount": 7}, {"id": "b", "day": "2026-02-05", "amount": 9}
    )
    march, february = (msgspec.structs.replace(side(both, TODAY), at=at) for at in (month_to(TODAY), At((date(2026, 2, 1), date(2026, 2, 28)))))  # fmt: skip
    found = bridge("amount", "company", "company", february, march)
    assert [(step.kind, step.by) for step in found.steps] == [("period_moved", -9), ("new", 7)]


WINDOWS = release(
    dataset(),
    *METRICS,
    metric("rolling", of="amount", over={"days": 9}),
    metric("year", of="amount", over="year"),
    metric("against", of="amount", compared="last_period", **{"as": "difference"}),
    metric("times", of="lines", compared="last_period", **{"as": "ratio"}),
    metric("mixed", formula="rolling / amount + share"),
)


def windowed(found: list[Record], last: date) -> Side:
    return Side(
        at=month_to(last),
        records={"orders": found},
        places={"orders": Places(dataset(), ORG, TODAY)},
        ready=ready(WINDOWS, tuple(WINDOWS.metrics), CALENDAR),
    )


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**9), st.sampled_from(PLACES), st.sampled_from(["rolling", "year", "against", "times", "mixed"])
)
def test_the_steps_of_a_window_add_up_exactly(seed, place, name):
    before, after = histories(seed)
    found = bridge(name, *place, windowed(before, UNTIL), windowed(after, TODAY))
    if found.start is not None and found.end is not None:
        assert sum(step.by for step in found.steps) == difference(found)
        if name in ("rolling", "year"):
            assert all(sum(move.by for move in step.moves) == step.by for step in found.steps)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(PLACES), st.booleans())
def test_groups_add_up_to_the_difference_exactly(seed, place, is_redefined):
    before, after = histories(seed)
    earlier, later = side(before, UNTIL), side(after, TODAY, LATER if is_redefined else DOCUMENTS)
    for each in METRICS:
        found = drivers(each.name, *place, earlier, later, lambda _, record: record.values["customer"])
        if found.start is None or found.end is None:
            assert {driver.by for driver in found.groups} <= {None}
        else:
            assert sum(driver.by for driver in found.groups) + found.definition == found.end - found.start


def test_a_record_that_changes_its_group_leaves_one_and_joins_the_other():
    was, now = (records(dataset(), {"id": "o", "day": "2026-03-05", "amount": 7, "customer": name}) for name in ("c1", "c2"))  # fmt: skip
    found = drivers("amount", "company", "company", side(was, UNTIL), side(now, TODAY), lambda _, record: record.values["customer"])  # fmt: skip
    assert {driver.group: driver.by for driver in found.groups} == {"c1": -7, "c2": 7}
