"""A measure of every aggregate, and partial results of it."""

from hypothesis import strategies as st

from engine.expression.context import Trouble
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import Partial
from engine.metrics.shape import Shape

_MONEY, _NUMBER = Shape(unit="money"), Shape(unit="number")
MEASURES = tuple(
    Measure(name="m", dataset="d", aggregate=aggregate, shape=shape, trouble=Trouble())  # type: ignore[arg-type]
    for aggregate, shape in (
        ("sum", _MONEY), ("sum", _NUMBER), ("count", Shape(unit="count")), ("count_distinct", Shape(unit="count")),
        ("average", _MONEY), ("average", _NUMBER), ("minimum", _NUMBER), ("maximum", _MONEY), ("last", _NUMBER),
    )
)  # fmt: skip

_units = st.integers(-(10**15), 10**15)
_floats = st.floats(-1e12, 1e12)
_tagged = st.tuples(st.just("number"), _floats.map(lambda each: each + 0.0))
_texts = st.tuples(st.just("text"), st.sampled_from("abcdef"))
_moments = st.integers(1, 28).map(lambda day: f"2026-03-{day:02}")


def contributions(measure: Measure) -> st.SearchStrategy[Contribution | None]:
    """What one record may add."""
    of_kind: dict[str, st.SearchStrategy[Contribution]] = {
        "sum": _units if measure.shape.is_money else _floats,
        "average": _units if measure.shape.is_money else _floats,
        "count": st.just(1),
        "count_distinct": _texts,
        "minimum": _tagged,
        "maximum": st.tuples(st.just("units"), _units),
        "last": st.tuples(st.tuples(_moments, st.tuples(_texts)), _tagged),
    }
    return st.none() | of_kind[measure.aggregate]


def partials(measure: Measure) -> st.SearchStrategy[Partial]:
    return st.lists(contributions(measure), max_size=4).map(measure.partial)
