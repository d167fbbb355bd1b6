"""A seeded year of the reference organisation, dense enough to measure by: orders every day, edits, moves, late and wrong rows."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal

import msgspec

from engine.calendar import calendar_of
from runtime.demo.coming import changes_of
from runtime.demo.erp import KNOWN_AT
from runtime.demo.orders import LONGEST_FATE, Change, Row, day_changes
from runtime.demo.stage import load_configuration
from runtime.demo.world import World, sellers_of

SEED = 2048
PER_DAY = 3.3
"""Orders of a seller on a working day; with two lines each, more than 100,000 lines a year."""
ONE_WRONG_IN = 400
Form = Literal["jsonl", "csv"]

_WRONG: tuple[Callable[[Row], Row], ...] = (
    lambda row: row | {"order_number": ""},
    lambda row: row | {"line": None},
    lambda row: row | {"order_date": "2025-02-30"},
    lambda row: row | {"order_date": ""},
    lambda row: row | {"amount": "about 12"},
    lambda row: row | {"quantity": "1.2.3"},
    lambda row: row | {"status": "lost?"},
)
"""What is wrong with a wrong row; every one of them belongs in quarantine."""


class Written(msgspec.Struct, kw_only=True):
    """What a year's files hold."""

    rows: int = 0
    """Of order lines: all versions and wrong rows."""
    lines: int = 0
    """Different order lines."""
    late: int = 0
    """Lines that became known after their day."""
    edits: int = 0
    """Later versions of a line."""
    moves: int = 0
    """Those of them that give the line to another seller."""
    wrong: int = 0
    payments: int = 0
    """Rows of payments."""


def year_of(year: int = 2025, *, seed: int = SEED, per_day: float = PER_DAY) -> Iterator[tuple[Change, bool]]:
    """All that the year's orders give rise to, in the order in which it becomes known, and whether the row is wrong."""
    release = load_configuration("reference").release
    assert release.organisation is not None
    calendar, chance = calendar_of(release.calendar), Random(f"{seed}:wrong")
    world = World(sellers=sellers_of(release.organisation), seed=seed, orders_per_day=per_day)
    first, last = date(year, 1, 1), date(year, 12, 31)
    end = datetime.combine(last + timedelta(days=2 * LONGEST_FATE), time(), tzinfo=calendar.tz)
    for change in changes_of(partial(day_changes, world, calendar), first, last, end):
        yield change, False
        if change.stream == "order_lines" and chance.randrange(ONE_WRONG_IN) == 0:
            yield msgspec.structs.replace(change, row=chance.choice(_WRONG)(change.row)), True


def write_year(
    folder: Path, year: int = 2025, *, form: Form = "jsonl", seed: int = SEED, per_day: float = PER_DAY
) -> Written:
    """Writes `order_lines` and `payments` into the folder, each row with the moment at which it became known. The same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written, sellers = Written(), dict[tuple[Any, Any], Any]()
    rows: dict[str, list[Row]] = {"order_lines": [], "payments": []}
    for change, wrong in year_of(year, seed=seed, per_day=per_day):
        rows[change.stream].append({**change.row, KNOWN_AT: change.at.isoformat()})
        _count(written, sellers, change, wrong)
    for stream, some in rows.items():
        _WRITERS[form](folder / f"{stream}.{form}", some)
    return written


def _count(written: Written, sellers: dict[tuple[Any, Any], Any], change: Change, wrong: bool) -> None:
    if change.stream == "payments":
        written.payments += 1
        return
    written.rows += 1
    if wrong:
        written.wrong += 1
        return
    row = change.row
    key, known = (row["order_number"], row["line"]), change.at.date().isoformat()
    if key not in sellers:
        written.lines += 1
        written.late += known > str(row["order_date"])
    else:
        written.edits += 1
        written.moves += row["seller"] != sellers[key]
    sellers[key] = row["seller"]


def _write_jsonl(path: Path, rows: Iterable[Row]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def _write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


_WRITERS: Mapping[Form, Callable[[Path, list[Row]], None]] = {"jsonl": _write_jsonl, "csv": _write_csv}
