"""`duiqi compute`: metric values from a configuration and data files."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from engine.calendar import WatchedCalendar, calendar_of
from engine.metrics.compute import Asked, Computed, compute
from engine.metrics.ready import ready
from engine.periods import By
from engine.year_plans import predicted
from runtime.offline.configuration import open_configuration, require
from runtime.offline.data import BadLine, Progress, read_data
from runtime.offline.data_names import parse_complete, parse_data, require_data
from runtime.offline.people import organised
from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.text import Said


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for; names are not checked yet."""

    path: Path
    calendar: Path | None = None
    data: tuple[str, ...]
    by: By
    scopes: tuple[ScopeKind, ...]
    metrics: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    known: date | datetime | None = None
    complete: tuple[str, ...] = ()
    now: datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers, and all that must be said about them."""

    computed: Computed
    bad: list[BadLine]
    warnings: list[Said]
    complete: dict[str, date]
    rows: int


def run_compute(request: Request, progress: Progress = lambda file, rows: None) -> Answer:
    """Computes what is asked. Raises UsageError for unknown names and missing files, AuthorError for broken documents and files."""
    loaded = require(open_configuration(request.path, request.calendar))
    release, calendar = loaded.release, WatchedCalendar(loaded.release.calendar)
    files = parse_data(request.data, release)
    complete = parse_complete(request.complete, release)
    metrics, skipped = _metrics(request.metrics, release, files)
    read = read_data(release, files, progress, calendar)
    asked = Asked(
        metrics=metrics,
        by=request.by,
        scopes=request.scopes,
        today=_today(request.known, calendar.today(request.now)),
        first=request.first,
        last=request.last,
        known=request.known,
        until=_today(request.known, calendar.today(request.now)),
    )
    computed = compute(release, read.records, asked, organised(loaded, read.tables), calendar)
    guessed = predicted(calendar, sorted(calendar.asked))
    warnings = [*skipped, *read.warnings, *guessed, *computed.warnings, *_beyond_reach(asked, release)]
    return Answer(computed=computed, bad=read.bad, warnings=warnings, complete=complete, rows=read.rows)


def _metrics(wanted: Sequence[str], release: Release, files: Iterable[str]) -> tuple[tuple[str, ...], list[Said]]:
    """The metrics to compute, and what is left out because its data was not given; a metric that was asked for by name needs its data."""
    given = set(files)
    for name in wanted:
        if name not in release.metrics:
            raise UsageError(_unknown_metric(name, tuple(release.metrics)))
    needs = _datasets(tuple(wanted or release.metrics), release)
    if wanted:
        require_data({dataset: name for name, datasets in needs.items() for dataset in datasets}, dict.fromkeys(given))
        return tuple(dict.fromkeys(wanted)), []
    can = tuple(name for name, datasets in needs.items() if datasets <= given)
    if not can:
        require_data({dataset: name for name, datasets in needs.items() for dataset in datasets}, dict.fromkeys(given))
    return can, [_skipped(name, datasets - given) for name, datasets in needs.items() if name not in can]


def _datasets(names: Sequence[str], release: Release) -> dict[str, frozenset[str]]:
    """The datasets that each metric needs."""
    metrics = ready(release, names, calendar_of(release.calendar))
    return {name: metrics.datasets_of(name) for name in names}


def _today(known: date | datetime | None, today: date) -> date:
    """The day whose organisation counts under `attribution: now`."""
    return known.date() if isinstance(known, datetime) else known or today


def _beyond_reach(asked: Asked, release: Release) -> list[Said]:
    """A warning per scope that a metric's dataset can say nothing about."""
    said = []
    needs = _datasets(asked.metrics, release)
    for name in dict.fromkeys(dataset for datasets in needs.values() for dataset in sorted(datasets)):
        dataset = release.datasets[name]
        if "person" in asked.scopes and dataset.owner is None:
            said.append(
                Said(
                    zh=f"数据集 {name} 没有 owner，因此没有个人数字",
                    en=f"the dataset {name} has no owner, so there are no numbers of people",
                )
            )
        if "region" in asked.scopes and dataset.owner is None and dataset.region is None:
            said.append(
                Said(
                    zh=f"数据集 {name} 没有 region 和 owner，因此没有区域数字",
                    en=f"the dataset {name} has neither region nor owner, so there are no numbers of regions",
                )
            )
    return said


def _unknown_metric(name: str, known: tuple[str, ...]) -> Said:
    near, listed = nearest(name, known), ", ".join(known)
    return Said(
        zh=f"没有指标 '{name}'" + (f"；是否指 '{near}'？" if near else f"；有：{listed}"),
        en=f"there is no metric '{name}'" + (f"; did you mean '{near}'?" if near else f"; there are: {listed}"),
    )


def _skipped(name: str, missing: frozenset[str]) -> Said:
    shown = " ".join(f"--data {dataset}=FILE" for dataset in sorted(missing))
    return Said(zh=f"没有计算 {name}：缺少 {shown}", en=f"{name} is not computed: {shown} was not given")
