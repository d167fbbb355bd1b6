"""Numbers as known on past days, from columns, against reading every version that was valid then."""

from datetime import date, datetime, timedelta
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression.values import Value, is_number
from engine.metrics.history import History
from engine.metrics.moments import Moments
from engine.metrics.partial import value_of
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.metrics.span import Span, month_to
from engine.org import Org
from engine.records.record import Record
from engine.records.versions import timelines
from schema_defs.organisation import Person, Region
from schema_defs.release import Release
from tests.engine.metrics.world import CALENDAR, dataset, metric, records, release

FIRST = date(2026, 2, 20)
DAYS = [FIRST + timedelta(days=offset) for offset in range(40)]
SHARED = {"owner": {"people": "seller", "share": "share"}}
FIELDS = {
    "id": "text",
    "day": "date",
    "seller": "text",
    "share": "text",
    "region": "region",
    "customer": "customer",
    "status": "text",
    "amount": "money",
    "weight": "number",
    "sent": "date",
}
DATASETS = {
    "of regions": dataset(fields={**FIELDS, "seller": "person"}),
    "of owners": dataset(fields={**FIELDS, "seller": "person"}, region=None),
    "as organised now": dataset(fields={**FIELDS, "seller": "person"}, region=None, attribution="now"),
    "shared": dataset(fields=FIELDS, **SHARED),
    "shared by owners": dataset(fields=FIELDS, region=None, **SHARED),
    "shared, as organised now": dataset(fields=FIELDS, region=None, attribution="now", **SHARED),
}
BASES = {
    "amount": {"value": "amount"},
    "weight": {"value": "weight"},
    "negative": {"value": "0 - amount * 3", "where": "amount > 50"},
    "lines": {"aggregate": "count"},
    "open_lines": {"aggregate": "count", "where": "status == 'open'"},
    "customers": {"aggregate": "count_distinct", "value": "customer"},
    "amounts": {"aggregate": "count_distinct", "value": "amount"},
    "average": {"aggregate": "average", "value": "amount"},
    "average_weight": {"aggregate": "average", "value": "weight"},
    "smallest": {"aggregate": "minimum", "value": "amount"},
    "lightest": {"aggregate": "minimum", "value": "weight"},
    "largest": {"aggregate": "maximum", "value": "amount"},
    "sent": {"aggregate": "maximum", "value": "sent"},
    "latest": {"aggregate": "last", "value": "amount"},
    "latest_customer": {"aggregate": "last", "value": "customer"},
}
OTHERS = {
    "share": {"formula": "negative / amount"},
    "per_customer": {"formula": "amount / customers", "roll_up": {"regions": "none"}},
    "rolling_customers": {"of": "customers", "over": {"days": 9}},
    "rolling_largest": {"of": "largest", "over": {"days": 9}},
    "weight_change": {"of": "weight", "compared": "last_period"},
    "quarter": {"of": "amount", "over": "quarter"},
    "quarter_part": {"formula": "amount / quarter"},
}
NAMES = (*BASES, *OTHERS)
METRICS = [metric(name, **keys) for name, keys in (BASES | OTHERS).items()]


def organisation(rng: Random) -> Org:
    """Three people who come, go and move, in a tree of three levels."""
    regions = [Region(key="china"), Region(key="east", parent="china"), Region(key="shanghai", parent="east"), Region(key="west")]  # fmt: skip
    people = []
    for key in ("s01", "s02", "s03"):
        days = sorted(rng.sample(DAYS, 2))
        stays = [{"region": rng.choice(["shanghai", "west"]), "from": day} for day in (None, *days)]
        left = rng.choice([None, None, rng.choice(DAYS)])
        people.append(msgspec.convert({"key": key, "region": stays, "left": left}, Person))
    return Org(regions, people)


def versions(rng: Random, kind: str, count: int = 40) -> list[Record]:
    """Late rows, edits, moves between regions, people and days, cancellations, tombstones, several versions of one moment."""
    rows = []
    for _ in range(count):
        day = rng.choice(DAYS)
        row = {
            "id": f"o{rng.randrange(count // 2)}",
            "day": str(day),
            "seller": rng.choice(["s01", "s02", "s03", "s09", ""]),
            "region": rng.choice(["shanghai", "east", "west", "mars", ""]),
            "customer": rng.choice(["a", "b", "c", ""]),
            "status": rng.choice(["open", "open", "shipped", "cancelled"]),
            "amount": rng.choice(["", str(rng.randrange(10_000) / 100), "100"]),
            "weight": rng.choice([0.1, 0.2, 1e15, -3.0, 1e-3, 1e300, -1e300, 5e-324, rng.random(), ""]),
            "sent": rng.choice(["", str(day)]),
        }
        if "shared" in kind and rng.random() < 0.6:
            row |= {"seller": "s01; s02", "share": rng.choice(["30%; 70%", "0.1; 0.2"])}
        if rng.random() < 0.8:
            moment = datetime.combine(day, datetime.min.time(), CALENDAR.tz) + timedelta(
                hours=6 * rng.randrange(-8, 80)
            )
            row |= {"_known_at": moment.isoformat(), "_deleted": rng.random() < 0.1}
        rows.append(row)
    return records(DATASETS[kind], *rows)


def naive(
    documents: Release, rows: list[Record], org: Org, scope: str, name: str, key: str, day: date, known: date
) -> Value:
    """By the versions that were the last ones known at the close of `known`, read one by one."""
    metrics, dataset = ready(documents, [name], CALENDAR), documents.datasets["orders"]
    places = Places(dataset, org, known)
    found = []
    for of_one in timelines(rows, CALENDAR).values():
        before = [record for since, record in of_one if since <= CALENDAR.closing(known)]
        found += [before[-1]] if before and before[-1].counts else []

    def read(base: str, span: Span) -> Value:
        measure = metrics.measures[base]
        mine = [(record, share) for record in found for at, share in places.of(record, scope) if at == key]  # type: ignore[arg-type]
        inside = [(record, share) for record, share in mine if span[0] <= record.day <= span[1]]
        return value_of(measure.partial(measure.contribution(record, share) for record, share in inside))

    if not metrics.has_total(name, scope, key, org):  # type: ignore[arg-type]
        return None
    value = metrics.value_at(name, month_to(day), read)
    return float(value) if is_number(value) else None  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("kind", DATASETS)
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["region", "person", "company"]), st.randoms(use_true_random=False))
def test_columns_give_what_reading_the_valid_versions_gives(kind: str, seed: int, scope: str, random: Random) -> None:
    rng = Random(seed)
    org, rows, documents = organisation(rng), versions(rng, kind), release(DATASETS[kind], *METRICS)
    asked = History(documents, {"orders": rows}, org, CALENDAR, NAMES, scope)  # type: ignore[arg-type]
    keys = (*asked.keys(), "nobody")
    known = sorted(random.choices(range(-3, 75), k=30))
    moments = Moments(
        keys,
        np.array([random.randrange(len(keys)) for _ in known]),
        np.array([FIRST.toordinal() + random.randrange(-3, 45) for _ in known]),
        np.array([FIRST.toordinal() + offset for offset in known]),
    )
    at_once = {name: values.tolist() for name, values in asked.all_to_date(moments).items()}
    questions = list(enumerate(moments))
    random.shuffle(questions)
    for row, (key, day, known_on) in questions:
        for name in random.sample(NAMES, 8):
            expected = naive(documents, rows, org, scope, name, key, day, known_on)
            place = (name, key, day, known_on)
            assert asked.to_date(name, key, day, known_on) == expected, place
            found = at_once[name][row]
            assert (None if found != found else found) == expected, place  # not a number


@pytest.mark.parametrize("kind", ["of regions", "shared, as organised now"])
@settings(max_examples=2, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([NAMES, tuple(BASES)]))
def test_late_days_name_every_earlier_day_whose_number_changed(kind: str, seed: int, names: tuple[str, ...]) -> None:
    rng = Random(seed)
    org, rows, documents = organisation(rng), versions(rng, kind, 20), release(DATASETS[kind], *METRICS)
    asked, fresh = (History(documents, {"orders": rows}, org, CALENDAR, names, "region") for _ in range(2))
    keys, days = ("china", "shanghai", "west"), [day for day in DAYS[::4] for _ in range(3)]
    codes, ordinals = np.arange(len(days)) % 3, np.array([day.toordinal() for day in days])
    before: dict[str, np.ndarray] = {}
    for known in (FIRST + timedelta(days=offset) for offset in range(60)):
        late = asked.late_days(known)
        now = fresh.all_to_date(Moments(keys, codes, ordinals, np.full(len(days), known.toordinal())))
        for name in names if before else ():
            for row in np.flatnonzero((now[name] != before[name]) & ~(np.isnan(now[name]) & np.isnan(before[name]))):
                key, day = keys[codes[row]], days[row]
                assert day >= known or day in late.get(key, ()), (name, key, day, known)
        before = now
