"""`duiqi backtest`: a rule over past days, from a configuration and data files."""

from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from engine.calendar import calendar_of
from engine.explain.hindsight import DayDifference, Hindsight
from engine.metrics.ready import ready
from engine.routing import Scope
from engine.rules.backtest import COLUMNS as COLUMNS
from engine.rules.backtest import Backtest, Lived
from engine.rules.compare import Comparison, compare
from engine.rules.facts import Read, metrics_of, reads_of
from engine.rules.judge import Judge
from engine.rules.past_numbers import Given
from engine.rules.summary import Summary, summary_of
from engine.year_plans import predicted
from runtime.offline.configuration import open_configuration, require
from runtime.offline.data import BadLine, Progress, read_data
from runtime.offline.data_names import parse_complete, parse_data, require_data
from runtime.offline.people import organised
from runtime.offline.planned import data_of_plans, targets_of_plans
from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.plan import Plan
from schema_defs.release import Release
from schema_defs.rule import Rule
from schema_defs.text import Said


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for; names are not checked yet."""

    path: Path
    data: tuple[str, ...]
    rule: str
    first: date
    last: date
    complete: tuple[str, ...] = ()
    hindsight: bool = False
    calendar: Path | None = None


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """The same days with hindsight beside them: what differs, and why for every day whose verdict does."""

    compared: Comparison
    differences: tuple[DayDifference, ...]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """Every scope and day, and all that must be said about the data."""

    rows: list[Lived]
    summary: Summary
    looked: Looked | None
    bad: list[BadLine]
    warnings: list[Said]

    def in_short(self) -> Said:
        """How often it would have fired, for how many scopes, and how many messages the most told person would have had."""
        fired = sum("fired" in row.transition for row in self.rows)
        scopes = len({row.key for row in self.rows if "fired" in row.transition})
        told = Counter(notice.partition(":")[2] for row in self.rows for notice in row.notices)
        person, most = max(told.items(), key=lambda pair: (pair[1], pair[0]), default=("-", 0))
        return Said(
            zh=f"预警 {fired} 次，涉及 {scopes} 个对象；通知 {told.total()} 条，最多的是 {person}（{most} 条）",
            en=f"fired {fired} times for {scopes} scopes; {told.total()} messages, most of them to {person} ({most})",
        )


def run_backtest(asked: Replay, progress: Progress = lambda file, rows: None) -> Replayed:
    """Lives the days again. Raises UsageError for unknown names and missing files, AuthorError for broken documents and files."""
    loaded = require(open_configuration(asked.path, asked.calendar))
    release, calendar = loaded.release, calendar_of(loaded.release.calendar)
    rule = _rule(asked.rule, release)
    _check_days(asked)
    files = parse_data(asked.data, release)
    reads = reads_of(Judge(rule).names, rule.metric, release.metrics)
    plans = _plans(reads, release)
    require_data(_needed(rule, reads, plans, release), files)
    read = read_data(release, files, progress)
    org = organised(loaded, read.tables)
    usable = [plan for plan in plans if all(name in files for name in data_of_plans([plan], release))]
    given = Given(
        release=release,
        org=org,
        calendar=calendar,
        records=read.records,
        targets=targets_of_plans(usable, loaded, read, org),
        complete=parse_complete(asked.complete, release),
    )
    replay = Backtest(rule, given)
    warnings = [
        *read.warnings,
        *predicted(calendar, range(asked.first.year, asked.last.year + 1)),
        *_without_plan(rule, reads, release),
        *_without_records(replay),
    ]
    if asked.hindsight:
        looked = look_back(replay, asked.first, asked.last)
        rows, summary = [pair.then for pair in looked.compared.pairs], looked.compared.then
    else:
        looked, rows = None, replay.lived(asked.first, asked.last)
        summary = summary_of(replay, rows, asked.first, asked.last)
    return Replayed(rows=rows, summary=summary, looked=looked, bad=read.bad, warnings=warnings)


def look_back(replay: Backtest, first: date, last: date) -> Looked:
    """The days as known then and with hindsight; each day whose verdict differs is explained, day by day."""
    compared, explain = compare(replay, first, last), Hindsight(replay, last)
    judged = [pair.then for pair in compared.differing if pair.then.verdict != pair.now.verdict]
    return Looked(
        compared=compared,
        differences=tuple(
            explain.of(Scope(one.scope, one.key), one.day) for one in sorted(judged, key=lambda one: one.day)
        ),
    )


def _without_records(replay: Backtest) -> list[Said]:
    """A warning when there is not a single record to judge by."""
    if any(replay.given.records.get(name) for name in replay.numbers.datasets()):
        return []
    return [
        Said(
            zh=f"规则 {replay.rule.name} 读取的数据集没有任何记录；实际值都按没有记录计算",
            en=f"no dataset that the rule {replay.rule.name} reads has a single record; every actual is that of no records",
        )
    ]


def _rule(name: str, release: Release) -> Rule:
    if name in release.rules:
        return release.rules[name]
    near, listed = nearest(name, release.rules), ", ".join(release.rules) or "-"
    raise UsageError(
        Said(
            zh=f"没有规则 '{name}'" + (f"；是否指 '{near}'？" if near else f"；有：{listed}"),
            en=f"there is no rule '{name}'" + (f"; did you mean '{near}'?" if near else f"; there are: {listed}"),
        )
    )


def _check_days(asked: Replay) -> None:
    if asked.last < asked.first:
        raise UsageError(
            Said(
                zh=f"--to {asked.last} 早于 --from {asked.first}；请对调",
                en=f"--to {asked.last} is before --from {asked.first}; exchange them",
            )
        )


def _plans(reads: tuple[Read, ...], release: Release) -> list[Plan]:
    metrics = metrics_of(reads, release)
    return [plan for plan in release.plans.values() if plan.metric in metrics]


def _needed(rule: Rule, reads: tuple[Read, ...], plans: list[Plan], release: Release) -> dict[str, str]:
    """The data that must be given, and what for: records, people, and for figures of targets the plans' files."""
    needed: dict[str, str] = {}
    by_rule = ready(release, sorted(metrics_of(reads, release)), calendar_of(release.calendar))
    needed |= dict.fromkeys(by_rule.datasets(), f"rule {rule.name}")
    if any(read.figure != "actual" for read in reads):
        needed = data_of_plans(plans, release) | needed
    people = release.organisation.people_from if release.organisation else None
    if people is not None and people.data:
        needed.setdefault(people.data, "people_from")
    return needed


def _without_plan(rule: Rule, reads: tuple[Read, ...], release: Release) -> list[Said]:
    """A warning per metric whose figures need a target that no plan gives: its days have no data."""
    planned = {plan.metric for plan in release.plans.values()}
    lacking = {read.metric for read in reads if read.figure not in ("actual", "score") and read.metric not in planned}
    return [
        Said(
            zh=f"规则 {rule.name} 要用 {name} 的目标，但没有任何 plan 给出；这些日子没有数据",
            en=f"the rule {rule.name} reads the target of {name}, which no plan gives; its days have no data",
        )
        for name in sorted(lacking, key=str)
    ]
