"""The second, small company of the demo: a few sales on every working day."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from engine.calendar import WorkCalendar
from runtime.demo.orders import Change, Row

SELLERS = (("h1", "city", 1.0), ("h2", "city", 1.1), ("h3", "port", 0.8), ("h4", "port", 0.5))
USUAL = 1700.0
"""What one sale brings, in SGD."""


def sales_of(seed: int, calendar: WorkCalendar, day: date) -> Iterator[Change]:
    """The sales of a day; a day off has none."""
    if not calendar.is_working(day):
        return
    for seller, region, strength in SELLERS:
        rng = random.Random(f"{seed}:{day}:{seller}")
        for number in range(rng.choice((1, 2, 3))):
            at = datetime.combine(day, time(9, 30), calendar.tz) + timedelta(minutes=rng.randint(0, 450))
            row: Row = {
                "sale": f"H{day:%y%m%d}-{seller}-{number + 1}", "sold_on": day.isoformat(), "seller": seller,
                "region": region, "amount": round(USUAL * strength * rng.lognormvariate(0, 0.35), 2),
            }  # fmt: skip
            yield Change(at=at, stream="sales", row=row)
