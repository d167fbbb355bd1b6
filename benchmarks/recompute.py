"""P1, P2: six metrics by person and day over all records, by our columns against hand-written DuckDB and Polars.

python -m benchmarks.recompute [--rows 1000000,10000000] [--rounds 5]

The same rows in the same order, sorted by person and day, lie in the memory of every engine before its time is taken; amounts are whole
numbers of 0.0001 for all, so that every sum is exact. Each engine runs in a process of its own; before any
time is taken all results are compared.
"""

import argparse
import gc
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

Arrays = Mapping[str, np.ndarray]
FIRST_DAY = date(2024, 1, 1).toordinal()
GROUPS = 183_000
STATUSES = ("shipped", "open", "cancelled", "returned")
CATEGORIES = ("bikes", "clothing", "components", "accessories", "service", "parts")
CUSTOMERS = 20_000
METRICS = {
    "sales": {"aggregate": "sum", "value": "amount", "where": "status != 'cancelled'"},
    "high_margin": {
        "aggregate": "sum",
        "value": "amount",
        "where": "status != 'cancelled' and category in ['bikes', 'service']",
    },
    "orders": {"aggregate": "count", "where": "status != 'cancelled'"},
    "average_order": {"aggregate": "average", "value": "amount", "where": "status != 'cancelled'"},
    "customers": {"aggregate": "count_distinct", "value": "customer", "where": "status != 'cancelled'"},
}
RATIO = "high_margin / sales"
COLUMNS = ("sales", "high_margin", "orders", "average_order", "customers", "high_margin_share")


def made(rows: int, sellers: int) -> dict[str, np.ndarray]:
    """The same rows every time: persons and days in order, everything else at random."""
    rng = np.random.default_rng(20261124)
    days = max(1, GROUPS // sellers)
    place = np.sort(rng.integers(0, sellers * days, rows, dtype=np.int32))
    return {
        "person": (place // days).astype(np.int32),
        "day": (place % days + FIRST_DAY).astype(np.int32),
        "amount": rng.integers(1, 100_000_000, rows),
        "status": rng.choice(4, rows, p=[0.7, 0.15, 0.1, 0.05]).astype(np.int8),
        "category": rng.integers(0, len(CATEGORIES), rows, dtype=np.int8),
        "customer": rng.integers(0, CUSTOMERS, rows, dtype=np.int32),
    }


def ours(arrays: Arrays) -> Callable[[], Arrays]:
    """Facts as a column store keeps them, and the metrics as the engine runs them."""
    from engine.calendar import calendar_of
    from engine.expression.columns import Column
    from engine.metrics.facts import Facts, Money, starts_of
    from engine.metrics.ready import ready
    from engine.metrics.together import all_totals, with_derived
    from schema_defs.calendar import Calendar

    metrics = ready(_release(), list(COLUMNS), calendar_of(Calendar()))
    columns = {
        "amount": Money(arrays["amount"], int(arrays["amount"].max(initial=0))),
        "status": Column("text", arrays["status"], None, STATUSES),
        "category": Column("text", arrays["category"], None, CATEGORIES),
        "customer": Column("text", arrays["customer"], None, tuple(f"c{number}" for number in range(CUSTOMERS))),
    }
    rows = len(arrays["amount"])

    def run() -> Arrays:
        facts = Facts(rows=rows, starts=starts_of([arrays["person"], arrays["day"]], rows), columns=columns)
        totals = all_totals(list(metrics.measures.values()), facts)
        values = with_derived(metrics, totals, len(facts))
        found = {name: np.where(cells.mask, np.nan, cells.data) for name, cells in values.items()}
        return found | {
            name: totals[name].units for name in ("sales", "high_margin")
        }  # exact, before they become doubles

    return run


def _release():
    import msgspec

    from schema_defs.dataset import Dataset
    from schema_defs.metric import Metric
    from schema_defs.release import release_of

    fields = {
        "id": "text",
        "day": "date",
        "person": "person",
        "amount": "money",
        "status": "text",
        "category": "text",
        "customer": "customer",
    }
    dataset = {"kind": "dataset", "name": "orders", "key": "id", "time": "day", "owner": "person", "fields": fields}
    documents = [{"kind": "metric", "name": name, "dataset": "orders", **keys} for name, keys in METRICS.items()]
    documents.append({"kind": "metric", "name": "high_margin_share", "formula": RATIO})
    return release_of((msgspec.convert(dataset, Dataset), *(msgspec.convert(each, Metric) for each in documents)))


SQL = """
select sum(amount) filter (where status <> 2)::bigint as sales,
       sum(amount) filter (where status <> 2 and category in (0, 4))::bigint as high_margin,
       count(*) filter (where status <> 2) as orders,
       avg(amount) filter (where status <> 2) / 10000 as average_order,
       count(distinct customer) filter (where status <> 2) as customers,
       person, day
from orders group by person, day order by person, day
"""
TWO_STEPS = """
with each as (
  select person, day, customer, sum(amount) as sales, count(*) as orders,
         sum(amount) filter (where category in (0, 4)) as high_margin
  from orders where status <> 2 group by person, day, customer),
found as (
  select person, day, sum(sales)::bigint as sales, sum(high_margin)::bigint as high_margin, sum(orders)::bigint as orders,
         sum(sales) / sum(orders) / 10000 as average_order, count(*) as customers
  from each group by person, day)
select sales, high_margin, orders, average_order, customers, person, day
from (select distinct person, day from orders) left join found using (person, day) order by person, day
"""


def duckdb(sql: str, arrays: Arrays) -> Callable[[], Arrays]:
    """A table of DuckDB's own, in memory, two threads."""
    import duckdb as engine

    connection = engine.connect(config={"threads": 2})
    connection.register("given", dict(arrays))
    connection.execute("set enable_progress_bar = false")
    connection.execute("create table orders as select * from given")
    connection.unregister("given")

    def run() -> Arrays:
        return _completed(connection.execute(sql).fetchnumpy())

    return run


def polars(arrays: Arrays) -> Callable[[], Arrays]:
    """A data frame that is known to be sorted, two threads."""
    import polars as engine

    frame = engine.DataFrame(dict(arrays)).with_columns(engine.col("person").set_sorted()).lazy()
    kept = engine.col("status") != 2
    high = kept & engine.col("category").is_in([0, 4])
    query = frame.group_by("person", "day", maintain_order=True).agg(
        engine.col("amount").filter(kept).sum().alias("sales"),
        engine.col("amount").filter(high).sum().alias("high_margin"),
        kept.sum().alias("orders"),
        (engine.col("amount").filter(kept).mean() / 10000).alias("average_order"),
        engine.col("customer").filter(kept).n_unique().alias("customers"),
    )

    def run() -> Arrays:
        return _completed({name: column.to_numpy() for name, column in query.collect().to_dict(as_series=True).items()})

    return run


def _completed(found: Arrays) -> Arrays:
    """With the ratio, and nothing as zero in sums."""
    sums = {name: np.ma.filled(found[name], 0) for name in ("sales", "high_margin", "orders", "customers")}
    with np.errstate(all="ignore"):
        share = sums["high_margin"] / sums["sales"]
    average = np.ma.filled(np.ma.asarray(found["average_order"], dtype=np.float64), np.nan)
    return sums | {"average_order": average, "high_margin_share": share}


ENGINES: dict[str, Callable[[Arrays], Callable[[], Arrays]]] = {
    "ours": ours,
    "duckdb": partial(duckdb, SQL),
    "duckdb, in two steps": partial(duckdb, TWO_STEPS),
    "polars": polars,
}


def serve(engine: str, rows: int, sellers: int, results: str) -> None:
    """One engine in this process: its results into a file, a round per line that is read, at the end the most memory it took."""
    run = ENGINES[engine](made(rows, sellers))
    np.savez(results, **run())
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, flush=True)
    print(_most_memory(), flush=True)


def _most_memory() -> float:
    """MB of this process at most, since it was ready: its rows, and what it needed for the rounds."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


class Engine:
    """An engine in a process of its own, waiting for its turn."""

    def __init__(self, name: str, rows: int, sellers: int, folder: str) -> None:
        self.name = name
        self.times: list[float] = []
        self._results = f"{folder}/{name}.npz"
        asked = ["--serve", name, "--rows", str(rows), "--sellers", str(sellers), "--results", self._results]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.recompute", *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"POLARS_MAX_THREADS": "2"},
        )
        assert self._line() == "ready", name

    def results(self) -> dict[str, np.ndarray]:
        with np.load(self._results) as found:
            return {name: found[name] for name in COLUMNS}

    def turn(self) -> None:
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.times.append(float(self._line()))

    def end(self) -> float:
        """The most memory, in MB."""
        self._process.stdin.close()
        most = float(self._line())
        self._process.wait()
        return most

    def _line(self) -> str:
        return self._process.stdout.readline().strip()


def verify(engine: Engine, peer: Engine) -> int:
    """Sums and counts must be equal to the unit, averages and ratios but for the last digits of a double; the number of groups."""
    here, there = engine.results(), peer.results()
    for name in COLUMNS:
        if name in ("average_order", "high_margin_share"):
            assert np.allclose(here[name], there[name], rtol=1e-14, atol=0.0, equal_nan=True), (peer.name, name)
        else:
            assert np.array_equal(here[name], there[name]), (peer.name, name)
    return len(here["sales"])


def compare(rows: int, sellers: int, rounds: int, names: list[str]) -> float:
    """Prints the table of all engines at one size; our median."""
    with tempfile.TemporaryDirectory() as folder:
        engines = [Engine(name, rows, sellers, folder) for name in names]
        for peer in engines:
            groups = verify(engines[0], peer)
    medians = dict(zip(names, in_turn(engines, rounds), strict=True))
    best = min([median for name, median in medians.items() if name != "ours"] or [medians["ours"]])
    print(f"\n{rows:,} rows, {sellers:,} sellers, {groups:,} groups; all results are equal\n")
    print("| engine | median | ratio to the faster peer | memory |\n|---|---|---|---|")
    for engine in engines:
        median = medians[engine.name]
        print(f"| {engine.name} | {median:.3f} s | {median / best:.2f}x | {engine.end():,.0f} MB |", flush=True)
    return medians["ours"]


def in_turn(engines: list[Engine], rounds: int) -> list[float]:
    """The median of each; every engine has its turn in every round."""
    for _ in range(rounds):
        for engine in engines:
            engine.turn()
    return [statistics.median(engine.times) for engine in engines]


def of_sellers(rows: int, few: int, many: int, rounds: int) -> None:
    """Prints what more sellers cost, at about the same number of groups."""
    with tempfile.TemporaryDirectory() as folder:
        engines = [Engine("ours", rows, sellers, folder) for sellers in (few, many)]
    first, second = in_turn(engines, rounds)
    for engine in engines:
        engine.end()
    print(f"{few} to {many:,} sellers at {rows:,} rows: {first:.3f} s, {second:.3f} s, {second / first:.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--sellers", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", help="an engine's name: only this one, in this process")
    parser.add_argument("--results")
    asked = parser.parse_args()
    sizes = [int(each) for each in asked.rows.split(",")]
    if asked.serve:
        serve(asked.serve, sizes[0], asked.sellers, asked.results)
        return
    names = [name for name in ENGINES if name == "ours" or importlib.util.find_spec(name.split(",")[0])]
    found = [compare(rows, asked.sellers, asked.rounds, names) for rows in sizes]
    print(f"\ngrowth {sizes[0]:,} to {sizes[-1]:,} rows: {found[-1] / found[0]:.1f}x")
    of_sellers(sizes[-1], 68, 5000, asked.rounds)


if __name__ == "__main__":
    main()
