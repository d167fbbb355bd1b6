"""What the ERP writes down: orders, and what becomes of them (late, edited, reclassified, moved, cancelled, returned, paid)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal

import msgspec

from engine.calendar import WorkCalendar
from engine.periods import month_bounds, month_of
from runtime.demo.world import HIGH_MARGIN_GROUPS, MONTH_WEIGHTS, PRODUCTS, Seller, World, year_total

Stream = Literal["order_lines", "payments", "sales"]
ORDER_STREAMS, SHOP_STREAMS = ("order_lines", "payments"), ("sales",)
"""What the large company's ERP writes, and the small one's."""
Row = dict[str, str | float | None]
LONGEST_FATE = 75
"""Days after which nothing happens to an order any more."""

_FATES = (
    ("late", 0.05), ("cancelled", 0.02), ("returned", 0.015), ("reclassified", 0.012), ("edited", 0.015), ("moved", 0.006),
)  # fmt: skip
_LOST = 0.037
"""What cancelled, returned and edited lines take from what was ordered."""
_PAID_AFTER = (-14, -9, -7, -5, -4, -3, -2, -1, -1, 0, 0, 0, 2, 9)
"""Days from the due date to the payment."""


class Change(msgspec.Struct, frozen=True):
    """A row as the ERP writes it at a moment; the same key again is a newer version of the record."""

    at: datetime
    stream: Stream
    row: Row


def day_changes(world: World, calendar: WorkCalendar, day: date) -> Iterator[Change]:
    """All that the orders of a day give rise to, then and later, in no order; a day off has no orders."""
    if not calendar.is_working(day):
        return
    first, last = month_bounds(month_of(day))
    working_day, working_days = calendar.working_days(first, day), calendar.working_days(first, last)
    usual = year_total(day.year) * MONTH_WEIGHTS[day.month - 1] / sum(MONTH_WEIGHTS) / working_days
    for seller in world.sellers:
        count = _how_many(world.orders_per_day, world.phase(seller, day), working_day)
        if count:
            rng = world.rng(day, seller.key)
            size = usual / (1 - _LOST) * seller.share / world.orders_per_day * world.strength(seller, day)
            for number in range(count):
                yield from _order(world, calendar, rng, seller, day, number + 1, size)


def _how_many(per_day: float, phase: float, working_day: int) -> int:
    """Orders come as evenly as whole orders can, so that a month is near what is expected of it."""
    return int(per_day * working_day + phase) - int(per_day * (working_day - 1) + phase)


def _order(
    world: World, calendar: WorkCalendar, rng: Random, seller: Seller, day: date, number: int, size: float
) -> Iterator[Change]:
    """An order whose lines share its amount, and its payment."""
    order: Row = {
        "order_number": f"SO{day:%y%m%d}-{seller.key.upper()}-{number}", "order_date": day.isoformat(),
        "seller": seller.key, "region": seller.region, "customer": rng.choice(world.customers),
    }  # fmt: skip
    at, parts = _moment(calendar, rng, day), [rng.uniform(0.5, 1.5) for _ in range(rng.choice((1, 2, 2, 3)))]
    total = size * rng.lognormvariate(-0.03, 0.25)
    lines = [_line(rng, order, line + 1, total * part / sum(parts)) for line, part in enumerate(parts)]
    for row in lines:
        yield from _fate(world, calendar, rng, at, row)
    yield from _payment(calendar, rng, at, order, day, sum(float(row["amount"] or 0) for row in lines))


def _line(rng: Random, order: Row, line: int, expected: float) -> Row:
    product, group = rng.choice(PRODUCTS)
    amount = round(expected, 2)
    margin = rng.uniform(0.28, 0.42) if group in HIGH_MARGIN_GROUPS else rng.uniform(0.06, 0.16)
    return order | {
        "line": line, "product": product, "material_group": group, "quantity": rng.randint(1, 12), "status": "open",
        "amount": amount, "cost": round(amount * (1 - margin), 2),
    }  # fmt: skip


def _fate(world: World, calendar: WorkCalendar, rng: Random, at: datetime, row: Row) -> Iterator[Change]:
    fate = rng.choices(("none", *_NAMES), (1 - sum(_SHARES), *_SHARES))[0]
    if fate == "late":
        at = _moment(calendar, rng, at.date() + timedelta(days=rng.randint(1, 3)))
    yield Change(at=at, stream="order_lines", row=row)
    if fate not in ("none", "late"):
        later = _moment(calendar, rng, at.date() + timedelta(days=rng.randint(1, 20)))
        yield Change(at=later, stream="order_lines", row=row | _edit(world, rng, fate, row))


_NAMES, _SHARES = zip(*_FATES, strict=True)


def _edit(world: World, rng: Random, fate: str, row: Row) -> Row:
    if fate in ("cancelled", "returned"):
        return {"status": fate}
    if fate == "reclassified":
        return {"material_group": "B10" if row["material_group"] in HIGH_MARGIN_GROUPS else "A10"}
    if fate == "edited":
        return {"amount": round(float(row["amount"] or 0) * rng.uniform(0.7, 1.25), 2)}
    other = rng.choice(world.sellers)
    return {"seller": other.key, "region": other.region}


def _payment(
    calendar: WorkCalendar, rng: Random, at: datetime, order: Row, day: date, amount: float
) -> Iterator[Change]:
    due = day + timedelta(days=30)
    who: Row = {name: order[name] for name in ("order_number", "seller", "region", "customer")}
    row: Row = {
        **who,
        "payment_number": f"P-{order['order_number']}", "due_on": due.isoformat(), "paid_on": None,
        "due_amount": round(amount, 2), "paid_amount": 0.0,
    }  # fmt: skip
    yield Change(at=at, stream="payments", row=row)
    if rng.random() < 0.97:
        paid_at = _moment(calendar, rng, due + timedelta(days=rng.choice(_PAID_AFTER)))
        paid: Row = {"paid_on": paid_at.date().isoformat(), "paid_amount": round(amount, 2)}
        yield Change(at=paid_at, stream="payments", row=row | paid)


def _moment(calendar: WorkCalendar, rng: Random, day: date) -> datetime:
    """A moment of the working hours of the first working day from `day` on."""
    minutes = rng.randint(0, 9 * 60 - 20)
    start = datetime.combine(calendar.next_working(day), time(8, 40), calendar.tz)
    return start + timedelta(minutes=minutes, seconds=rng.randint(0, 59))
