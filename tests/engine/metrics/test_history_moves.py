"""History as organised now: on every past day records count where their owners were on that day, not where they are at the end."""

from datetime import date, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.history import History
from engine.org import Org
from engine.records.record import Record
from schema_defs.organisation import Person, Region
from tests.engine.metrics.world import CALENDAR, computed, dataset, metric, records, release

FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=offset) for offset in range(14)]
OWNED = dataset(region=None, attribution="now")
SPLIT = dataset(
    region=None,
    attribution="now",
    owner={"people": "seller", "share": "share"},
    fields={"id": "text", "day": "date", "seller": "text", "share": "text", "amount": {"type": "money"}},
    void=None,
)
METRICS = (metric("amount", value="amount"), metric("lines", aggregate="count"))


def organisation(rng: Random) -> Org:
    """Three people who come, go and move."""
    regions = [Region(key="east"), Region(key="shanghai", parent="east"), Region(key="west")]
    people = []
    for key in ("s01", "s02", "s03"):
        days = sorted(rng.sample(DAYS, 2))
        stays = [{"region": rng.choice(["shanghai", "west"]), "from": day} for day in (date(2025, 1, 1), *days)]
        left = rng.choice([None, None, rng.choice(DAYS)])
        people.append(msgspec.convert({"key": key, "region": stays, "left": left}, Person))
    return Org(regions, people)


def versions(rng: Random, *, split: bool) -> list[Record]:
    rows = []
    for _ in range(16):
        day = rng.choice(DAYS)
        moment = datetime.combine(day, datetime.min.time(), CALENDAR.tz) + timedelta(hours=rng.randrange(24 * 9))
        row = {"id": f"o{rng.randrange(8)}", "day": str(day), "seller": rng.choice(["s01", "s02", "s03"]), "amount": rng.randrange(90)}  # fmt: skip
        row |= {"seller": "s01; s02", "share": "30%; 70%"} if split and rng.random() < 0.5 else {}
        rows.append(row | {"_known_at": moment.isoformat(), "_deleted": rng.random() < 0.1})
    return records(SPLIT if split else OWNED, *rows)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_any_past_day_equals_a_computation_of_that_day(seed: int, split: bool) -> None:
    rng = Random(seed)
    org, rows, documents = organisation(rng), versions(rng, split=split), release(SPLIT if split else OWNED, *METRICS)
    asked = History(documents, {"orders": rows}, org, CALENDAR, ("amount", "lines"), "region")
    before: dict[tuple[str, str, date], float | None] = {}
    for known in DAYS:
        found = computed(
            documents, {"orders": rows}, "amount,lines", by="day", scope="region", known=CALENDAR.closing(known), today=known, org=org
        )  # fmt: skip
        whole = {(row.metric, row.key, date.fromisoformat(row.period)): float(row.value or 0) for row in found.rows}  # type: ignore[arg-type]
        late = asked.late_days(known)
        for name in ("amount", "lines"):
            for key in ("east", "shanghai", "west"):
                for day in DAYS:
                    value = asked.on_day(name, key, day, known)
                    assert value == whole.get((name, key, day), 0.0), (name, key, day, known)
                    spot = name, key, day
                    assert day >= known or value == before.get(spot, 0.0) or day in late.get(key, ()), (spot, known)
                    before[spot] = value


@pytest.mark.parametrize(("known", "key"), [(date(2026, 3, 9), "shanghai"), (date(2026, 3, 10), "west")])
def test_before_a_move_the_numbers_stand_where_the_owner_was(known: date, key: str) -> None:
    stays = [{"region": "shanghai", "from": date(2025, 1, 1)}, {"region": "west", "from": date(2026, 3, 10)}]
    org = Org([Region(key="shanghai"), Region(key="west")], [msgspec.convert({"key": "s01", "region": stays}, Person)])
    rows = records(OWNED, {"seller": "s01", "amount": 5}, {"seller": "s01", "amount": 7, "day": "2026-03-13"})
    asked = History(release(OWNED, *METRICS), {"orders": rows}, org, CALENDAR, ("amount",), "region")
    found = {each: asked.to_date("amount", each, FIRST, known) for each in ("shanghai", "west")}
    assert found == {"shanghai": 0.0, "west": 0.0} | {key: 5.0}
    assert asked.late_days(date(2026, 3, 10)).keys() == {"shanghai", "west"}
