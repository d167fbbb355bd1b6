"""The second, small company of the demo: a few sales a day, every day of the week but Saturday and Sunday."""

import random
from datetime import datetime, time, timedelta

from engine.calendar import WorkCalendar
from runtime.demo.orders import Change

SELLERS = (("h1", "city", 1.0), ("h2", "city", 1.1), ("h3", "port", 0.8), ("h4", "port", 0.5))
USUAL = 1700.0
"""What one sale brings, in SGD."""


def sales_between(seed: int, calendar: WorkCalendar, after: datetime, until: datetime) -> list[Change]:
    """Every sale that becomes known after `after` and up to and including `until`."""
    day, found = after.date(), []
    while day <= until.date():
        if calendar.is_working(day):
            for seller, region, strength in SELLERS:
                rng = random.Random(f"{seed}:{day}:{seller}")
                for number in range(rng.choice((1, 2, 3))):
                    at = datetime.combine(day, time(9, 30), tzinfo=calendar.tz) + timedelta(minutes=rng.randint(0, 450))
                    amount = round(USUAL * strength * rng.lognormvariate(0, 0.35), 2)
                    row: dict[str, str | float | None] = {
                        "sale": f"H{day:%y%m%d}-{seller}-{number + 1}", "sold_on": day.isoformat(), "seller": seller,
                        "region": region, "amount": amount,
                    }  # fmt: skip
                    found.append(Change(at=at, stream="sales", row=row))
        day += timedelta(days=1)
    return sorted((change for change in found if after < change.at <= until), key=lambda change: change.at)
