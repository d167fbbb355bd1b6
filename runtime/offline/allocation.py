"""`duiqi allocate`: a plan's targets, from a configuration and data files."""

import csv
import io
from collections.abc import Collection
from pathlib import Path

import msgspec

from engine.calendar import calendar_of
from engine.targets.faults import PlanError, PlanFault
from engine.targets.targets import Targets
from engine.targets.unit import plain
from engine.year_plans import predicted
from runtime.offline.configuration import open_configuration, require
from runtime.offline.data import BadLine, Progress, read_data
from runtime.offline.data_names import parse_data
from runtime.offline.people import organised
from runtime.offline.planned import data_of_plans, targets_of_plans
from schema_defs.errors import AuthorError, UsageError
from schema_defs.loader import Loaded
from schema_defs.nearest import nearest
from schema_defs.plan import Plan
from schema_defs.release import Release
from schema_defs.text import Lang, Said

COLUMNS = ("scope", "key", "month", "value")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Allocated(msgspec.Struct, frozen=True, kw_only=True):
    """The targets, and all that must be said about the plan and the data."""

    targets: Targets
    bad: list[BadLine]
    warnings: list[Said]

    def csv(self) -> str:
        """`scope,key,month,value`, sorted as text by scope, key and month; exact decimals with the unit's digits."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((row.scope, row.key, row.month, plain(row.value)) for row in self.targets.rows())
        return text.getvalue()

    def json(self, lang: Lang) -> str:
        """One line of JSON; values are exact decimal numbers."""
        answer = {
            "plan": self.targets.plan,
            "metric": self.targets.metric,
            "unit": self.targets.unit.value(1),
            "rows": self.targets.rows(),
            "bad_rows": [bad.row(lang) for bad in self.bad],
            "warnings": [said.in_(lang) for said in self.warnings],
        }
        return _ENCODER.encode(answer).decode() + "\n"


def run_allocate(
    path: Path,
    name: str,
    data: tuple[str, ...],
    progress: Progress = lambda file, rows: None,
    calendar: Path | None = None,
) -> Allocated:
    """The targets of the plan `name`. Raises UsageError for unknown names, AuthorError, with places, for what cannot be."""
    loaded = require(open_configuration(path, calendar))
    plan = _plan(name, loaded.release)
    files = parse_data(data, loaded.release)
    _require(plan, loaded.release, files.keys())
    read = read_data(loaded.release, files, progress)
    try:
        found = targets_of_plans([plan], loaded, read, organised(loaded, read.tables))[0].targets
    except PlanError as error:
        raise AuthorError(_listing(error, loaded)) from None
    return Allocated(
        targets=found,
        bad=read.bad,
        warnings=[*read.warnings, *_predicted(loaded.release, found), *(issue.message for issue in found.warnings)],
    )


def _plan(name: str, release: Release) -> Plan:
    if name in release.plans:
        return release.plans[name]
    near, listed = nearest(name, release.plans), ", ".join(release.plans) or "-"
    raise UsageError(
        Said(
            zh=f"没有方案 '{name}'" + (f"；是否指 '{near}'？" if near else f"；有：{listed}"),
            en=f"there is no plan '{name}'" + (f"; did you mean '{near}'?" if near else f"; there are: {listed}"),
        )
    )


def _require(plan: Plan, release: Release, given: Collection[str]) -> None:
    """Refuses to split for people who are not known, or from targets that are not there."""
    needed = data_of_plans([plan], release)
    people = release.organisation.people_from if release.organisation else None
    if people is not None and people.data:
        needed.setdefault(people.data, "people_from")
    missing = {name: reason for name, reason in needed.items() if name not in given}
    if missing:
        shown = " ".join(f"--data {name}=FILE" for name in missing)
        reasons = ", ".join(dict.fromkeys(missing.values()))
        raise AuthorError(
            Said(
                zh=f"缺少数据文件：请加上 {shown}（{reasons} 需要）",
                en=f"a data file is missing: add {shown} (needed by {reasons})",
            )
        )


def _listing(error: PlanError, loaded: Loaded) -> Said:
    lines = [_line(fault, loaded) for fault in error.faults]
    return Said(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))


def _line(fault: PlanFault, loaded: Loaded) -> Said:
    """`plans.yaml:12:5: …`, with the suggestion."""
    file, line, column = loaded.place("plan", fault.plan, fault.path)
    place, message, hint = f"{file}:{line}:{column}: ", fault.issue.message, fault.issue.suggestion
    return Said(
        zh=place + message.zh + (f"；{hint.zh}" if hint else ""),
        en=place + message.en + (f"; {hint.en}" if hint else ""),
    )


def _predicted(release: Release, found: Targets) -> list[Said]:
    """The years of the targets whose days off are predicted: shares by working days and paces may change with the official plan."""
    years = sorted({int(row.month[:4]) for row in found.rows()})
    return predicted(calendar_of(release.calendar), years)
