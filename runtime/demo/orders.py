"""What the ERP writes down: orders, and what becomes of them (late, edited, reclassified, moved, cancelled, returned, paid)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal

import msgspec

from engine.calendar import WorkCalendar
from runtime.demo.world import HIGH_MARGIN_GROUPS, MONTH_WEIGHTS, PRODUCTS, YEAR_TOTAL, Seller, World

Stream = Literal["order_lines", "payments", "sales"]
LONGEST_FATE = 75
"""Days after which nothing happens to an order any more."""

_FATES = (
    ("late", 0.05),
    ("cancelled", 0.02),
    ("returned", 0.015),
    ("reclassified", 0.012),
    ("edited", 0.015),
    ("moved", 0.006),
)


class Change(msgspec.Struct, frozen=True):
    """A row as the ERP writes it at a moment; the same key again is a newer version of the record."""

    at: datetime
    stream: Stream
    row: dict[str, str | float | None]


def changes_between(world: World, calendar: WorkCalendar, after: datetime, until: datetime) -> list[Change]:
    """Every change that becomes known after `after` and up to and including `until`, in the order of time."""
    day, found = after.date() - timedelta(days=LONGEST_FATE), []
    while day <= until.date():
        if calendar.is_working(day):
            found += [change for change in day_changes(world, calendar, day) if after < change.at <= until]
        day += timedelta(days=1)
    return sorted(found, key=lambda change: (change.at, change.stream, str(change.row)))


def day_changes(world: World, calendar: WorkCalendar, day: date) -> Iterator[Change]:
    """All that the orders of a working day give rise to, then and later, in no order."""
    usual = YEAR_TOTAL * MONTH_WEIGHTS[day.month - 1] / sum(MONTH_WEIGHTS) / _working_days_of_month(calendar, day)
    for seller in world.sellers:
        rng = world.rng(day, seller.key)
        for number in range(_how_many(rng, world.orders_per_day)):
            expected = usual * seller.share / world.orders_per_day * world.strength(seller.region, day)
            yield from _order(world, calendar, rng, seller, day, number, expected)


def _working_days_of_month(calendar: WorkCalendar, day: date) -> int:
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return max(1, calendar.working_days(first, last))


def _how_many(rng: Random, mean: float) -> int:
    whole = int(mean)
    return whole + (rng.random() < mean - whole)


def _order(
    world: World, calendar: WorkCalendar, rng: Random, seller: Seller, day: date, number: int, expected: float
) -> Iterator[Change]:
    order = f"SO{day:%y%m%d}-{seller.key.upper()}-{number + 1}"
    customer, at = rng.choice(world.customers), _moment(calendar, rng, day)
    lines = [_line(rng, seller, order, line + 1, day, customer, expected) for line in range(rng.choice((1, 2, 2, 3)))]
    for row in lines:
        yield from _fate(world, calendar, rng, at, row)
    yield from _payment(
        calendar, rng, at, order, seller, day, customer, sum(float(row["amount"] or 0) for row in lines)
    )


def _line(
    rng: Random, seller: Seller, order: str, line: int, day: date, customer: str, expected: float
) -> dict[str, str | float | None]:
    product, group = rng.choice(PRODUCTS)
    amount = round(expected / 2 * rng.lognormvariate(-0.08, 0.4), 2)
    margin = rng.uniform(0.28, 0.42) if group in HIGH_MARGIN_GROUPS else rng.uniform(0.06, 0.16)
    return {
        "order_number": order, "line": line, "order_date": day.isoformat(), "seller": seller.key, "region": seller.region,
        "customer": customer, "product": product, "material_group": group, "quantity": rng.randint(1, 12),
        "status": "open", "amount": amount, "cost": round(amount * (1 - margin), 2),
    }  # fmt: skip


def _fate(
    world: World, calendar: WorkCalendar, rng: Random, at: datetime, row: dict[str, str | float | None]
) -> Iterator[Change]:
    chance, fate = rng.random(), None
    for name, share in _FATES:
        if chance < share:
            fate = name
            break
        chance -= share
    if fate == "late":
        at = _moment(calendar, rng, at.date() + timedelta(days=rng.randint(1, 3)))
    yield Change(at=at, stream="order_lines", row=row)
    if fate is None or fate == "late":
        return
    later = _moment(calendar, rng, at.date() + timedelta(days=rng.randint(1, 20)))
    yield Change(at=later, stream="order_lines", row=row | _edit(world, rng, fate, row))


def _edit(world: World, rng: Random, fate: str, row: dict[str, str | float | None]) -> dict[str, str | float | None]:
    if fate in ("cancelled", "returned"):
        return {"status": fate}
    if fate == "reclassified":
        return {"material_group": "B10" if row["material_group"] in HIGH_MARGIN_GROUPS else "A10"}
    if fate == "edited":
        return {"amount": round(float(row["amount"] or 0) * rng.uniform(0.7, 1.25), 2)}
    other = rng.choice(world.sellers)
    return {"seller": other.key, "region": other.region}


def _payment(
    calendar: WorkCalendar,
    rng: Random,
    at: datetime,
    order: str,
    seller: Seller,
    day: date,
    customer: str,
    amount: float,
) -> Iterator[Change]:
    due = day + timedelta(days=30)
    row: dict[str, str | float | None] = {
        "payment_number": f"P-{order}", "order_number": order, "due_on": due.isoformat(), "paid_on": None,
        "seller": seller.key, "region": seller.region, "customer": customer, "due_amount": round(amount, 2), "paid_amount": 0,
    }  # fmt: skip
    yield Change(at=at, stream="payments", row=row)
    if rng.random() < 0.93:
        paid_at = _moment(calendar, rng, due + timedelta(days=rng.choice((-9, -5, -3, -1, 0, 0, 0, 1, 2, 6, 18))))
        yield Change(
            at=paid_at,
            stream="payments",
            row=row | {"paid_on": paid_at.date().isoformat(), "paid_amount": round(amount, 2)},
        )


def _moment(calendar: WorkCalendar, rng: Random, day: date) -> datetime:
    """A moment of the working hours of the first working day from `day` on."""
    while not calendar.is_working(day):
        day += timedelta(days=1)
    minutes = rng.randint(0, 9 * 60 - 20)
    return datetime.combine(day, time(8, 40), tzinfo=calendar.tz) + timedelta(
        minutes=minutes, seconds=rng.randint(0, 59)
    )
