"""The shape of a plan over the months of its year."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from engine.calendar import WorkCalendar
from engine.org import COMPANY
from engine.periods import month_bounds
from engine.targets.faults import Place, PlanError
from engine.targets.unit import exact
from schema_defs.plan import Months

History = Mapping[tuple[str, str, str], Decimal | float]
"""What a metric was in the past, by scope, key and month."""


def month_weights(
    shape: Months, months: Sequence[str], calendar: WorkCalendar, history: History | None, place: Place
) -> list[Fraction]:
    """A weight per month; `months` may be part of a year. Twelve written weights begin with the fiscal year's first month."""
    match shape:
        case "even":
            return [Fraction(1) for _ in months]
        case "working_days":
            return [Fraction(calendar.working_days(*month_bounds(month))) for month in months]
        case "history":
            return [past(history, "company", COMPANY, [a_year_before(month)], place) for month in months]
        case tuple():
            weights = [weight_of(weight, place.at(index)) for index, weight in enumerate(shape)]
            return [weights[(int(month[5:]) - calendar.fiscal_year_starts) % 12] for month in months]
        case _:
            assert_never(shape)


def weight_of(value: Decimal, place: Place) -> Fraction:
    """The weight as a rational; refused if it is negative or no finite number."""
    weight = exact(value, place)
    if weight < 0:
        raise place.refuse("negative-weight", f"权重 {value:f} 不能为负", f"the weight {value:f} must not be negative")
    return weight


def past(history: History | None, scope: str, key: str, months: Sequence[str], place: Place) -> Fraction:
    """The sum of what was in those months; months without a value count as 0, a negative sum cannot be a weight."""
    if history is None:
        raise no_history(place)
    found = [history.get((scope, key, month)) for month in months]
    total = sum((Fraction(value) for value in found if value is not None), Fraction())
    if total < 0:
        span = months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}"
        raise place.refuse(
            "negative-history",
            f"{key} 在 {span} 的历史值为负（{float(total):g}），不能作为权重",
            f"the history of {key} in {span} is negative ({float(total):g}) and cannot be a weight",
        )
    return total


def no_history(place: Place) -> PlanError:
    """`history` is written, and nothing is known of the past."""
    return place.refuse(
        "no-history",
        "需要上一年的历史数据，但没有提供",
        "the history of the year before is needed, and was not given",
    )


def a_year_before(month: str) -> str:
    """The same month a year earlier."""
    return f"{int(month[:4]) - 1:04d}{month[4:]}"


def a_year_after(month: str) -> str:
    """The same month a year later."""
    return f"{int(month[:4]) + 1:04d}{month[4:]}"
