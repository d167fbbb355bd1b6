"""Conditions that can never hold, or never fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks.satisfiable import outcomes
from engine.expression import Context, row_function
from engine.rules.names import read_rule_text

BOTH, ALWAYS, NEVER = frozenset({True, False}), frozenset({True}), frozenset({False})


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("attainment < 0.8", BOTH),
        ("attainment < 0.5 and attainment > 0.8", NEVER),
        ("attainment > 0.5 or attainment < 0.8", ALWAYS),
        ("attainment < 0.8 and pace > attainment", BOTH),
        ("attainment < pace and pace < attainment", NEVER),
        ("attainment < pace and pace < gap and gap < attainment", NEVER),
        ("0.5 < attainment < 0.6", BOTH),
        ("0.6 < attainment < 0.5", NEVER),
        ("not (attainment < -1) and attainment < -1", NEVER),
        ("attainment < 0.8 * pace", None),
        ("attainment is None", None),
        ("gap in [1, 2]", None),
    ],
)
def test_what_a_condition_can_be(text: str, possible: frozenset[bool] | None) -> None:
    assert outcomes(read_rule_text(text)) == possible


NUMBERS = st.sampled_from(["-1", "0", "0.5", "2"])
SIDES = st.one_of(st.sampled_from(["pace", "gap"]), NUMBERS)
ATOMS = st.tuples(SIDES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), SIDES).map(" ".join)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=5,
)
VALUES = st.sampled_from([-2.0, -1.0, -0.7, 0.0, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0])


@given(CONDITIONS, VALUES, VALUES)
@settings(max_examples=60, deadline=None)
def test_no_values_give_a_truth_that_was_ruled_out(text: str, pace: float, gap: float) -> None:
    condition = read_rule_text(text)
    possible = outcomes(condition)
    assert possible is not None
    assert row_function(condition, Context())({"pace": pace, "gap": gap}) in possible
