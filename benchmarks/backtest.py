"""P7: a rule over 14 regions and 366 days on a million records, many of them late, edited, moved or cancelled.

python -m benchmarks.backtest [--rows 1000000] [--rounds 5] [--profile]

The versions lie in memory as columns before any time is taken. First the numbers that the rule is judged on are compared with
DuckDB, which picks from all versions the last one of each key that was known at a close: every region, at sampled closes, for
the day itself and for earlier days. What the backtest needs at the least is

- the recompute: every metric that the rule reads by region and day, once, as known today, from the same columns;
- and the corrections: the same numbers month to date as they were known at the close of every judged day, and again for every
  earlier day whose number changed with what became known.

The goal is that the whole backtest (with judging, folding the states, and who would have been told) takes at most twice
these two together.
"""

import argparse
import cProfile
import gc
import importlib.util
import pstats
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from engine.calendar import calendar_of
from engine.expression.columns import Column, numbers
from engine.metrics.facts import facts_of
from engine.metrics.grouping import grouped
from engine.metrics.moments import Moments
from engine.metrics.places import Places
from engine.metrics.ready import ready
from engine.metrics.together import all_totals, with_derived
from engine.org import org_of
from engine.records.table import Table
from engine.records.version_table import NEVER, VersionTable
from engine.rules.backtest import backtest
from engine.rules.facts import metrics_of, reads_of
from engine.rules.judge import Judge
from engine.rules.past_numbers import Given, PastNumbers, PlanTargets
from engine.targets.plan import targets_of
from schema_defs.loader import load_text
from schema_defs.rule import Rule

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
REGIONS = tuple(f"region{number:02}" for number in range(14))
CATEGORIES = ("bikes", "clothing", "components", "accessories", "service", "parts")
CUSTOMERS = 5_000
LATE, EDITED, MOVED, CANCELLED = 0.06, 0.04, 0.01, 0.02
WEIGHTS = {key: {"weight": 1} for key in REGIONS}
DOCUMENTS = f"""
kind: organisation
name: company
regions: {[{"key": key, "manager": "m01"} for key in REGIONS]}
people: [{{key: m01, roles: [manager]}}]
---
kind: dataset
name: orders
key: id
time: day
region: region
fields: {{id: text, day: date, region: region, amount: money, category: text, customer: customer, status: text}}
void: status == 'cancelled'
---
{{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount}}
---
{{kind: metric, name: high_margin, dataset: orders, aggregate: sum, value: amount, where: "category in ['bikes', 'service']"}}
---
{{kind: metric, name: high_margin_share, formula: high_margin / amount}}
---
{{kind: metric, name: customers, dataset: orders, aggregate: count_distinct, value: customer}}
---
kind: plan
name: year
metric: amount
year: 2024
total: 5600000000
regions: {WEIGHTS}
"""
RULES = {
    "attainment, pace and a share": {"when": "attainment < 0.8 * pace and high_margin_share < 0.34", "recover_when": "attainment >= 0.9 * pace"},
    "the same, and customers": {"when": "attainment < 0.8 * pace and customers < 2000", "recover_when": "attainment >= 0.9 * pace"},
}  # fmt: skip


def made(rows: int) -> dict[str, np.ndarray]:
    """All versions, the same every time, those of one key behind each other: since which close each is known, and what it says."""
    rng = np.random.default_rng(20261124)
    key, day = np.arange(rows), np.sort(rng.integers(0, 366, rows)) + FIRST.toordinal()
    wave = 1.0 + 0.5 * np.sin(day / 20.0 + np.arange(rows) % 14)
    first = {
        "key": key,
        "day": day,
        "known": day + np.where(rng.random(rows) < LATE, rng.integers(1, 40, rows), 0),
        "region": rng.integers(0, len(REGIONS), rows),
        "units": (rng.integers(1, 100_000_000, rows) * wave).astype(np.int64),
        "category": rng.integers(0, len(CATEGORIES), rows),
        "customer": rng.integers(0, CUSTOMERS, rows),
        "cancelled": np.zeros(rows, dtype=bool),
    }
    again = np.flatnonzero(rng.random(rows) < EDITED + MOVED + CANCELLED)
    second = {name: column[again] for name, column in first.items()}
    what = rng.random(len(again)) * (EDITED + MOVED + CANCELLED)
    second["known"] = second["known"] + rng.integers(1, 60, len(again))
    second["units"] = np.where(what < EDITED, rng.integers(1, 100_000_000, len(again)), second["units"])
    moved = (what >= EDITED) & (what < EDITED + MOVED)
    second["region"] = np.where(moved, (second["region"] + 1) % len(REGIONS), second["region"])
    second["cancelled"] = what >= EDITED + MOVED
    both = {name: np.concatenate([first[name], second[name]]) for name in first}
    order = np.lexsort((both["known"], both["key"]))
    return {name: column[order] for name, column in both.items()}


def versions(arrays: dict[str, np.ndarray], dataset) -> VersionTable:
    """As a column store keeps them: a version ends where the next one of its key begins."""
    same = np.append(arrays["key"][1:] == arrays["key"][:-1], False)
    until = np.where(same, np.append(arrays["known"][1:], 0), NEVER)
    counts = np.flatnonzero(~arrays["cancelled"])
    own = {name: column[counts] for name, column in arrays.items()}
    columns = {
        "amount": numbers(own["units"] / 10_000),
        "category": Column("text", own["category"].astype(np.int32), None, CATEGORIES),
        "customer": Column("text", own["customer"].astype(np.int32), None, tuple(f"c{n}" for n in range(CUSTOMERS))),
    }
    regions = Column("text", own["region"].astype(np.int32), None, REGIONS)
    table = Table(dataset, (), columns, own["day"], regions=regions)
    return VersionTable(table, own["known"], until[counts], int(own["day"].min()))


class World:
    """The columns, the documents, and one rule."""

    def __init__(self, rows: int, conditions: dict[str, str]) -> None:
        self.arrays = made(rows)
        self.release = load_text(DOCUMENTS, "company.yaml", one=False).release
        self.calendar, self.org = calendar_of(self.release.calendar), org_of(self.release.organisation)
        plan = self.release.plans["year"]
        self.versions = versions(self.arrays, self.release.datasets["orders"])
        self.given = Given(
            release=self.release,
            org=self.org,
            calendar=self.calendar,
            records={"orders": self.versions},
            targets=(PlanTargets(plan, targets_of(plan, self.release, self.org, self.calendar)),),
        )
        self.rule = Rule(name="behind", metric="amount", for_=3, **conditions)
        reads = reads_of(Judge(self.rule).names, "amount", self.release.metrics)
        self.metrics = tuple(sorted(metrics_of(reads, self.release)))
        self.today = _valid(self.versions)

    def recompute(self) -> int:
        """Every metric by region and day as known today; how many groups."""
        metrics = ready(self.release, self.metrics, self.calendar)
        grouping = grouped(self.today, Places(self.today.dataset, self.org, LAST), "region", date.isoformat)
        expressions = [
            each for of in metrics.measures.values() for each in (of.value_expression, of.where_expression) if each
        ]
        facts = facts_of(self.today, grouping, frozenset().union(*(each.names for each in expressions)))
        with_derived(metrics, all_totals(list(metrics.measures.values()), facts), len(facts))
        return len(facts)

    def corrections(self) -> int:
        """The numbers as known at every close, of its day and of the earlier days that changed; how many."""
        past, count = PastNumbers(self.given, self.metrics), 0
        for moments in self.moments(past):
            past.all_actual("region", moments)
            count += len(moments)
        return count

    def moments(self, past: PastNumbers, at_once: int = 16) -> Iterator[Moments]:
        """What is judged, some closes at a time."""
        history, width = past.history("region"), 400
        is_working = np.array([self.calendar.is_working(day) for day in _days()])
        for first in range(0, 366, at_once):
            found, known = [], []
            for offset in range(first, min(first + at_once, 366)):
                close = FIRST.toordinal() + offset
                runs = [(REGIONS.index(key), *days) for key, days in history.late(close)]
                runs += [(code, close, close) for code in range(len(REGIONS))]
                places = [code * width + np.arange(start, end + 1) - FIRST.toordinal() for code, start, end in runs]
                judged = np.unique(np.concatenate(places))
                found.append(judged[is_working[judged % width]])
                known.append(np.full(len(found[-1]), close))
            places = np.concatenate(found)
            yield Moments(REGIONS, places // width, places % width + FIRST.toordinal(), np.concatenate(known))

    def replayed(self) -> int:
        """The whole backtest; its lines."""
        return len(list(backtest(self.rule, self.given, FIRST, LAST)))


def _days() -> list[date]:
    return [date.fromordinal(FIRST.toordinal() + offset) for offset in range(366)]


def _valid(given: VersionTable) -> Table:
    rows = np.flatnonzero(given.until == NEVER)
    columns = {name: given.table.column(name).take(rows) for name in ("amount", "category", "customer")}
    return Table(given.table.dataset, (), columns, given.table.days[rows], regions=given.table.regions().take(rows))


AS_KNOWN = """
with newest as (
  select * from versions where known <= $known qualify row_number() over (partition by key order by known desc) = 1)
select region, coalesce(sum(units), 0)::bigint, coalesce(sum(units) filter (where category in (0, 4)), 0)::bigint,
       count(distinct customer)
from newest where not cancelled and day between $first and $day group by region order by region
"""


def verify(world: World, closes: int = 12) -> int:
    """Compares the numbers of sampled closes with DuckDB's, to the unit; how many."""
    import duckdb

    connection = duckdb.connect()
    connection.register("given", dict(world.arrays))
    connection.execute("create table versions as select * from given")
    names, rng, count = ("amount", "high_margin", "customers"), np.random.default_rng(7), 0
    past = PastNumbers(world.given, names)
    for close in sorted(rng.choice(np.arange(20, 366), closes, replace=False).tolist()):
        for back in (0, 1, int(rng.integers(2, 45))):
            known, day = FIRST.toordinal() + close, max(FIRST.toordinal(), FIRST.toordinal() + close - back)
            first = date.fromordinal(day).replace(day=1).toordinal()
            there = connection.execute(AS_KNOWN, {"known": known, "day": day, "first": first}).fetchnumpy()
            codes = np.arange(len(REGIONS))
            moments = Moments(REGIONS, codes, np.full(len(codes), day), np.full(len(codes), known))
            here = past.all_actual("region", moments)
            expected = np.zeros((3, len(REGIONS)))
            regions, *columns = (np.ma.filled(column, 0) for column in there.values())
            expected[:, regions] = [columns[0] / 10_000, columns[1] / 10_000, columns[2]]
            for name, numbers_there in zip(names, expected, strict=True):
                assert np.array_equal(here[name], numbers_there), (name, date.fromordinal(day), date.fromordinal(known))
                count += len(codes)
    return count


def timed(run: Callable[[], int]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(name: str, world: World, rounds: int) -> None:
    """Prints the medians and the ratios of one rule."""
    runs = {"recompute": world.recompute, "corrections": world.corrections, "backtest": world.replayed}
    counts = {each: run() for each, run in runs.items()}
    times: dict[str, list[float]] = {each: [] for each in runs}
    for _ in range(rounds):
        for each, run in runs.items():
            times[each].append(timed(run))
    median = {each: statistics.median(found) for each, found in times.items()}
    pairs = zip(*times.values(), strict=True)
    ratio = statistics.median(whole / (once + corrected) for once, corrected, whole in pairs)
    print(f"\n{name}: `{world.rule.when}`\n\n| what | median |\n|---|---|")
    print(
        f"| recompute, {counts['recompute']:,} groups x {len(world.metrics)} metrics, as known today | {median['recompute']:.3f} s |"
    )
    print(
        f"| corrections, {counts['corrections']:,} numbers to date as known at 366 closes | {median['corrections']:.3f} s |"
    )
    print(f"| the backtest, {counts['backtest']:,} lines | {median['backtest']:.3f} s |")
    print(
        f"\nthe backtest against what it needs: {ratio:.2f}x (against the recompute alone: {median['backtest'] / median['recompute']:.1f}x)"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="where the time of one backtest goes")
    asked = parser.parse_args()
    for place, (name, conditions) in enumerate(RULES.items()):
        world = World(asked.rows, conditions)
        if place == 0:
            late = float(np.mean(world.arrays["known"] > world.arrays["day"]))
            print(
                f"{asked.rows:,} records, {len(world.arrays['key']):,} versions, {late:.1%} of them known after their day"
            )
            if importlib.util.find_spec("duckdb"):
                print(f"{verify(world):,} numbers equal to DuckDB's, to the unit")
        compare(name, world, asked.rounds)
        if asked.profile:
            profile = cProfile.Profile()
            profile.runcall(world.replayed)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
