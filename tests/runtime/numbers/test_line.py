"""One spot's month, reworked where it changed, against adding everything up again."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.aggregate import Measure, merged
from engine.metrics.partial import Partial
from engine.metrics.shape import Shape
from runtime.numbers.line import Stored, number_of, partial_of, rework, text_of
from tests.runtime.numbers.measures import MEASURES, partials

FIRST = date(2026, 3, 1)
SPOT = ("m", "company", "company")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def month_of(measure: Measure, days: dict[date, Partial]) -> dict[date, Stored]:
    """Every cell, each month to date added up from the start."""
    return {
        at: Stored(
            f"{at}", text_of(partial), number_of(merged(measure, (days[one] for one in sorted(days) if one <= at)))
        )
        for at, partial in days.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rework_gives_the_month_that_adding_everything_up_gives(data: st.DataObject) -> None:
    measure = data.draw(st.sampled_from(MEASURES))
    days = st.dictionaries(st.integers(0, 9).map(day), partials(measure), max_size=7)
    before, after = data.draw(days), data.draw(days)
    touched = {at for at in {*before, *after} if before.get(at) != after.get(at)} | {day(9)}
    fresh = {at: partial for at, partial in after.items() if at in touched}
    stored = month_of(measure, before)
    work = rework(SPOT, measure, stored, fresh, sorted(touched))
    month = {at: (cell.partial, cell.number) for at, cell in stored.items()}
    if work is not None:
        month = {at: cell for at, cell in month.items() if stored[at].id not in work.gone}
        month |= {cell.day: (cell.partial, cell.number) for cell in work.cells}
    assert month == {at: (cell.partial, cell.number) for at, cell in month_of(measure, after).items()}
    if before == after:
        assert work is None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_partial_comes_back_from_its_text(data: st.DataObject) -> None:
    partial = data.draw(partials(data.draw(st.sampled_from(MEASURES))))
    assert partial_of(text_of(partial)) == partial


def test_what_changes_inside_only_moves_no_number() -> None:
    distinct = next(measure for measure in MEASURES if measure.aggregate == "count_distinct")
    one, other = distinct.partial([("text", "a")]), distinct.partial([("text", "b")])
    work = rework(SPOT, distinct, month_of(distinct, {day(1): one}), {day(1): other}, [day(1)])
    assert work is not None
    assert (work.moved, work.before, work.after, len(work.cells)) == (None, 1.0, 1.0, 1)


def test_the_first_day_whose_number_moves_is_named_with_the_month_before_and_after() -> None:
    total = Measure(name="m", dataset="d", aggregate="sum", shape=Shape(unit="money"), trouble=MEASURES[0].trouble)
    month = {day(at): total.partial([10_000]) for at in (1, 4, 8)}
    work = rework(SPOT, total, month_of(total, month), {day(4): total.partial([30_000])}, [day(4)])
    assert work is not None
    assert (work.moved, work.before, work.after) == (day(4), 3.0, 5.0)
    assert [cell.day for cell in work.cells] == [day(4), day(8)]
